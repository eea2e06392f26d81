"""Records the rollback of what is executed, in a thread of its own, while the execution goes on.

The executing thread hands over each statement that has run; the recorder reads what the target's binary log says of
it, turns it round, and stores it. It keeps up by itself, holds one event at a time, and never raises: what could not
be stored is told at the end, statement by statement.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial

from inception.backup import Backup, Executed
from inception.batch.kind import redefines
from inception.binlog.events import Event, Position, QueryText, RowKind, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import BinlogStream
from inception.cascades import cascades_are_logged, unlogged_cascade
from inception.errors import BinlogError, CannotBackUp, InceptionError
from inception.executed_rows import Recorded
from inception.introspect import Observer
from inception.introspect.rules import RuleFacts
from inception.plan import Undo, home_database
from inception.ran import Ran
from inception.schema.model import Table, TableName
from inception.server import Address
from inception.undo import NoRollback, RowUndo, definition_undo, read_rows
from inception.world import Reference, Trigger

_SILENCE = 60.0  # seconds without an event of the binary log, while one is due, before reading is given up
_TRIGGERS = (
    "Running this rollback fires triggers: {}. What they change is not taken back, and they may change the restored "
    "rows: look at both afterwards, or drop the triggers meanwhile."
)


class Recorder:
    """One execution's recorder. Whoever makes it calls `finish`, however the execution ends."""

    def __init__(
        self,
        target: Address,
        start: Position,
        thread_id: int,
        store: Backup,
        tables: Iterable[TableName] = (),
        at: Callable[[Position], None] = lambda position: None,
    ) -> None:
        """Open the binary log at `start`; `thread_id` is the executing session's, `tables` are those whose rows
        will change; `at` is told how far has been read. Raises CannotBackUp where the account may not read it.
        """
        self._thread_id = thread_id
        self._at = at
        self._store = store
        self._target = target
        self._waiting: queue.SimpleQueue[Ran | threading.Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._tables = _Definitions(target)
        self._broken = ""  # why nothing more can be read
        self._problems: dict[int, str] = {}
        self._notes: dict[int, str] = {}
        self._counts: dict[int, int] = {}
        try:
            for table in tables:
                self._tables.find(table)
            self._stream: BinlogStream | None = BinlogStream(target, start, timeout=_SILENCE)
        except InceptionError as error:
            self._tables.close()
            if isinstance(error, BinlogError):
                raise CannotBackUp(f"{error.message} Or execute with --disable-remote-backup.") from None
            raise
        self._thread.start()

    def take(self, ran: Ran) -> None:
        """Hand over a statement that has run; to be called in the order of execution."""
        if ran.committed and ran.step.undo is not Undo.NONE:
            self._waiting.put(ran)

    def rest(self) -> None:
        """Record what was handed over, then let go of the binary log until another statement comes.

        Before an online schema change: nobody would read on for hours, and its tool takes a reader for a replica.
        """
        rested = threading.Event()
        self._waiting.put(rested)
        rested.wait()

    def finish(self) -> None:
        """Wait until everything handed over is recorded; `recorded` then tells what became of it."""
        self._waiting.put(None)
        self._thread.join()
        self._let_go()
        self._tables.close()

    @property
    def recorded(self) -> Recorded:
        """What there is to say of the statements that were handed over."""
        return Recorded(self._problems, self._notes, self._counts)

    def _run(self) -> None:
        together: list[Ran] = []
        while (ran := self._waiting.get()) is not None:
            if isinstance(ran, threading.Event):
                self._let_go()
                ran.set()
                continue
            together.append(ran)
            if len(together) >= len(ran.together):
                self._try(together, partial(self._record, together))
                together = []

    def _let_go(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _try(self, rans: list[Ran], record: Callable[[], None]) -> None:
        try:
            record()
        except InceptionError as error:
            self._problems.update({ran.step.statement.number: error.message for ran in rans})
        except Exception as error:
            self._problems.update({ran.step.statement.number: f"Internal error: {error!r}" for ran in rans})

    def _record(self, rans: list[Ran]) -> None:
        """Record the statements of one transaction."""
        if rans[0].step.undo is Undo.DEFINITION:
            undoings = definition_undo(rans[0])
            self._tables.forget(rans[0].step.statement.changes)
            self._store.store(executed(rans[0]), tuple(each.table for each in undoings), lambda: undoings)
            return
        for undo in self._read(rans):
            self._try([undo.ran], partial(self._store_rows, undo))

    def _store_rows(self, found: RowUndo) -> None:
        with closing(found) as undo:
            ran, count = undo.ran, undo.affected_rows
            if ran.affected_rows is None and count is not None:
                self._counts[ran.step.statement.number] = count
            problem = undo.problem or (self._tables.cascade(ran) if ran.affected_rows != 0 else None)
            if problem:
                raise NoRollback(problem)
            note = self._tables.fired(undo.runs)
            self._store.store(executed(ran), undo.tables, undo.statements)
            if note:
                self._notes[ran.step.statement.number] = note

    def _read(self, rans: list[Ran]) -> list[RowUndo]:
        """Read a transaction's stretch of the binary log to its end.

        Where that fails nothing more is read: what is left of the stretch would be taken for the next statement's.
        """
        if self._broken:
            raise BinlogError(self._broken)
        try:
            end = rans[-1].end
            if end is None:
                raise BinlogError("The end of the statement in the binary log is not known.")
            return self._read_until(rans, end)
        except Exception as error:
            self._broken = error.message if isinstance(error, InceptionError) else f"Internal error: {error!r}"
            raise

    def _read_until(self, rans: list[Ran], end: Position) -> list[RowUndo]:
        gtid = rans[-1].gtid

        def is_ours(begin: TransactionBegin) -> bool:
            if begin.gtid is not None and begin.gtid == gtid:
                return True
            return begin.thread_id is not None and begin.thread_id == self._thread_id

        start = rans[0].start or end
        if self._stream is None:
            self._stream = BinlogStream(self._target, start, timeout=_SILENCE)
        for _ in self._watched(self._stream, start):
            pass  # what is before belongs to others: a definition change of ours, a statement that failed
        return read_rows(own_transactions(self._watched(self._stream, end), is_ours), rans, self._tables.find)

    def _watched(self, stream: BinlogStream, end: Position) -> Iterator[Event]:
        """Yield what the binary log has until `end`, noting definitions that other sessions change meanwhile."""
        for event in stream.until(end):
            if isinstance(event, QueryText) and event.thread_id != self._thread_id:
                self._tables.disturb(event.text)
            self._at(stream.position)
            yield event


class _Definitions:
    """The definitions of the target's tables: of those that the plan changes as the execution began, others as met."""

    def __init__(self, target: Address) -> None:
        self._observer = Observer(target, read_timeout=_SILENCE)
        self._known: dict[TableName, Table | None] = {}
        self._disturbed: dict[TableName, str] = {}
        self._references: dict[TableName, tuple[Reference, ...]] = {}
        self._triggers: dict[TableName, tuple[Trigger, ...]] = {}

    def find(self, name: TableName) -> Table | None:
        """Return a table's definition, None where it does not exist.

        Raises NoRollback where another session has changed it meanwhile: its rows cannot be decoded for certain.
        """
        if name in self._disturbed:
            raise NoRollback(f"Another session changed the definition of {name} meanwhile: {self._disturbed[name]}.")
        if name not in self._known:
            self._known[name] = self._observer.table(name)
        return self._known[name]

    def disturb(self, text: str) -> None:
        """Take note of a statement of another session, which may change definitions."""
        for name in self._known:
            if redefines(text, name.name):
                self._disturbed[name] = text[:100]

    def cascade(self, ran: Ran) -> str | None:
        """Return why a statement's changes are not all in the binary log; None where they are."""
        if cascades_are_logged(self._observer.server):
            return None
        for name in ran.step.statement.changes:
            if name not in self._references:
                self._references[name] = self._observer.references_to(name)
            problem = unlogged_cascade(ran.step.statement, self._references[name])
            if problem:
                return problem
        return None

    def fired(self, runs: Iterable[tuple[TableName, RowKind]]) -> str:
        """Say which triggers statements of these kinds on these tables will fire; '' for none that may be seen."""
        found = []
        for name, kind in sorted(runs):
            if name not in self._triggers:
                self._triggers[name] = RuleFacts(self._observer.connection).triggers((name,)).get(name, ())
            fired = (each for each in self._triggers[name] if each.event.upper() == kind.upper())
            found += [f"'{each.name}' ({each.timing} {each.event} on {name})" for each in fired]
        return _TRIGGERS.format(", ".join(found)) if found else ""

    def forget(self, names: tuple[TableName, ...]) -> None:
        """Read these tables anew when they are needed again: a statement of ours changed them."""
        for name in names:
            self._known.pop(name, None)

    def close(self) -> None:
        """End the session."""
        self._observer.close()


def executed(ran: Ran) -> Executed:
    """Return what the information row tells of a statement. Raises NoRollback where its positions are not known."""
    statement = ran.step.statement
    table = statement.changes[0] if statement.changes else TableName(home_database(statement), "")
    if ran.start is None or ran.end is None:
        raise NoRollback("The position of the statement in the binary log is not known.")
    thread_id = int(ran.opid.split("_")[1])
    return Executed(ran.opid, statement.text, statement.kind.value, table, ran.start, ran.end, thread_id, ran.gtid)
