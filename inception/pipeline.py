"""The program on one page: read the batch, introspect, audit, plan, execute, back up. Runs in a worker process."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field, replace

from inception import statistic
from inception.answer import ResultSet, Value
from inception.audit import Audited, audit, has_blocking
from inception.backup import Backup, connect_backup
from inception.batch import Batch, read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import Envelope, collect, read_envelope
from inception.batch.statement import SetNames, Use
from inception.errors import CannotBackUp, InceptionError, NotSupported
from inception.execute import Execution, Session
from inception.introspect import Observer
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.parts import FIELDS as PART_FIELDS
from inception.parts import Part, divide
from inception.plan import Step, Undo, backup_dbname, make_plan, why_not_backed_up
from inception.progress import Control, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.recorder import Recorder
from inception.report import Report, Stage, Status, checked, result_set, server_warnings, warning_level
from inception.scene import Intent
from inception.server import Address
from inception.settings import Snapshot
from inception.world import Server

_BINLOG_SILENCE = 60.0  # seconds without an event of the binary log before reading is given up
_PROGRESS_STEP = 64  # statements audited between two reports


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One submission as the gateway hands it to a worker.

    `text` is the whole batch, or its opening packet where `parts` holds the statements that were sent one by one.
    `options` are the batch's own with the account filled in; `refusal` says why an execution will not be done.
    """

    text: str
    options: Options
    charset: str
    values: Snapshot
    parts: tuple[str, ...] | None = None
    backup: Address | None = None
    refusal: str = ""

    @property
    def target(self) -> Address:
        """Where the batch is for."""
        options = self.options
        return Address(options.host, options.port, options.user, options.password, options.tls)

    def run(self, control: Control) -> Sequence[Report | Part]:
        """Run the submission; see `run`."""
        return run(self, control)

    def answer(self, rows: Sequence[tuple[Value, ...]]) -> ResultSet:
        """Return the rows as the client gets them."""
        return ResultSet(PART_FIELDS, rows) if self.options.mode is Mode.SPLIT else result_set(rows)


@dataclass
class _Run:
    request: Request
    control: Control
    observer: Observer
    audited: list[Audited] = field(default_factory=list)
    rans: list[Ran] = field(default_factory=list)
    backup_problems: dict[int, str] = field(default_factory=dict)
    backup_notes: dict[int, str] = field(default_factory=dict)


def run(request: Request, control: Control) -> Sequence[Report | Part]:
    """Run one submission and return its rows. Raises InceptionError where it cannot be run at all."""
    control.report(State.INIT)
    if request.options.mode is Mode.QUERY_PRINT:
        raise NotSupported(f"--{request.options.mode.value} is not supported yet.")
    _envelope(request)
    if request.options.mode is Mode.SPLIT:
        return _split(request)
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


def _split(request: Request) -> list[Part]:
    with closing(Observer(request.target)) as observer:
        return divide(_read(request, observer.server).statements, observer.server.folded)


def _envelope(request: Request, server: Server | None = None) -> Envelope:
    syntax = server.syntax if server else Syntax()
    quoting = {"ansi_quotes": syntax.ansi_quotes, "backslash_escapes": syntax.backslash_escapes}
    if request.parts is not None:
        return collect(request.text, request.parts, **quoting)
    return read_envelope(request.text, **quoting)


def _read(request: Request, server: Server) -> Batch:
    return read_batch(request.options, _envelope(request, server).statements, server.syntax)


