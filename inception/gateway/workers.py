"""The worker processes and the messages between them and the gateway.

A worker runs one batch at a time as plain synchronous code. It is started from a forkserver that has the pipeline
loaded, reused while idle, and ends by itself when its gateway is gone: after the statement that runs then, with the
truth written and what was executed backed up.
"""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import queue
import resource
import signal
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from inception.answer import Value
from inception.cleaning import CleanRequest
from inception.custom import RuleFile, use
from inception.errors import InceptionError, ServerError, Stopped
from inception.introspect import pace
from inception.osc.job import JobProgress, Order, Trail
from inception.pipeline import Request
from inception.progress import Control, Progress
from inception.rollback import RollbackRequest

_LENGTH = struct.Struct("<Q")
_ROWS_A_MESSAGE = 500
_LARGEST_IDLE = 256 << 20  # bytes of memory at most that an idle worker may have had and be kept

Row = tuple[Value, ...]
Told = Progress | JobProgress | Trail
OnProgress = Callable[[Told], None]
AnyRequest = Request | RollbackRequest | CleanRequest


@dataclass(frozen=True)
class Run:
    """Gateway → worker: run this."""

    request: AnyRequest


@dataclass(frozen=True)
class Stop:
    """Gateway → worker: end the running request, killing its statement on the target."""

    reason: str


@dataclass(frozen=True)
class Steer:
    """Gateway → worker: ask something of an online schema change of the running request."""

    sqlsha1: str
    order: Order


@dataclass(frozen=True)
class Rows:
    """Worker → gateway: some rows of the answer."""

    rows: list[Row]


@dataclass(frozen=True)
class Finished:
    """Worker → gateway: the request has ended, with an error or after its last rows."""

    error: InceptionError | None = None
    reusable: bool = True


# -- in the worker ---------------------------------------------------------------------------------------------


