"""`inception rollback`: run what is stored, one transaction for each operation, itself recorded and so undoable."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from inception import stored
from inception.answer import ResultSet, Value
from inception.backup import Backup, connect_backup
from inception.batch.options import Options
from inception.batch.statement import Kind, Statement
from inception.binlog.events import Event, Position, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import current_position, read_events
from inception.conflicts import KeyReader, Keys, changed_meanwhile, changed_since
from inception.errors import BadOption, BinlogError, CannotBackUp, ConnectionLost, RefusedHere, ServerError
from inception.introspect import Observer
from inception.mysql import Connection
from inception.plan import Step, Undo, why_not_backed_up
from inception.progress import Control, State
from inception.ran import Ran
from inception.recorder import Recorder
from inception.redefining import Redefining
from inception.report import Report, Stage, Status, result_set
from inception.server import Address
from inception.session import Session
from inception.stored import Operation

_SILENCE = 60.0
_SETTINGS = "SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"


@dataclass(frozen=True)
class RollbackRequest:
    """A rollback as the gateway hands it to a worker. `home` names the backup database where an id is ambiguous."""

    options: Options
    opids: tuple[str, ...]
    home: str = ""
    backup: Address | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    kind: ClassVar[str] = "rollback"
    executes: ClassVar[bool] = True

    def texts(self) -> tuple[str, ...]:
        """What was asked for."""
        return tuple(f"inception rollback '{opid}'" for opid in self.opids)

    @property
    def target(self) -> Address:
        """Where the rollback is for."""
        options = self.options
        return Address(options.host, options.port, options.user, options.password, options.tls)

    def answer(self, rows: Sequence[tuple[Value, ...]]) -> ResultSet:
        """Return the rows as the client gets them."""
        return result_set(rows)

    def run(self, control: Control) -> list[Report]:
        """Undo the operations, the last executed first, until one cannot be. Raises as `pipeline.run`."""
        control.report(State.INIT)
        if self.refusal:
            raise RefusedHere(self.refusal)
        with ExitStack() as stack:
            backup = stack.enter_context(connect_backup(self.backup))
            operations = stored.in_undo_order(stored.find(backup, self.opids, self.home))
            for operation in operations:
                self._check(operation)
            observer = stack.enter_context(closing(Observer(self.target)))
            reason = why_not_backed_up(observer.server)
            if reason:
                raise CannotBackUp(reason)
            session = Session(self.target, "utf8mb4", observer.server, backup=True)
            stack.enter_context(closing(session))
            session.connection.query(_SETTINGS)
            work = _Work(self, control, backup, observer, session)
            return [work.undo(number, operation) for number, operation in enumerate(operations, 1)]

    def _check(self, operation: Operation) -> None:
        if (operation.host, operation.port) != (self.options.host, self.options.port):
            raise BadOption(f"The rollback '{operation.opid}' is for {operation.host}:{operation.port}: give these.")
        if operation.undone_by and not self.options.force:
            raise BadOption(
                f"'{operation.opid}' was rolled back already, as '{operation.undone_by}'; roll that back to have the "
                "changes again, or add --force."
            )


@dataclass
class _Work:
    request: RollbackRequest
    control: Control
    backup: Connection
    observer: Observer
    session: Session
    stopped: bool = False
    undone: list[Operation] = field(default_factory=list)

    def undo(self, number: int, operation: Operation) -> Report:
        """Undo one operation; after a failure the others are left alone."""
        text = f"inception rollback '{operation.opid}'"
        report = Report(number, text, 0, sequence=f"'0_0_{number - 1}'", backup_dbname=operation.home)
        if self.stopped or self.control.stopping:
            return report
        self.control.report(State.EXECUTING, done=number - 1, total=len(self.request.opids), current=text)
        problems = [] if self.request.options.force else self._conflicts(operation)
        if problems:
            self.stopped = True
            return _with(report, Status.ABORTED, problems)
        if not operation.parts and not _of_rows(operation):
            return replace(report, errlevel=1, messages=(_AS_IT_WAS,), stage=Stage.EXECUTED, status=Status.EXECUTED)
        start = current_position(self.session.connection)
        store = Backup(self.backup, self.request.options)
        recorder = Recorder(self.request.target, start, self.session.connection.thread_id, store)
        try:
            ran, problems = self._apply(number, operation, text, recorder)
        finally:
            recorder.finish()
        return self._report(report, operation, ran, problems, recorder)

    def _report(
        self, report: Report, operation: Operation, ran: Ran, problems: list[str], recorder: Recorder
    ) -> Report:
        if ran.failed:
            self.stopped = True
            return _with(report, Status.FAILED, [f"Execute: {ran.reason}", *problems])
        self.undone.append(operation)
        stored.mark_undone(self.backup, operation, ran.opid)
        recorded = recorder.recorded
        problem = recorded.problems.get(ran.step.statement.number)
        if ran.step.undo is Undo.NONE:
            return Report(
                report.number, report.sql, 0, (_FOR_GOOD,), Stage.EXECUTED, Status.EXECUTED, ran.affected_rows or 0,
                f"'{ran.opid}'", execute_time=f"{ran.seconds:.3f}",
            )  # fmt: skip
        said = problem or recorded.notes.get(ran.step.statement.number)
        messages = [*problems, *([f"Backup: {said}"] if said else [])]
        ending = "Backup successfully" if problem is None else "Backup failed"
        return Report(
            report.number, report.sql, int(bool(messages)) if problem is None else 2, tuple(messages), Stage.EXECUTED,
            f"{Status.EXECUTED}\n{ending}", ran.affected_rows or 0, f"'{ran.opid}'", operation.home,
            f"{ran.seconds:.3f}",
        )  # fmt: skip

    # -- conflicts ---------------------------------------------------------------------------------------------

    def _conflicts(self, operation: Operation) -> list[str]:
        """Say which rows have changed since, or that this cannot be found out."""
        if not _of_rows(operation):
            return []
        try:
            reader = KeyReader(self.observer.table)
            touched: Keys = set(reader.keys(self._events(operation)))
            tables = frozenset(name for name, _ in touched)
            if operation.transactions is None:
                counts = changed_since(touched, reader.keys(self._since(operation.end, operation), only=tables))
            else:  # others came between its transactions
                since = self._since(operation.start, operation)
                counts = changed_meanwhile(reader, since, tables, partial(_wrote, operation))
        except BinlogError as error:
            return [
                f"Whether the rows have changed since cannot be found out: {error.message} "
                "Look at the data, then add --force."
            ]
        return [
            f"{count} of the rows of {name} have changed since; nothing was applied. Look at them, then add --force."
            for name, count in sorted(counts.items())
        ]

    def _events(self, operation: Operation) -> Iterator[Event]:
        events = read_events(self.request.target, operation.start, operation.end, timeout=_SILENCE)
        return own_transactions(events, lambda begin: _wrote(operation, begin))

    def _since(self, start: Position, operation: Operation) -> Iterator[Event]:
        """Yield what everyone did since a position, what was taken back after the operation left out."""
        now = current_position(self.observer.connection)
        gone = [*self.undone, *stored.since(self.backup, operation)]
        thread_id = self.session.connection.thread_id
        events = read_events(self.request.target, start, now, timeout=_SILENCE)

        def counts(begin: TransactionBegin) -> bool:
            return begin.thread_id != thread_id and not any(_wrote(each, begin) for each in gone)

        return own_transactions(events, counts)

    # -- applying ----------------------------------------------------------------------------------------------

    def _apply(self, number: int, operation: Operation, text: str, recorder: Recorder) -> tuple[Ran, list[str]]:
        if _of_rows(operation):
            return self._apply_rows(number, operation, text, recorder)
        texts = [text.rstrip(";") for _, text in stored.statements(self.backup, operation)]
        request = self.request
        redefining = Redefining(
            request.target, self.session, self.observer, self.control, request.options, request.values
        )  # fmt: skip
        return redefining.run(number, texts, operation.home, recorder)

    def _apply_rows(self, number: int, operation: Operation, text: str, recorder: Recorder) -> tuple[Ran, list[str]]:
        connection = self.session.connection
        opid = f"{int(time.time())}_{connection.thread_id}_{number - 1}"
        statement = Statement(number, text, Kind.ROLLBACK, "", changes=(operation.table,))
        ran = Ran(Step(statement, Undo.ROWS, operation.home), opid, start=self.session.position())
        before, began = self.session.last_gtid(), time.monotonic()
        changed, problems = 0, []
        try:
            connection.query("BEGIN")
            for changed_now, problem in self._each(operation):
                changed += changed_now
                problems += [problem] if problem else []
            if problems and not self.request.options.force:
                connection.query("ROLLBACK")
                return _failed(ran, None, "The rows are not as the operation left them; nothing was applied."), problems
            connection.query("COMMIT")
        except ServerError as error:
            return _failed(ran, error, str(error)), problems
        gtid = self.session.last_gtid()
        ran = Ran(
            ran.step, opid, time.monotonic() - began, changed, start=ran.start, end=self.session.position(),
            gtid=gtid if gtid != before else None,
        )  # fmt: skip
        recorder.take(ran)
        return ran, problems[:_MOST]

    def _each(self, operation: Operation) -> Iterator[tuple[int, str]]:
        """Run each statement; yield the rows it changed and what is wrong, '' for nothing."""
        for _, text in stored.statements(self.backup, operation):
            self.control.check()
            try:
                with self.control.running(self.session.connection):
                    changed = self.session.connection.execute(text.encode("utf-8", "surrogateescape")).affected_rows
            except ConnectionLost:
                raise
            except ServerError as error:
                yield 0, f"{error}: {text[:200]}"
                continue
            yield changed, "" if changed else f"The row is gone, or is already as it was: {text[:200]}"


_AS_IT_WAS = "Nothing is stored: the statement left the definition as it was. Rows that went are not brought back."
_FOR_GOOD = "This rollback cannot be rolled back itself: the tables of a database that is dropped are not kept."
_MOST = 100  # problems listed


def _of_rows(operation: Operation) -> bool:
    return operation.kind in {Kind.INSERT, Kind.REPLACE, Kind.UPDATE, Kind.DELETE, Kind.ROLLBACK}


def _wrote(operation: Operation, begin: TransactionBegin) -> bool:
    """Tell whether a transaction is the one that an operation wrote, or one of them."""
    if operation.transactions is not None:
        return operation.transactions.has(begin)
    if operation.gtid is not None and begin.gtid is not None:
        return begin.gtid == operation.gtid
    inside = begin.position.has_reached(operation.start) and operation.end.has_reached(begin.position)
    return inside and begin.thread_id is not None and begin.thread_id == operation.thread_id


def _failed(ran: Ran, error: ServerError | None, reason: str) -> Ran:
    return Ran(ran.step, ran.opid, error=error, reason=reason, start=ran.start)


def _with(report: Report, status: Status, messages: list[str]) -> Report:
    stage = Stage.EXECUTED if status is Status.FAILED else Stage.CHECKED
    return Report(
        report.number, report.sql, 2, tuple(messages[:_MOST]), stage, status, 0, report.sequence, report.backup_dbname
    )
