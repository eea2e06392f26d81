"""What is running, and how to stop it: what travels between a worker and the gateway, and the worker's Control.

One progress value is rendered by every command, page and log line.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from inception.errors import ConnectionLost, ServerError, Stopped
from inception.mysql import Connection, kill

_SHOWN = 1 << 16  # characters of a statement that travel with the progress


class State(StrEnum):
    """The STATE column of the process list."""

    INIT = "INIT"
    CHECKING = "CHECKING"
    EXECUTING = "EXECUTING"
    BACKUP = "BACKUP"
    DEINIT = "DEINIT"


@dataclass(frozen=True)
class Work:
    """How far one piece of work within a request has come, told by who does it: the copying of a table, a backup.

    `finished` of `total` in units of `unit` (rows, pages, bytes, …; 0 of 0: not known). `percent` where who tells it
    knows better than finished / total; `remaining` in seconds likewise. `waiting` says why it stands still now
    (throttled by …, blocked by …), `tool` is true for an online schema change, `paused` while a command holds it.
    `estimating`: the figures have stopped to tell how long it takes.
    """

    finished: int = 0
    total: int = 0
    unit: str = ""
    percent: float | None = None
    remaining: float | None = None
    waiting: str = ""
    tool: bool = False
    paused: bool = False
    estimating: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for people who must act: the server's or our code, its text, why, and what to do."""

    code: int
    message: str
    reason: str = ""
    workaround: str = ""


@dataclass(frozen=True)
class Progress:
    """Where a request stands. `done` of `total` statements; `current` is the one being audited or executed, `number`
    its ID. `work` is what that statement, or the backup, tells of itself.

    `connection_id` is that of the executing session on the target. `binlog` is how far the target's binary log has
    been read, `master_binlog` where it ended when last asked. `outcome` is that of a statement whose connection broke.
    `findings` says how often each rule spoke.
    """

    state: State = State.INIT
    done: int = 0
    total: int = 0
    current: str = ""
    number: int = 0
    work: Work | None = None
    connection_id: int = 0
    binlog: str = ""
    master_binlog: str = ""
    problem: Problem | None = None
    outcome: str = ""
    reason: str = ""
    findings: Mapping[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> int | None:
        """Statements done of all in percent, and of the one that runs its part; None where the number is not known."""
        running = self.work.percent if self.work is not None and self.state is State.EXECUTING else None
        return int(self.done * 100 + (running or 0)) // self.total if self.total else None


class Known(TypedDict, total=False):
    """The fields of Progress that stay once they are known."""

    connection_id: int
    binlog: str
    master_binlog: str
    problem: Problem
    outcome: str
    reason: str
    findings: Mapping[str, int]


class Control:
    """The worker's side: reports progress, and says when to stop. Safe for use by several threads."""

    def __init__(self, send: Callable[[Progress], None], tell: Callable[[object], None] = lambda _: None) -> None:
        """`send` takes where the request stands, `tell` what else there is to say; see `tell`."""
        self._send = send
        self._tell_besides = tell
        self._orders: dict[str, queue.SimpleQueue[str]] = {}
        self._progress = Progress()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._running: Connection | None = None
        self._asking: Iterable[Connection] = ()
        self.reason = ""

    def report(
        self,
        state: State,
        *,
        done: int | None = None,
        total: int | None = None,
        current: str = "",
        number: int = 0,
    ) -> None:
        """Tell the gateway where the request stands; numbers that are not given stay as they were."""
        before = self._progress
        self._tell(
            state=state,
            done=before.done if done is None else done,
            total=before.total if total is None else total,
            current=current[:_SHOWN],
            number=number,
            work=None,
        )

    def work(self, work: Work) -> None:
        """Tell how far the statement that runs now, or the backup, has come. To be called a few times a second."""
        self._tell(work=work)

    def note(self, **known: Unpack[Known]) -> None:
        """Tell the gateway what has become known of the execution."""
        self._tell(**known)

    def _tell(self, **changed: Any) -> None:
        with self._telling:
            self._progress = replace(self._progress, **changed)
            self._send(self._progress)

    def tell(self, message: object) -> None:
        """Tell the gateway what is not about the request as a whole: how far an online schema change has come."""
        self._tell_besides(message)

    def order(self, sqlsha1: str, order: str) -> None:
        """Ask something of an online schema change; called from another thread than the one that does it."""
        with self._lock:
            self._orders.setdefault(sqlsha1, queue.SimpleQueue()).put(order)

    def orders(self, sqlsha1: str) -> Iterator[str]:
        """Yield what has been asked of an online schema change since the last call."""
        with self._lock:
            asked = self._orders.pop(sqlsha1, None)
        while asked is not None and not asked.empty():
            yield asked.get()

    @property
    def stopping(self) -> bool:
        """Tell whether the request is to end."""
        return self._stopped.is_set()

    def check(self) -> None:
        """Raise Stopped where the request is to end."""
        if self.stopping:
            raise Stopped(self.reason)

    def sleep(self, seconds: float) -> None:
        """Wait; returns early where the request is to end."""
        self._stopped.wait(seconds)

    def stop(self, reason: str) -> None:
        """End the request: the statement that runs on the target now is killed there. The first reason stands."""
        with self._lock:
            if self.stopping:
                return
            self.reason = reason
            self._stopped.set()
            running, asking = self._running, tuple(self._asking)
        for session in asking:
            _end(session)
        if running is not None:
            self._kill(running)

    def wind_down(self, reason: str) -> None:
        """End the request after the statement that runs now, which is left to finish."""
        with self._lock:
            if not self.stopping:
                self.reason = reason
                self._stopped.set()

    @contextmanager
    def asking(self, sessions: Iterable[Connection]) -> Iterator[None]:
        """While inside, a stop ends these sessions, and with them what they ask. Raises Stopped where one came."""
        with self._lock:
            self.check()
            self._asking = sessions
        try:
            yield
        except ServerError:
            self.check()
            raise
        finally:
            with self._lock:
                self._asking = ()
        self.check()

    @contextmanager
    def running(self, connection: Connection) -> Iterator[None]:
        """While inside, a stop kills the statement of that session; where the KILL does not get through, the
        connection is cut off. Raises Stopped where the stop came before.
        """
        with self._lock:
            self.check()
            self._running = connection
        try:
            yield
        finally:
            with self._lock:
                self._running = None

    def _kill(self, connection: Connection) -> None:
        """Kill until the statement has ended: a KILL that arrives between two statements would be lost."""
        while self._running is connection:
            try:
                kill(connection.address, connection.thread_id, only_query=True)
            except ServerError as error:
                self.reason += f" (the target did not take the KILL QUERY: {error})"
                if isinstance(error, ConnectionLost):  # it would not answer the statement either
                    connection.abort()
                return
            threading.Event().wait(0.2)


def _end(session: Connection) -> None:
    """End a session that only asks; where the target does not take the KILL, it is cut off."""
    try:
        kill(session.address, session.thread_id, only_query=False)
    except ServerError:
        session.abort()
