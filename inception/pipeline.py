"""The program on one page: read the batch, introspect, audit, plan, execute, back up. Runs in a worker process."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

from inception import statistic
from inception.answer import ResultSet, Value
from inception.asides import answers, between
from inception.audit import Audited, audit, has_blocking
from inception.backup import Backup, connect_backup
from inception.batch import Batch, read_batch
from inception.batch.aside import Setting
from inception.batch.options import Mode, Options
from inception.batch.split import Envelope, collect, read_envelope
from inception.begun import Begun
from inception.errors import CannotBackUp, CannotResume, InceptionError
from inception.execute import Execution
from inception.executed_rows import Recorded, executed_rows
from inception.follow import Follower
from inception.introspect import Observer
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.native import LockWaits
from inception.parts import FIELDS as PART_FIELDS
from inception.parts import Part, divide
from inception.plan import Step, Undo, backup_dbname, make_plan, why_not_backed_up
from inception.progress import Control, Problem, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.recorder import Recorder
from inception.recovery import recover
from inception.report import Report, checked, result_set
from inception.resume import Resumption, complete_backup, replay
from inception.rule import rule_variables
from inception.scene import Intent
from inception.server import Address
from inception.session import Session
from inception.settings import NOTHING_SET, SessionValues, Settings, Snapshot
from inception.task import claimed
from inception.tree import trees
from inception.tree.masking import masked
from inception.tree.printed import FIELDS as TREE_FIELDS
from inception.tree.printed import Printed
from inception.verdict import Verdict
from inception.workarounds import workaround
from inception.world import Server

_COUNT_TIME = 60  # seconds that each count of --real-row-count may take
_PROGRESS_STEP = 64  # statements audited between two reports
_TOLD = {Mode.SPLIT: PART_FIELDS, Mode.QUERY_PRINT: TREE_FIELDS, Mode.MASKING: TREE_FIELDS}  # without an audit


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

    @property
    def kind(self) -> str:
        """What is asked for, in one word."""
        return self.options.mode.value

    def run(self, control: Control) -> Sequence[Report | Part | Printed]:
        """Run the submission; see `run`."""
        return run(self, control)

    def answer(self, rows: Sequence[tuple[Value, ...]]) -> ResultSet:
        """Return the rows as the client gets them."""
        told = _TOLD.get(self.options.mode)
        return result_set(rows) if told is None else ResultSet(told, rows)


@dataclass
class _Run:
    request: Request
    control: Control
    observer: Observer
    backup: Connection | None
    audited: list[Audited] = field(default_factory=list)
    rans: list[Ran] = field(default_factory=list)
    recorded: Recorded = field(default_factory=Recorded)
    progress: ProgressTable | None = None
    stopped: str = ""  # why an execution was ended from outside


def run(request: Request, control: Control) -> Sequence[Report | Part | Printed]:
    """Run one submission and return its rows. Raises InceptionError where it cannot be run at all."""
    control.report(State.INIT)
    _envelope(request)
    if request.options.mode in _TOLD:
        return _tell(request)
    options = request.options
    executing = options.mode is Mode.EXECUTE and not request.refusal
    with ExitStack() as stack:
        backup = stack.enter_context(connect_backup(request.backup)) if executing and options.backup else None
        observer = stack.enter_context(closing(Observer(request.target)))
        work = _Run(request, control, observer, backup)
        if backup is not None and (reason := why_not_backed_up(observer.server)):
            raise CannotBackUp(reason)
        batch = _read(request, observer.server)
        work.request = replace(request, values=_with_settings(request.values, batch.settings))
        if executing and options.resume:
            _take_up(work, stack, batch)
        _audit(work, batch)
        asked = answers(observer, batch.asides)
        if executing and not _blocked(work):
            _execute(work, stack, batch)
    rows = executed_rows(_checked_rows(work), work.rans, work.recorded, work.stopped)
    return between(rows, asked) if asked else rows


def _with_settings(values: Snapshot, settings: Iterable[Setting]) -> Snapshot:
    """Return the values under what the batch sets for itself. Raises BadVariable."""
    layer: SessionValues = NOTHING_SET
    for each in settings:
        layer = Settings(rule_variables()).with_session(layer, each.name, each.value)
    return values.under(layer)


def _tell(request: Request) -> Sequence[Part | Printed]:
    """Say something of the statements without auditing them."""
    with closing(Observer(request.target)) as observer:
        statements, server = _read(request, observer.server).statements, observer.server
        if request.options.mode is Mode.SPLIT:
            return divide(statements, server.folded)
        tell = masked if request.options.mode is Mode.MASKING else trees
        catalog, verdicts = observer.catalog(statements), observer.verdicts(statements)
        return [
            printed.refused(verdicts[printed.number]) if printed.number in verdicts else printed
            for printed in tell(statements, catalog, server.syntax)
        ]


def _envelope(request: Request, server: Server | None = None) -> Envelope:
    syntax = server.syntax if server else Syntax()
    quoting = {"ansi_quotes": syntax.ansi_quotes, "backslash_escapes": syntax.backslash_escapes}
    if request.parts is not None:
        return collect(request.text, request.parts, **quoting)
    return read_envelope(request.text, **quoting)


def _read(request: Request, server: Server) -> Batch:
    return read_batch(request.options, _envelope(request, server).statements, server.syntax)


def _audit(work: _Run, batch: Batch) -> None:
    """Audit what has not run yet: the target stands as what has run left it."""
    work.control.report(State.CHECKING, total=len(batch.statements))
    options = work.request.options
    already = len(work.rans)
    work.audited += [Audited(statement, (), 0) for statement in batch.statements[:already]]
    batch = replace(batch, statements=batch.statements[already:])
    recorded = options.mode is Mode.EXECUTE and options.backup
    count_within = _COUNT_TIME if options.real_row_count else 0
    probe_time = int(work.request.values["inception_probe_time"])
    world = work.observer.observe(
        batch.statements, references=recorded, probe_time=probe_time, count_within=count_within
    )
    intent = Intent(options.mode is Mode.EXECUTE, options.backup, work.request.refusal)
    for count, audited in enumerate(audit(batch, world, work.request.values, intent), already):
        work.control.check()
        if count % _PROGRESS_STEP == 0:
            statement = audited.statement
            work.control.report(State.CHECKING, done=count, current=statement.text, number=statement.number)
        work.audited.append(audited)
    work.control.note(findings=Counter(finding.rule for each in work.audited for finding in each.findings))
    work.control.report(State.CHECKING, done=len(work.audited))


def _blocked(work: _Run) -> bool:
    findings = (finding for audited in work.audited for finding in audited.findings)
    return has_blocking(findings, warnings_pass=work.request.options.ignore_warnings)


def _checked_rows(work: _Run) -> list[Report]:
    options = work.request.options
    return [checked(audited, backup_dbname(audited.statement, options)) for audited in work.audited]


# -- execution -------------------------------------------------------------------------------------------------


def _execute(work: _Run, stack: ExitStack, batch: Batch) -> None:
    options, request = work.request.options, work.request
    ended = len(work.rans)
    plan = _plan(work, batch)[ended:]
    if not plan:
        return
    if work.progress is None and work.backup is not None and options.sequence:
        claim = claimed(request.backup, options, batch.statements, request.charset)
        work.progress, _ = stack.enter_context(claim)
    session = stack.enter_context(
        closing(Session(request.target, request.charset, work.observer.server, backup=options.backup))
    )
    work.control.note(connection_id=session.connection.thread_id)
    task = options.sequence or f"session {session.connection.thread_id}"
    session.lock({name for step in plan for name in step.statement.changes}, task)
    replay(session, work.rans)
    waits = LockWaits.of(request.values)
    execution = Execution(session, work.observer, work.control, options, waits, work.progress, _recovery(work, task))
    follower = Follower(work.control)
    _record(work, execution.run(plan, before=ended), _recorder(work, session, plan, follower), follower)
    work.stopped = work.control.reason if work.control.stopping else ""
    _tell_problem(work, ended + len(plan))


def _plan(work: _Run, batch: Batch) -> tuple[Step, ...]:
    foreseen = {each.statement.number: each.foreseen for each in work.audited if each.foreseen is not None}
    asserted = bool(work.request.values["inception_assert_algorithm"])
    return make_plan(batch.statements, work.request.options, foreseen, asserted=asserted)


def _recovery(work: _Run, task: str) -> Callable[[Begun], Verdict]:
    """Return what tells the outcome of a statement of a task whose connection broke."""
    kill = bool(work.request.values["inception_resume_kill"])
    return lambda begun: recover(work.request.target, begun, task, work.control, kill=kill)


def _take_up(work: _Run, stack: ExitStack, batch: Batch) -> None:
    """Take up a task that was cut off: settle the outcome of its last statement, complete the backup."""
    request, options = work.request, work.request.options
    if work.backup is None:
        raise CannotResume("--resume needs the backup server, where the progress of the task is kept.")
    claim = claimed(request.backup, options, batch.statements, request.charset)
    work.progress, begun = stack.enter_context(claim)
    plan = make_plan(batch.statements, options)
    resumption = Resumption(begun, plan, work.progress, work.observer, _recovery(work, options.sequence))
    work.rans += resumption.settle(options)
    work.recorded = complete_backup(request.target, Backup(work.backup, options), work.rans)


def _tell_problem(work: _Run, total: int) -> None:
    """Tell why an execution ended before its end, for those who ask for its status."""
    last = work.rans[-1] if work.rans else None
    if last is not None and (last.failed or last.unwritten):
        code = last.error.errno if last.error else 0
        reason = f"Statement {last.step.statement.number} did not end well."
        problem = Problem(code, last.reason or last.unwritten, reason, workaround(code))
        work.control.note(problem=problem)
    elif len(work.rans) < total and work.stopped:
        work.control.note(problem=Problem(0, work.stopped))


def _recorder(work: _Run, session: Session, plan: tuple[Step, ...], follower: Follower) -> Recorder | None:
    position = session.position()
    if work.backup is None or position is None:
        return None
    store = Backup(work.backup, work.request.options)
    changed = dict.fromkeys(name for step in plan if step.undo is Undo.ROWS for name in step.statement.changes)
    return Recorder(work.request.target, position, session.connection.thread_id, store, changed, follower.at)


def _record(work: _Run, rans: Iterator[Ran], recorder: Recorder | None, follower: Follower) -> None:
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
            follower.finish(work.rans[-1].end if work.rans else None)
            recorder.finish()
            work.recorded = work.recorded.plus(recorder.problems, recorder.notes)


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
