"""What runs in this server, and what ended within a day: tasks as the gateway sees them."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

from inception.batch.options import Mode, Options
from inception.errors import InceptionError, NoSuchJob, SequenceBusy
from inception.gateway.messages import Row, Steer, Stop, Told
from inception.gateway.meter import Meter, amounts, percent, unit_of_work
from inception.gateway.status import Stage, Status, cut
from inception.gateway.turns import Turn
from inception.gateway.workers import Worker
from inception.osc.job import JobProgress, Order, Phase, Trail
from inception.progress import Problem, Progress, State
from inception.workarounds import workaround

_DAY = 86400.0  # seconds for which an ended task is listed
_MOST_ENDED = 10_000  # tasks
_MOST_ROWS = 64 << 20  # bytes, about, of rows whose client did not take them
_ROW = 600  # bytes that a row takes beside its long texts
_UNITS = {State.CHECKING: "Check", State.EXECUTING: "Execute", State.BACKUP: "Backup"}


@dataclass(eq=False)
class Task:
    """One request while it waits or runs. `id` is its client's connection id, `orphaned` says that that is gone.

    `turn` is what it waits for before it has a worker. Of one that has ended only its Status is kept.
    """

    id: int
    options: Options
    client_host: str
    turn: Turn
    progress: Progress = field(default_factory=Progress)
    started: float = field(default_factory=time.monotonic)
    worker: Worker | None = None
    begun: bool = False
    stop_reason: str = ""
    ended: float | None = None
    error: Problem | None = None
    orphaned: bool = False
    meter: Meter = field(default_factory=Meter)
    jobs: dict[str, JobProgress] = field(default_factory=dict)  # online schema changes by their names
    trails: dict[str, Trail] = field(default_factory=dict)  # of those of them that run

    @property
    def name(self) -> str:
        """Return its sequence, or its Id where it has none."""
        return self.options.sequence or str(self.id)

    @property
    def seconds(self) -> int:
        """Whole seconds since the request came."""
        return int(time.monotonic() - self.started)

    @property
    def changes(self) -> bool:
        """Tell whether the request may have begun to change the target."""
        return self.options.mode is Mode.EXECUTE and self.progress.state in (State.EXECUTING, State.BACKUP)

    @property
    def waiting(self) -> str:
        """Return why it stands still now, '' where it does not."""
        if self.ended is not None:
            return ""
        if not self.turn.has_come:
            return f"waits for its turn: {self.turn.before} before it"
        return self.progress.work.waiting if self.progress.work is not None else ""

    @property
    def stage(self) -> Stage:
        """Return how far it has come."""
        if self.ended is not None:
            failed = self.error is not None or self.progress.problem is not None or self.stop_reason
            return Stage.STOPPED if failed else Stage.FINISHED
        if self.progress.work is not None and self.progress.work.paused:
            return Stage.PAUSED
        return Stage.RUNNING if self.begun else Stage.NEW

    def status(self, now: float) -> Status:
        """Return what is told of it; `now` is the time of its clock, in seconds."""
        progress, meter, ended = self.progress, self.meter, self.ended is not None
        finished, total = amounts(progress)
        return Status(
            name=self.name,
            target=f"{self.options.host}:{self.options.port}",
            stage=self.stage,
            unit=_unit(progress),
            number=progress.number,
            statement=progress.current,
            percent=percent(progress),
            finished=finished,
            total=total,
            work_unit=unit_of_work(progress),
            total_rate=meter.total_rate(now),
            recent_rate=0 if ended else meter.recent_rate(now),
            remaining=0 if ended else meter.remaining(progress, now),
            binlog=progress.binlog,
            master_binlog=progress.master_binlog,
            waiting=self.waiting,
            outcome=progress.outcome,
            reason=progress.reason or self._reason,
            problem=self._problem,
        )

    @property
    def _reason(self) -> str:
        """Say why no time is given, where the figures of what runs have stopped to tell it."""
        estimating = self.progress.work is not None and self.progress.work.estimating and self.ended is None
        return "estimating: what the target shows does not tell how long it still takes" if estimating else ""

    @property
    def _problem(self) -> Problem | None:
        stopped = Problem(0, self.stop_reason) if self.stop_reason and self.ended is not None else None
        return self.progress.problem or self.error or stopped

    def note(self, told: Told) -> None:
        """Take what its worker says."""
        match told:
            case Trail():
                self.trails[told.sqlsha1] = told
            case JobProgress():
                self.jobs[told.sqlsha1] = told
                if told.phase is Phase.ENDED:
                    self.trails.pop(told.sqlsha1, None)
            case _:
                self.progress = told
                self.meter.take(told, time.monotonic())

    def stop(self, reason: str) -> None:
        """End the request: an audit at once, an execution as soon as its statement on the target is killed."""
        self.stop_reason = self.stop_reason or reason
        self.turn.stop(self.stop_reason)
        if self.worker is not None:
            self.worker.send(Stop(self.stop_reason))


class Ended(NamedTuple):
    """What is kept of a task that has ended; times in seconds."""

    status: Status
    began: float
    ended: float


class Tasks:
    """The registry: those that run by Id, and what is told of those that ended, by the time of their end."""

    def __init__(self) -> None:
        self.running: dict[int, Task] = {}
        self._ended: deque[Ended] = deque(maxlen=_MOST_ENDED)
        self._answering: dict[int, tuple[JobProgress, ...]] = {}

    def add(self, task: Task) -> None:
        """Take a task in. Raises SequenceBusy where its sequence runs already."""
        sequence = task.options.sequence
        if sequence and task.options.mode is Mode.EXECUTE and self.executes(sequence):
            raise SequenceBusy(f"The sequence '{sequence}' is running already.")
        self.running[task.id] = task

    def end(self, task: Task, error: InceptionError | None, rows: list[Row]) -> None:
        """Note that a task has ended; its rows are kept, within limits, where its client is gone."""
        self.running.pop(task.id, None)
        task.worker, task.ended = None, time.monotonic()
        if error is not None:  # not the error itself: its frames hold the request
            task.error = Problem(error.errno, error.message, workaround=workaround(error.errno))
        status = task.status(task.ended).shortened()
        if task.orphaned:
            status = replace(status, rows=self._kept(rows))
        elif task.jobs:
            self._answering[task.id] = tuple(task.jobs.values())
        self._ended.append(Ended(status, task.started, task.ended))
        self._forget()

    def _kept(self, rows: list[Row]) -> list[Row]:
        """Return as many rows as there is room for, their texts cut; those of earlier tasks make room for them."""
        kept = _within(
            _MOST_ROWS, [tuple(cut(cell) if isinstance(cell, str) else cell for cell in row) for row in rows]
        )
        room = _MOST_ROWS - sum(map(_size, kept))
        for other in reversed(self._ended):
            room -= sum(map(_size, other.status.rows or ()))
            if room < 0 and other.status.rows:
                other.status.rows.clear()
        return kept

    def _forget(self) -> None:
        oldest = time.monotonic() - _DAY
        while self._ended and self._ended[0].ended < oldest:
            self._ended.popleft()

    def answered(self, task_id: int) -> None:
        """Note that a client has its answer: it is there no more, or asks the next question."""
        self._answering.pop(task_id, None)

    def jobs(self) -> Iterator[JobProgress]:
        """Yield the online schema changes of running batches, and of those whose answer is being sent."""
        for jobs in (*(tuple(task.jobs.values()) for task in self.running.values()), *self._answering.values()):
            yield from jobs

    def steer(self, sqlsha1: str, order: Order) -> None:
        """Ask something of an online schema change. Raises NoSuchJob where none of that name runs."""
        for task in self.running.values():
            job = task.jobs.get(sqlsha1)
            if job is not None and job.can_be_steered and task.worker is not None:
                task.worker.send(Steer(sqlsha1, order))
                return
        waiting = any(job.sqlsha1 == sqlsha1 and job.phase is Phase.WAITING for job in self.jobs())
        raise NoSuchJob("Can not find OSC executing task" + (": it has not begun yet" if waiting else ""))

    def executes(self, sequence: str) -> bool:
        """Tell whether an execution of this sequence runs here."""
        return any(
            task.options.sequence == sequence and task.options.mode is Mode.EXECUTE for task in self.running.values()
        )

    def all(self) -> list[Status]:
        """Return what runs and what ended within a day, the latest of each name, in order of their beginning."""
        self._forget()
        now = time.monotonic()
        running = [(task.started, task.status(now)) for task in self.running.values()]
        told = [*((each.began, each.status) for each in self._ended), *running]
        latest = {status.name: (began, status) for began, status in told}
        return [status for _, status in sorted(latest.values(), key=lambda each: each[0])]

    def find(self, name: str) -> Status | None:
        """Return what is told of the task of that name, None where there is none."""
        return next((status for status in self.all() if status.name == name), None)

    def on_connection(self, host: str, port: int, connection_id: int) -> Task | None:
        """Return the task that executes on that connection of a target, None where none here does."""
        for task in self.running.values():
            if (task.options.host, task.options.port) == (host, port) and task.progress.connection_id == connection_id:
                return task
        return None


def _unit(progress: Progress) -> str:
    if progress.work is not None and progress.work.tool and progress.state is State.EXECUTING:
        return "OSC"
    return _UNITS.get(progress.state, "Check")


def _within(room: int, rows: list[Row]) -> list[Row]:
    """Return as many of the first rows as take no more than `room` bytes."""
    return [row for row, size in zip(rows, accumulate(map(_size, rows)), strict=True) if size <= room]


def _size(row: Row) -> int:
    return _ROW + sum(len(cell) for cell in row if isinstance(cell, str))
