"""What runs in this server, and what ended within a day: tasks as the gateway sees them."""

import time
from collections import deque
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum

from inception.batch.options import Mode, Options
from inception.errors import InceptionError, NoSuchJob, SequenceBusy
from inception.meter import Meter
from inception.osc.job import JobProgress, Order, Phase
from inception.progress import Progress, State
from inception.turns import Turn
from inception.workers import Row, Steer, Stop, Worker

_DAY = 86400.0  # seconds for which an ended task is listed
_MOST_ENDED = 10_000  # tasks
_MOST_ROWS = 100_000  # rows of ended tasks whose client did not take them


class Stage(StrEnum):
    """How far a task has come, for who looks from outside."""

    NEW = "New"
    RUNNING = "Running"
    PAUSED = "Paused"
    STOPPED = "Stopped"
    FINISHED = "Finished"


@dataclass(eq=False)
class Task:
    """One request. `id` is its client's connection id; `rows` are kept where its client went away.

    `turn` is what it waits for before it has a worker.
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
    error: InceptionError | None = None
    orphaned: bool = False
    rows: list[Row] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)
    jobs: dict[str, JobProgress] = field(default_factory=dict)  # online schema changes by their names

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

    def note(self, progress: Progress | JobProgress) -> None:
        """Take what its worker says."""
        if isinstance(progress, JobProgress):
            self.jobs[progress.sqlsha1] = progress
            return
        self.progress = progress
        self.meter.take(progress, time.monotonic())

    def stop(self, reason: str) -> None:
        """End the request: an audit at once, an execution as soon as its statement on the target is killed."""
        self.stop_reason = self.stop_reason or reason
        self.turn.stop(self.stop_reason)
        if self.worker is not None:
            self.worker.send(Stop(self.stop_reason))


class Tasks:
    """The registry: those that run by Id, those that ended by the time of their end."""

    def __init__(self) -> None:
        self.running: dict[int, Task] = {}
        self._ended: deque[Task] = deque(maxlen=_MOST_ENDED)
        self._answering: dict[int, Task] = {}

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
        task.error = copy(error)  # without the frames that the raised one came through: they hold the request
        task.options = replace(task.options, password="")
        if task.orphaned:
            self._keep(task, rows)
        else:
            self._answering[task.id] = task
        self._ended.append(task)

    def _keep(self, task: Task, rows: list[Row]) -> None:
        room = _MOST_ROWS - len(rows)
        for other in reversed(self._ended):
            room -= len(other.rows)
            if room < 0:
                other.rows = []
        task.rows = rows[:_MOST_ROWS]

    def answered(self, task_id: int) -> None:
        """Note that a client has its answer: it is there no more, or asks the next question."""
        self._answering.pop(task_id, None)

    def jobs(self) -> Iterator[JobProgress]:
        """Yield the online schema changes of running batches, and of those whose answer is being sent."""
        for task in (*self.running.values(), *self._answering.values()):
            yield from task.jobs.values()

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

    def all(self) -> list[Task]:
        """Return what runs and what ended within a day, the latest of each name, in order of their beginning."""
        oldest = time.monotonic() - _DAY
        while self._ended and (self._ended[0].ended or 0) < oldest:
            self._ended.popleft()
        latest = {task.name: task for task in (*self._ended, *self.running.values())}
        return sorted(latest.values(), key=lambda task: task.started)

    def find(self, name: str) -> Task | None:
        """Return the task of that name, None where there is none."""
        return next((task for task in self.all() if task.name == name), None)

    def on_connection(self, host: str, port: int, connection_id: int) -> Task | None:
        """Return the task that executes on that connection of a target, None where none here does."""
        for task in self.running.values():
            if (task.options.host, task.options.port) == (host, port) and task.progress.connection_id == connection_id:
                return task
        return None