def _audit(work: _Run, batch: Batch) -> None:
    work.control.report(State.CHECKING, total=len(batch.statements))
    options = work.request.options
    recorded = options.mode is Mode.EXECUTE and options.backup
    probe_time = int(work.request.values["inception_probe_time"])
    world = work.observer.observe(batch.statements, references=recorded, probe_time=probe_time)
    intent = Intent(options.mode is Mode.EXECUTE, options.backup, work.request.refusal)
    for count, audited in enumerate(audit(batch, world, work.request.values, intent)):
        work.control.check()
        if count % _PROGRESS_STEP == 0:
            statement = audited.statement
            work.control.report(State.CHECKING, done=count, current=statement.text, number=statement.number)
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
    with ExitStack() as stack:
        store = Backup(backup, options) if backup is not None else None
        progress = None
        if store is not None and options.sequence:  # a connection of its own: the recorder uses the other one
            progress = ProgressTable(stack.enter_context(connect_backup(request.backup)), options)
        session = Session(request.target, request.charset, work.observer.server, backup=options.backup)
        stack.enter_context(closing(session))
        execution = Execution(session, work.observer, work.control, options, progress)
        plan = make_plan(batch.statements, options)
        _record(work, execution.run(plan), _recorder(work, session, store, plan))
    return _executed_rows(work)


def _recorder(work: _Run, session: Session, store: Backup | None, plan: tuple[Step, ...]) -> Recorder | None:
    position = session.position()
    if store is None or position is None:
        return None
    changed = dict.fromkeys(name for step in plan if step.undo is Undo.ROWS for name in step.statement.changes)
    return Recorder(work.request.target, position, session.connection.thread_id, store, changed)


def _record(work: _Run, rans: Iterator[Ran], recorder: Recorder | None) -> None:
    """Run the plan; everything that was executed is recorded, however the execution ends."""
    try:
        for ran in rans:
            work.rans.append(ran)
            if recorder is not None:
                recorder.take(ran)
        if recorder is not None and work.request.values["inception_enable_sql_statistic"]:
            _count(work)
    finally:
        if recorder is not None:
            work.control.report(State.BACKUP)
            recorder.finish()
            work.backup_problems, work.backup_notes = recorder.problems, recorder.notes


def _count(work: _Run) -> None:
    """Write the statistics of a batch that was executed to its end; they are not worth an error of their own."""
    if len(work.rans) < len(work.audited) or not all(ran.sent for ran in work.rans):
        return
    counted = statistic.count(ran.step.statement for ran in work.rans if not ran.failed)
    try:
        with connect_backup(work.request.backup) as connection:
            statistic.store(connection, counted)
    except InceptionError as error:
        log.warning("statistics of a batch could not be written: %s", error)


# -- rows of an execution --------------------------------------------------------------------------------------


def _executed_rows(work: _Run) -> list[Report]:
    rows = _checked_rows(work)
    for ran in work.rans:
        position = ran.step.statement.number - 1
        rows[position] = _ran(rows[position], ran, work)
    ended_early = not work.rans or (work.rans[-1].sent and not work.rans[-1].failed)
    if work.control.stopping and len(work.rans) < len(rows) and ended_early:
        rows[len(work.rans)] = _aborted(rows[len(work.rans)], work.control.reason)
    return rows


def _aborted(row: Report, reason: str) -> Report:
    return replace(row, errlevel=2, status=Status.ABORTED, messages=(*row.messages, f"Execute: {reason}"))


def _ran(row: Report, ran: Ran, work: _Run) -> Report:
    if not ran.sent:
        return _aborted(row, ran.reason)
    backup_problem = work.backup_problems.get(ran.step.statement.number)
    status = str(Status.FAILED if ran.failed else Status.EXECUTED)
    if not ran.failed and ran.step.undo is not Undo.NONE:
        status += "\nBackup successfully" if backup_problem is None else "\nBackup failed"
    problems = [f"Execute: {each}" for each in (ran.reason, ran.unwritten) if each]
    problems += [f"Backup: {backup_problem}"] if backup_problem is not None else []
    notes = [f"Backup: {note}"] if (note := work.backup_notes.get(ran.step.statement.number)) else []
    again = isinstance(ran.step.statement.form, Use | SetNames)
    return replace(
        row,
        errlevel=2 if problems else max(row.errlevel, warning_level(ran.warnings), len(notes)),
        messages=(*row.messages, *problems, *notes, *server_warnings(ran.warnings)),
        stage=Stage.RERUN if again else Stage.EXECUTED,
        status=status,
        affected_rows=ran.affected_rows,
        sequence=f"'{ran.opid}'",
        execute_time=f"{ran.seconds:.3f}",
    )