class _Channel:
    """The worker's end; sending is safe from several threads."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._reader = sock.makefile("rb")
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        data = pickle.dumps(message)
        with self._lock, contextlib.suppress(OSError):  # a gateway that is gone is noticed by receive
            self._sock.sendall(_LENGTH.pack(len(data)))
            self._sock.sendall(data)  # put together, a long text would be copied

    def receive(self) -> Any:
        """Return the next message, None when the gateway is gone."""
        try:
            head = self._reader.read(_LENGTH.size)
            if len(head) < _LENGTH.size:
                return None
            return pickle.loads(self._reader.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - from our own gateway
        except (OSError, EOFError, pickle.UnpicklingError):
            return None


def work(sock: socket.socket, own_rules: Sequence[RuleFile], spacing: pace.Spacing) -> None:
    """The worker process: run requests until the gateway is gone."""
    use(own_rules)
    pace.use(spacing)
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the gateway says when to stop
        signal.signal(number, signal.SIG_IGN)
    channel = _Channel(sock)
    requests: queue.SimpleQueue[tuple[AnyRequest, Control] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, requests), daemon=True).start()
    while (item := requests.get()) is not None:
        request, control = item
        error = _serve(channel, request, control)
        channel.send(Finished(error, reusable=_peak_memory() < _LARGEST_IDLE))


def _listen(channel: _Channel, requests: "queue.SimpleQueue[tuple[AnyRequest, Control] | None]") -> None:
    control: Control | None = None
    while (message := channel.receive()) is not None:
        if isinstance(message, Run):
            control = Control(channel.send, channel.send)
            requests.put((message.request, control))
        elif isinstance(message, Stop) and control is not None:
            threading.Thread(target=control.stop, args=(message.reason,), daemon=True).start()
        elif isinstance(message, Steer) and control is not None:
            control.order(message.sqlsha1, message.order)
    if control is not None:
        control.wind_down("The gateway is gone")
    requests.put(None)


def _serve(channel: _Channel, request: AnyRequest, control: Control) -> InceptionError | None:
    try:
        rows = [report.row() for report in request.run(control)]
    except InceptionError as error:
        return error
    except Exception as error:
        import logging

        logging.getLogger(__name__).exception("A batch failed inside the program")
        return InceptionError(f"Internal error: {type(error).__name__}; the server's log has the details.")
    for start in range(0, len(rows), _ROWS_A_MESSAGE):
        channel.send(Rows(rows[start : start + _ROWS_A_MESSAGE]))
    return None


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# -- in the gateway --------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Worker:
    """A worker process as the gateway sees it."""

    process: ForkServerProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    killed: str = ""

    async def run(self, request: AnyRequest, on_progress: OnProgress) -> tuple[list[Row], bool]:
        """Run a request; return its rows and whether the worker can be used again.

        Raises what the request raised, or InceptionError where the process died.
        """
        self.send(Run(request))
        rows: list[Row] = []
        while True:
            message = await self._receive()
            match message:
                case Progress() | JobProgress() | Trail():
                    on_progress(message)
                case Rows(rows=more):
                    rows += more
                case Finished(error=InceptionError() as error):
                    raise error
                case Finished(reusable=reusable):
                    return rows, reusable

    async def _receive(self) -> Any:
        try:
            (length,) = _LENGTH.unpack(await self.reader.readexactly(_LENGTH.size))
            return pickle.loads(await self.reader.readexactly(length))  # noqa: S301 - from our own worker
        except (asyncio.IncompleteReadError, ConnectionError):
            if self.killed:
                raise Stopped(self.killed) from None
            raise WorkerDied(
                "The worker process ended unexpectedly. What it was executing may have taken effect: look at the "
                "progress table and the data before you run it again."
            ) from None

    def send(self, message: object) -> None:
        """Send a message; lost where the process is gone."""
        data = pickle.dumps(message)
        if not self.writer.is_closing():
            self.writer.write(_LENGTH.pack(len(data)))
            self.writer.write(memoryview(data))  # of a slice of bytes asyncio would make copies

    def kill(self, reason: str) -> None:
        """End the process at once: only for requests that change nothing, which then get Stopped."""
        self.killed = reason  # its answer may have come already: the process must not be used again
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid or 0, signal.SIGKILL) if self.process.pid else None
        self.close()

    def close(self) -> None:
        """Part from the process; it ends when it has nothing left to do."""
        self.writer.close()


class WorkerDied(ServerError):
    """A worker process ended while it ran a request."""

    def __init__(self, message: str) -> None:
        super().__init__(2571, message)


class Pool:
    """As many workers as requests are run at a time (turns.py says how many). All have the same rules of one's own.

    Together they ask a target at most so many questions a second (introspect/pace.py).
    """

    def __init__(self, own_rules: Sequence[RuleFile] = ()) -> None:
        self._own_rules = tuple(own_rules)
        self._spacing = pace.Spacing()
        self._idle: list[Worker] = []
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["inception.pipeline", "inception.gateway.workers"])
        self._starting = asyncio.Lock()

    async def run(self, request: AnyRequest, on_progress: OnProgress, on_worker: Callable[[Worker], None]) -> list[Row]:
        """Run a request in a worker and return its rows. Raises what it raises.

        `on_worker` is told which one; what it raises keeps the request from running.
        """
        worker = self._waiting() or await self._start()
        keep = False
        try:
            on_worker(worker)
            rows, keep = await worker.run(request, on_progress)
        except WorkerDied:
            raise
        except InceptionError:
            keep = True
            raise
        finally:
            if keep and not worker.killed:
                self._idle.append(worker)
            else:
                worker.close()
        return rows

    @property
    def idle(self) -> int:
        """How many workers wait for a request."""
        return len(self._idle)

    def _waiting(self) -> Worker | None:
        """Return an idle worker; one whose process has ended meanwhile is left out."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.is_alive() and not worker.reader.at_eof():
                return worker
            worker.close()
        return None

    async def warm(self) -> None:
        """Start the forkserver and one worker, so that the first request need not wait."""
        self._idle.append(await self._start())

    async def _start(self) -> Worker:
        ours, theirs = socket.socketpair()
        async with self._starting:
            process = self._context.Process(target=work, args=(theirs, self._own_rules, self._spacing), daemon=False)
            await asyncio.to_thread(process.start)
        theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return Worker(process, reader, writer)

    def close(self) -> None:
        """Let idle workers end."""
        for worker in self._idle:
            worker.close()
        self._idle.clear()
