"""One execution: the plan is run in a session of its own, its progress written, its rollback recorded; or resumed.

From what was audited to what became of each statement. The order of it all is pipeline.py's.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from inception import statistic
from inception.audit import Audited
from inception.backup import Backup, connect_backup
from inception.batch import Batch
from inception.batch.options import Options
from inception.batch.statement import Statement
from inception.begun import PREPARE, Begun
from inception.chunked import ChunkMeans
from inception.chunks.choose import large_tables
from inception.claim import task_on
from inception.errors import CannotBackUp, CannotResume, InceptionError, TableBusy
from inception.execute import Execution
from inception.executed_rows import Recorded
from inception.follow import Follower
from inception.gtids import Assigner
from inception.introspect import Observer
from inception.mysql import Connection
from inception.native import LockWaits
from inception.osc.run import Means
from inception.osc.tool import find_tool
from inception.own_tables import make_own_tables
from inception.pace import Limits
from inception.plan import Step, Undo, make_plan
from inception.progress import Control, Problem, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.recorder import Recorder
from inception.recovery import recover, recover_by_gtid
from inception.resume import Resumption, check_temporaries, complete_backup, replay
from inception.rule import Level
from inception.sent import Sent
from inception.server import Address
from inception.session import Session
from inception.settings import Snapshot
from inception.task import claimed
from inception.verdict import Verdict
from inception.ways import altered_online
from inception.workarounds import workaround
from inception.world import Tool, World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One submission as the gateway hands it to a worker.

    `packets` is the one with the whole batch, or where it was `collected` the opening one and those that followed.
    `scripts` are statements that came without comment and magic words, one text after the other, in place of it.
    `options` are the batch's own with the account filled in; `refusal` says why an execution will not be done.
    """

    packets: tuple[Sent, ...]
    options: Options
    charset: str
    values: Snapshot
    collected: bool = False
    scripts: tuple[str, ...] = ()
    backup: Address | None = None
    refusal: str = ""

    @property
    def target(self) -> Address:
        """Where the batch is for."""
        options = self.options
        return Address(options.host, options.port, options.user, options.password, options.tls)


@dataclass
class Work:
    """A submission that is being run: what has become known of it so far."""

    request: Submission
    control: Control
    observer: Observer
    backup: Connection | None
    audited: list[Audited] = field(default_factory=list)
    rans: list[Ran] = field(default_factory=list)
    cut_off: Mapping[int, Begun] = field(default_factory=dict)  # by number: sent once, and not committed
    recorded: Recorded = field(default_factory=Recorded)
    progress: ProgressTable | None = None
    tool: Tool | None = None
    halfway: Begun | None = None  # a statement of which some ranges of a key have run already
    stopped: str = ""  # why an execution was ended from outside


def execute(work: Work, stack: ExitStack, batch: Batch) -> None:
    """Run what has not run yet. `stack` ends what is opened for it. Raises InceptionError before anything has run."""
    options, request = work.request.options, work.request
    ended = len(work.rans)
    plan = _plan(work, batch)[ended:]
    if not plan:
        return
    if work.progress is None and work.backup is not None and options.sequence:
        claim = claimed(request.backup, options, batch.statements, request.charset)
        work.progress, _ = stack.enter_context(claim)
    session = stack.enter_context(
        closing(
            Session(request.target, request.charset, work.observer.server, backup=options.backup, database=options.db)
        )
    )
    work.control.note(connection_id=session.connection.thread_id)
    task = options.sequence or f"session {session.connection.thread_id}"
    _lock(work, session, plan, task)
    replay(session, work.rans)
    follower = Follower(work.control)
    recorder = _recorder(work, session, plan, follower)
    rest = recorder.rest if recorder is not None else lambda: None
    chunks = ChunkMeans(Limits.of(request.values), recorder.take_part if recorder else lambda *_: None, work.halfway)
    execution = Execution(
        session, work.observer, work.control, options, LockWaits.of(request.values), _assigner(work), work.progress,
        _recovery(work, task), Means(work.tool or Tool(), request.target, work.observer.server, request.values, rest),
        chunks,
    )  # fmt: skip
    _record(work, execution.run(plan, before=ended), recorder, follower)
    work.stopped = work.control.reason if work.control.stopping else ""
    _tell_problem(work, ended + len(plan))


