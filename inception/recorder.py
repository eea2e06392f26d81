"""Records the rollback of what is executed, in a thread of its own, while the execution goes on.

The executing thread hands over each statement that has run; the recorder reads what the target's binary log says of
it, turns it round, and stores it. It keeps up by itself, holds one event at a time, and never raises: what could not
be stored is told at the end, statement by statement.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from inception.backup import Backup, Executed
from inception.begun import Chunk
from inception.binlog.events import Event, Position, QueryText, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import BinlogStream
from inception.errors import BinlogError, CannotBackUp, InceptionError
from inception.executed_rows import Recorded
from inception.known_tables import KnownTables
from inception.plan import Step, Undo, home_database
from inception.ran import Ran
from inception.schema.model import TableName
from inception.server import Address
from inception.transactions import transactions_text
from inception.undo import NoRollback, RowUndo, definition_undo, read_rows, take_rows

_SILENCE = 60.0  # seconds without an event of the binary log, while one is due, before reading is given up


class _Part(NamedTuple):
    """A range of a statement, which is stored with the others once the statement has ended."""

    ran: Ran
    chunk: Chunk


class _Written(NamedTuple):
    """A transaction of ours: where in the binary log it is, and by what it is known."""

    start: Position | None
    end: Position | None
    connection_id: int
    gtid: str | None


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
        self._waiting: queue.SimpleQueue[Ran | _Part | threading.Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._tables = KnownTables(target, _SILENCE)
        self._broken = ""  # why nothing more can be read
        self._parts: tuple[RowUndo, list[Chunk]] | None = None  # of the statement whose ranges are being read
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
        if ran.changed and ran.step.undo is not Undo.NONE:
            for chunk in ran.chunks:
                self.take_part(ran, chunk)
            self._waiting.put(ran)

    def take_part(self, ran: Ran, chunk: Chunk) -> None:
        """Hand over a range of a statement that is committed; the statement follows its last one."""
        if ran.step.undo is not Undo.NONE:
            self._waiting.put(_Part(ran, chunk))

    def give_up(self, step: Step, problem: str) -> None:
        """Take note that nothing can be recorded of a statement, and why."""
        self._problems[step.statement.number] = problem

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
        if self._parts is not None:
            self._parts[0].close()
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
            if isinstance(ran, _Part):
                self._try([ran.ran], partial(self._take_part, ran))
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

    def _take_part(self, part: _Part) -> None:
        """Read the transaction of a range; its rows are kept until the statement has ended."""
        undo, chunks = self._parts = self._parts or (RowUndo(part.ran), [])
        chunks.append(part.chunk)
        with self._reading():
            take_rows(undo, self._transaction(part.chunk), self._tables.find)

    def _record_parts(self, ran: Ran) -> None:
        """Store what undoes a statement that ran in ranges; what was stored when it had run in part goes."""
        (undo, chunks), self._parts = self._parts or (RowUndo(ran), []), None
        number = ran.step.statement.number
        if number in self._problems:
            undo.close()
            return
        undo.ran = ran
        undo.check_complete()
        done = replace(executed(ran), gtid=None, transactions=transactions_text(chunks))
        self._store.discard(done, undo.tables)
        self._store_rows(undo, done)

    def _record(self, rans: list[Ran]) -> None:
        """Record the statements of one transaction."""
        if rans[0].chunk is not None:
            self._record_parts(rans[0])
            return
        if rans[0].step.undo is Undo.DEFINITION:
            self._record_definitions(rans)
            return
        for undo in self._read(rans):
            self._try([undo.ran], partial(self._store_rows, undo, executed(undo.ran)))

    def _record_definitions(self, rans: list[Ran]) -> None:
        """Record a definition change, or the several that take one back."""
        undoings = [undoing for ran in reversed(rans) for undoing in definition_undo(ran)]
        for ran in rans:
            self._tables.forget(ran.step.statement.changes)
        done = replace(executed(rans[0]), end=executed(rans[-1]).end)
        self._store.store(done, tuple(each.table for each in undoings), lambda: undoings)

    def _store_rows(self, found: RowUndo, done: Executed) -> None:
        with closing(found) as undo:
            ran, count = undo.ran, undo.affected_rows
            if ran.affected_rows is None and count is not None:
                self._counts[ran.step.statement.number] = count
            problem = undo.problem or (self._tables.cascade(ran) if ran.affected_rows != 0 else None)
            if problem:
                raise NoRollback(problem)
            note = self._tables.fired(undo.runs)
            self._store.store(done, undo.tables, undo.statements)
            if note:
                self._notes[ran.step.statement.number] = note

    def _read(self, rans: list[Ran]) -> list[RowUndo]:
        """Read what the statements of one transaction changed."""
        with self._reading():
            written = _Written(rans[0].start, rans[-1].end, self._thread_id, rans[-1].gtid)
            return read_rows(self._transaction(written), rans, self._tables.find)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """While inside, a stretch of the binary log is read to its end.

        Where that fails nothing more is read: what is left of the stretch would be taken for the next statement's.
        """
        if self._broken:
            raise BinlogError(self._broken)
        try:
            yield
        except Exception as error:
            self._broken = error.message if isinstance(error, InceptionError) else f"Internal error: {error!r}"
            raise

    def _transaction(self, written: "_Written | Chunk") -> Iterator[Event]:
        """Yield the events of a transaction of ours."""
        end = written.end
        if end is None:
            raise BinlogError("The end of the statement in the binary log is not known.")

        def is_ours(begin: TransactionBegin) -> bool:
            if begin.gtid is not None and begin.gtid == written.gtid:
                return True
            return begin.thread_id is not None and begin.thread_id == written.connection_id

        start = written.start or end
        if self._stream is None:
            self._stream = BinlogStream(self._target, start, timeout=_SILENCE)
        for _ in self._watched(self._stream, start):
            pass  # what is before belongs to others: a definition change of ours, a statement that failed
        yield from own_transactions(self._watched(self._stream, end), is_ours)

    def _watched(self, stream: BinlogStream, end: Position) -> Iterator[Event]:
        """Yield what the binary log has until `end`, noting definitions that other sessions change meanwhile."""
        for event in stream.until(end):
            if isinstance(event, QueryText) and event.thread_id != self._thread_id:
                self._tables.disturb(event.text)
            self._at(stream.position)
            yield event


def executed(ran: Ran) -> Executed:
    """Return what the information row tells of a statement. Raises NoRollback where its positions are not known."""
    statement = ran.step.statement
    table = statement.changes[0] if statement.changes else TableName(home_database(statement), "")
    if ran.start is None or ran.end is None:
        raise NoRollback("The position of the statement in the binary log is not known.")
    thread_id = int(ran.opid.split("_")[1])
    return Executed(ran.opid, statement.text, statement.kind.value, table, ran.start, ran.end, thread_id, ran.gtid)
