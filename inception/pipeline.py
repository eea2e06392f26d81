"""The program on one page: read the batch, introspect, audit, plan, execute, back up. Runs in a worker process."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from inception.audit import Audited, audit, has_blocking
from inception.backup import Backup, Executed, connect_backup
from inception.batch import Batch, read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import Envelope, collect, read_envelope
from inception.batch.statement import SetNames, Use
from inception.binlog.events import Event, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import read_events
from inception.errors import BinlogError, CannotBackUp, InceptionError, NotSupported, ServerError
from inception.execute import Execution, Session
from inception.introspect import Observer
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.plan import Undo, backup_dbname, home_database, make_plan, why_not_backed_up
from inception.progress import Control, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.report import Report, Stage, Status, checked, server_warnings, warning_level
from inception.scene import Intent
from inception.schema.model import Table, TableName
from inception.server import Address
from inception.undo import NoRollback, RowUndo, Undoing, collect_rows, definition_undo
from inception.world import Server

_BINLOG_SILENCE = 60.0  # seconds without an event of the binary log before reading is given up
_PROGRESS_STEP = 64  # statements audited between two reports


@dataclass(frozen=True)
class Request:
    """One submission as the gateway hands it to a worker.

    `text` is the whole batch, or its opening packet where `parts` holds the statements that were sent one by one.
    `options` are the batch's own with the account filled in; `refusal` says why an execution will not be done.
    """

    text: str
    options: Options
    charset: str
    values: Mapping[str, Any]
    parts: tuple[str, ...] | None = None
    backup: Address | None = None
    refusal: str = ""

    @property
    def target(self) -> Address:
        """Where the batch is for."""
        options = self.options
        return Address(options.host, options.port, options.user, options.password, options.tls)


@dataclass
class _Run:
    request: Request
    control: Control
    observer: Observer
    audited: list[Audited] = field(default_factory=list)
    rans: list[Ran] = field(default_factory=list)
    backup_problems: dict[int, str] = field(default_factory=dict)


def run(request: Request, control: Control) -> list[Report]:
    """Run one submission and return its rows. Raises InceptionError where it cannot be run at all."""
    control.report(State.INIT)
    if request.options.mode in (Mode.SPLIT, Mode.QUERY_PRINT):
        raise NotSupported(f"--{request.options.mode.value} is not supported yet.")
    _envelope(request)
    executing = request.options.mode is Mode.EXECUTE and not request.refusal
    backup = connect_backup(request.backup) if executing and request.options.backup else None
    with backup or nullcontext(), closing(Observer(request.target)) as observer:
        work = _Run(request, control, observer)
        if backup is not None and (reason := why_not_backed_up(observer.server)):
            raise CannotBackUp(reason)
        batch = _read(request, observer.server)
        _audit(work, batch)
        if executing and not _blocked(work):
            return _execute(work, batch, backup)
        return _checked_rows(work)


def _envelope(request: Request, server: Server | None = None) -> Envelope:
    if request.parts is not None:
        return collect(request.text, request.parts)
    syntax = server.syntax if server else Syntax()
    return read_envelope(request.text, ansi_quotes=syntax.ansi_quotes, backslash_escapes=syntax.backslash_escapes)


def _read(request: Request, server: Server) -> Batch:
    return read_batch(request.options, _envelope(request, server).statements, server.syntax)


def _audit(work: _Run, batch: Batch) -> None:
    work.control.report(State.CHECKING, total=len(batch.statements))
    world = work.observer.observe(batch.statements)
    options = work.request.options
    intent = Intent(options.mode is Mode.EXECUTE, options.backup, work.request.refusal)
    for count, audited in enumerate(audit(batch, world, work.request.values, intent)):
        work.control.check()
        if count % _PROGRESS_STEP == 0:
            work.control.report(State.CHECKING, done=count, current=audited.statement.text)
        work.audited.append(audited)
    work.control.report(State.CHECKING, done=len(work.audited))


def _blocked(work: _Run) -> bool:
    findings = (finding for audited in work.audited for finding in audited.findings)
    return has_blocking(findings, warnings_pass=work.request.options.ignore_warnings)


def _checked_rows(work: _Run) -> list[Report]:
    options = work.request.options
    return [checked(audited, backup_dbname(audited.statement, options)) for audited in work.audited]


# -- execution -------------------------------------------------------------------------------------------------


def _execute(work: _Run, batch: Batch, backup: Connection | None) -> list[Report]:
    options, request = work.request.options, work.request
    store = Backup(backup, options) if backup is not None else None
    progress = ProgressTable(backup, options) if backup is not None and options.sequence else None
    plan = make_plan(batch.statements, options)
    with closing(Session(request.target, request.charset, work.observer.server, backup=options.backup)) as session:
        for ran in Execution(session, work.observer, work.control, options, progress).run(plan):
            work.rans.append(ran)
        thread_id = session.connection.thread_id
    if store is not None:
        _back_up(work, store, thread_id)
    return _executed_rows(work)


def _back_up(work: _Run, store: Backup, thread_id: int) -> None:
    """Store the rollback of everything that was executed; note why where it could not be."""
    work.control.report(State.BACKUP)
    done = [ran for ran in work.rans if not ran.failed and ran.step.undo is not Undo.NONE]
    by_number = {ran.step.statement.number: ran for ran in done}
    for ran in done:
        if ran.end is None:
            work.backup_problems[ran.step.statement.number] = "The end of the statement in the binary log is not known."
    complete = [ran for ran in done if ran.end is not None]
    try:
        for undo in collect_rows(_own_events(work, complete, thread_id), complete, _definitions(work.observer)):
            by_number.pop(undo.ran.step.statement.number, None)
            _store(work, store, undo)
    except (BinlogError, ServerError) as error:
        for number in by_number:
            work.backup_problems.setdefault(number, error.message)


def _own_events(work: _Run, rans: list[Ran], thread_id: int) -> Iterator[Event]:
    """Yield the row events of our session; none are read where no statement changed rows."""
    wanted = [ran for ran in rans if ran.step.undo is Undo.ROWS]
    if not wanted:
        return iter(())
    gtids = {ran.gtid for ran in rans if ran.gtid}
    start, stop = wanted[0].start, wanted[-1].end
    if start is None or stop is None:
        raise BinlogError("The position in the binary log before the statement is not known.")

    def is_ours(begin: TransactionBegin) -> bool:
        return begin.thread_id == thread_id if begin.thread_id is not None else begin.gtid in gtids

    version = work.observer.server.version
    return own_transactions(read_events(work.request.target, version, start, stop, timeout=_BINLOG_SILENCE), is_ours)


def _definitions(observer: Observer) -> Callable[[TableName], Table | None]:
    known: dict[TableName, Table | None] = {}

    def find(name: TableName) -> Table | None:
        if name not in known:
            known[name] = observer.table(name)
        return known[name]

    return find


def _store(work: _Run, store: Backup, undo: RowUndo) -> None:
    ran = undo.ran
    number = ran.step.statement.number
    with closing(undo):
        try:
            if undo.problem:
                raise NoRollback(undo.problem)
            undoings: Iterable[Undoing]
            if ran.step.undo is Undo.DEFINITION:
                undoings = definition_undo(ran)
                tables = tuple(each.table for each in undoings)
            else:
                undoings, tables = undo.statements(), undo.tables
            store.ensure_tables(tables)
            store.store(_executed(ran), undoings)
        except InceptionError as error:
            work.backup_problems[number] = error.message


def _executed(ran: Ran) -> Executed:
    statement = ran.step.statement
    table = statement.changes[0] if statement.changes else TableName(home_database(statement), "")
    if ran.start is None or ran.end is None:
        raise NoRollback("The position in the binary log is not known.")
    return Executed(ran.opid, statement.text, statement.kind.value, table, ran.start, ran.end)


# -- rows of an execution --------------------------------------------------------------------------------------


def _executed_rows(work: _Run) -> list[Report]:
    rows = _checked_rows(work)
    for ran in work.rans:
        position = ran.step.statement.number - 1
        rows[position] = _ran(rows[position], ran, work)
    if work.control.stopping and len(work.rans) < len(rows) and not any(ran.failed for ran in work.rans[-1:]):
        row = rows[len(work.rans)]
        message = f"Execute: {work.control.reason}"
        rows[len(work.rans)] = replace(row, errlevel=2, status=Status.ABORTED, messages=(*row.messages, message))
    return rows


def _ran(row: Report, ran: Ran, work: _Run) -> Report:
    messages = list(row.messages)
    level = max(row.errlevel, warning_level(ran.warnings))
    status = Status.FAILED if ran.failed else Status.EXECUTED
    if ran.failed:
        level = 2
        messages.append(f"Execute: {ran.reason}")
    problem = work.backup_problems.get(ran.step.statement.number)
    status_text = str(status)
    if not ran.failed and ran.step.undo is not Undo.NONE:
        status_text += "\nBackup failed" if problem else "\nBackup successfully"
    if problem:
        level = 2
        messages.append(f"Backup: {problem}")
    messages += server_warnings(ran.warnings)
    again = isinstance(ran.step.statement.form, Use | SetNames)
    return replace(
        row,
        errlevel=level,
        messages=tuple(messages),
        stage=Stage.RERUN if again else Stage.EXECUTED,
        status=status_text,
        affected_rows=ran.affected_rows,
        sequence=f"'{ran.opid}'",
        execute_time=f"{ran.seconds:.3f}",
    )