def equipped(world: World, statements: Sequence[Statement], observer: Observer, values: Mapping[str, Any]) -> World:
    """Return the world with what online schema changes need, where some table is large enough for one."""
    large = altered_online(statements, world, values)
    if not large:
        return world
    return replace(world, tool=find_tool(values["inception_osc_bin_dir"]), children=observer.children(large))


def pointed_at(world: World, statements: Sequence[Statement], observer: Observer, options: Options) -> World:
    """Return the world with the foreign keys that point at tables whose rows may change in ranges of a key."""
    tables = large_tables(statements, world, options)
    return replace(world, pointing={name: observer.references_to(name) for name in tables}) if tables else world


def _plan(work: Work, batch: Batch) -> tuple[Step, ...]:
    foreseen = {each.statement.number: each.foreseen for each in work.audited if each.foreseen is not None}
    asserted = bool(work.request.values["inception_assert_algorithm"])
    ways = {each.statement.number: each.way for each in work.audited}
    chunkings = {each.statement.number: each.chunking for each in work.audited if each.chunking is not None}
    return make_plan(batch.statements, work.request.options, foreseen, ways, chunkings, asserted=asserted)


def _lock(work: Work, session: Session, plan: tuple[Step, ...], task: str) -> None:
    """Hold what the plan changes, so that nobody else does. Raises TableBusy, with the name of who does."""
    try:
        session.lock({name for step in plan for name in step.statement.lasting_changes}, task)
    except TableBusy as busy:
        name = ""
        if work.backup is not None:
            make_own_tables(work.backup)
            name = task_on(work.backup, work.request.options, busy.holder)
        if name:
            raise TableBusy(f"{busy.message} It is the task '{name}'.", busy.holder) from None
        raise


def _assigner(work: Work) -> Assigner:
    """Return what gives statements their GTIDs: new ones where they are wanted, and where they can be written down."""
    numbers = None
    if assigns_gtids(work.request) and work.progress is not None:
        executed = str(work.observer.connection.value("SELECT @@GLOBAL.gtid_executed"))
        work.progress.assign_gtids(work.request.options, executed)
        numbers = work.progress.next_gtid
    return Assigner(numbers, work.cut_off, work.observer)


def assigns_gtids(request: Submission) -> bool:
    """Tell whether statements are to get GTIDs of ours: of tasks whose progress is kept, where that is turned on."""
    options = request.options
    return bool(request.values["inception_assign_gtid"] and options.backup and options.sequence)


def _recovery(work: Work, task: str) -> Callable[[Begun], Verdict]:
    """Return what tells the outcome of a statement of a task whose connection broke."""
    kill = bool(work.request.values["inception_resume_kill"])
    return lambda begun: recover(work.request.target, begun, task, work.control, kill=kill)


def take_up(work: Work, stack: ExitStack, batch: Batch) -> None:
    """Take up a task that was cut off: settle the outcome of its last statement, complete the backup."""
    request, options = work.request, work.request.options
    if work.backup is None:
        raise CannotResume("--resume needs the backup server, where the progress of the task is kept.")
    claim = claimed(request.backup, options, batch.statements, request.charset)
    work.progress, begun = stack.enter_context(claim)
    plan = make_plan(batch.statements, options)
    resumption = Resumption(
        begun, plan, work.progress, work.observer, _recovery(work, options.sequence),
        lambda each: recover_by_gtid(request.target, each, work.control),
    )  # fmt: skip
    ran_already, work.halfway = resumption.settle(options)
    work.rans += ran_already
    settled = {ran.step.statement.number: ran.committed for ran in work.rans}
    work.cut_off = {
        each.number: each for each in begun
        if each.status == PREPARE and each.gtid and not settled.get(each.number)
    }  # fmt: skip
    work.recorded = complete_backup(request.target, Backup(work.backup, options), work.rans)
    check_temporaries(batch.statements[len(work.rans) :], work.observer.server)


def tell_refusal(work: Work, blocking: Sequence[Audited]) -> None:
    """Tell, for those who ask for the status, that nothing is executed: what the audit has against it, or who may not.

    `blocking` are the statements whose findings keep the batch from being executed.
    """
    done, number, text = len(work.rans), 0, ""
    problem = Problem(0, work.request.refusal)
    if blocking and not work.request.refusal:
        number, text = blocking[0].statement.number, blocking[0].statement.text
        worst = max(blocking[0].findings, key=lambda finding: finding.level)
        only_warnings = all(finding.level < Level.ERROR for each in blocking for finding in each.findings)
        more = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        problem = Problem(
            0,
            f"Nothing {'more ' if done else ''}is executed: the audit objects to statement {number}{more}.",
            worst.message,
            "Mend what the rows object to" + (", or accept it with --enable-ignore-warnings" if only_warnings else ""),
        )
    work.control.report(State.CHECKING, done=done, current=text, number=number)
    work.control.note(problem=problem)


def _tell_problem(work: Work, total: int) -> None:
    """Tell why an execution ended before its end, for those who ask for its status."""
    last = work.rans[-1] if work.rans else None
    if last is not None and (last.failed or last.unwritten):
        code = last.error.errno if last.error else 0
        reason = f"Statement {last.step.statement.number} did not end well."
        problem = Problem(code, last.reason or last.unwritten, reason, workaround(code))
        work.control.note(problem=problem)
    elif len(work.rans) < total and work.stopped:
        work.control.note(problem=Problem(0, work.stopped))


def _recorder(work: Work, session: Session, plan: tuple[Step, ...], follower: Follower) -> Recorder | None:
    position = session.position()
    if work.backup is None or position is None:
        return None
    store = Backup(work.backup, work.request.options)
    changed = dict.fromkeys(name for step in plan if step.undo is Undo.ROWS for name in step.statement.lasting_changes)
    thread_id = session.connection.thread_id
    opened = partial(Recorder, work.request.target, thread_id=thread_id, store=store, tables=changed, at=follower.at)
    before = work.halfway.done if work.halfway is not None else ()
    if not before:
        return opened(position)
    try:
        recorder = opened(before[0].start or position)
    except CannotBackUp as problem:  # the log of the ranges that ran before is gone; what is to come can be recorded
        recorder = opened(position)
        recorder.give_up(plan[0], problem.message)
        return recorder
    for chunk in before:
        recorder.take_part(Ran(plan[0], ""), chunk)
    return recorder


def _record(work: Work, rans: Iterator[Ran], recorder: Recorder | None, follower: Follower) -> None:
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
            last = work.rans[-1].step.statement if work.rans else None
            work.control.report(State.BACKUP, current=last.text if last else "", number=last.number if last else 0)
            follower.finish(work.rans[-1].end if work.rans else None)
            recorder.finish()
            work.recorded = work.recorded.plus(recorder.recorded)


def _count(work: Work) -> None:
    """Write the statistics of a batch that was executed to its end; they are not worth an error of their own."""
    if len(work.rans) < len(work.audited) or not all(ran.sent for ran in work.rans):
        return
    counted = statistic.count(ran.step.statement for ran in work.rans if not ran.failed)
    try:
        with connect_backup(work.request.backup) as connection:
            statistic.store(connection, counted)
    except InceptionError as error:
        log.warning("statistics of a batch could not be written: %s", error)
