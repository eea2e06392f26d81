"""The worker processes as the gateway sees them: each runs one request at a time and encodes its answer.

A worker is started from a forkserver that has the pipeline loaded and reused while idle. Texts and answers pass
through here as bytes, a piece at a time, so that others are served in between.
"""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, cast

from inception.answer import Chunk, Encode, Encoded
from inception.custom import RuleFile
from inception.errors import InceptionError, ServerError, Stopped
from inception.gateway.messages import HEAD, AnyRequest, Describe, Described, Finished, Kept, Part, Row, Run, Take, Told
from inception.gateway.tally import Tally
from inception.gateway.working import work
from inception.introspect import rate
from inception.logs import log_to
from inception.osc.job import JobProgress, Trail
from inception.progress import Progress

_PIECE = 1 << 18  # bytes that are copied at a time

OnProgress = Callable[[Told], None]


@dataclass(frozen=True)
class Ran:
    """What came of a request: the answer for its client, and what is kept of its rows."""

    answer: Encoded
    rows: list[Row]
    findings: list[tuple[int, str]]
    tally: Tally


@dataclass(eq=False)
class Worker:
    """One worker process. `reusable` says that it has nothing to do."""

    process: ForkServerProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    killed: str = ""
    reusable: bool = True

    async def take(self, request: AnyRequest) -> None:
        """Hand a request over: the bytes of its texts are the worker's from then on, and gone here."""
        self.reusable = False
        texts: list[pickle.PickleBuffer] = []
        message = pickle.dumps(Take(request), 5, buffer_callback=texts.append)
        with self._told_of_its_death():
            for text in texts:
                await self._give(text)
        self._write(message)

    async def _give(self, text: pickle.PickleBuffer) -> None:
        with text.raw() as data:
            text.release()
            self.writer.write(HEAD.pack(True, len(data)))
            for start in range(0, len(data), _PIECE):
                self.writer.write(bytes(data[start : start + _PIECE]))
                await self.writer.drain()
                await asyncio.sleep(0)
            owner = cast(bytearray, data.obj)
        owner.clear()

    async def describe(self) -> Mapping[str, Any]:
        """Return what the audit log is to say of the request that was taken. Raises what keeps it from being read."""
        self.send(Describe())
        match await self.receive():
            case Described(submitted=submitted):
                return submitted
            case Finished(answer=InceptionError() as error):
                raise error
        raise AssertionError("a worker does not follow the protocol")

    async def run(self, encode: Encode, on_progress: OnProgress, release: Callable[["Worker"], None]) -> Ran:
        """Run the request that was taken. `release` is called when the worker has nothing more to say.

        Raises what the request raised, or InceptionError where the process died.
        """
        self.send(Run(encode))
        rows: list[Row] = []
        findings: list[tuple[int, str]] = []
        while True:
            match await self.receive():
                case Progress() | JobProgress() | Trail() as told:
                    on_progress(told)
                case Kept() as kept:
                    rows += kept.rows
                    findings += kept.findings
                case Finished(answer=InceptionError() as error, reusable=reusable):
                    self.reusable = reusable
                    raise error
                case Finished(answer=Part() as part, tally=tally):
                    return Ran(_Answer(part, self, release), rows, findings, tally)

    async def receive(self) -> Any:
        """Return the next message."""
        with self._told_of_its_death():
            _, length = HEAD.unpack(await self.reader.readexactly(HEAD.size))
            return pickle.loads(await self.reader.readexactly(length))  # noqa: S301 - from our own worker

    @contextmanager
    def _told_of_its_death(self) -> Iterator[None]:
        try:
            yield
        except (asyncio.IncompleteReadError, ConnectionError):
            if self.killed:
                raise Stopped(self.killed) from None
            raise WorkerDied(
                "The worker process ended unexpectedly. What it was executing may have taken effect: look at the "
                "progress table and the data before you run it again."
            ) from None

    def send(self, message: object) -> None:
        """Send a message; lost where the process is gone."""
        self._write(pickle.dumps(message))

    def _write(self, message: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(HEAD.pack(False, len(message)) + message)

    def kill(self, reason: str) -> None:
        """End the process at once: only for requests that change nothing, which then get Stopped."""
        self.killed = reason  # its answer may have come already: the process must not be used again
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid or 0, signal.SIGKILL) if self.process.pid else None
        self.close()

    def close(self) -> None:
        """Part from the process; it ends when it has nothing left to do."""
        self.writer.close()


class _Answer(Encoded):
    """An answer as its worker sends it. The worker is released as soon as all of it has come, or nobody wants it."""

    def __init__(self, first: Part, worker: Worker, release: Callable[[Worker], None]) -> None:
        self._first: Chunk | None = first.chunk
        self._worker: Worker | None = worker
        self._release = release
        self._take(first)

    async def next(self) -> Chunk | None:
        """Return the next chunk, None after the last one. Raises WorkerDied."""
        if self._first is not None:
            chunk, self._first = self._first, None
            return chunk
        return self._take(await self._worker.receive()) if self._worker is not None else None

    def _take(self, part: Part) -> Chunk:
        if part.last and self._worker is not None:
            self._worker.reusable = part.reusable
            self.close()
        return part.chunk

    def close(self) -> None:
        """Let the worker go."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self._release(worker)


class WorkerDied(ServerError):
    """A worker process ended while it ran a request."""

    def __init__(self, message: str) -> None:
        super().__init__(2571, message)


_LOG_TO_STDERR = partial(log_to, "stderr", "console")


class Pool:
    """As many workers as requests are run at a time (turns.py says how many). All have the same rules of one's own.

    Together they ask a target at most so many questions a second (introspect/rate.py).
    """

    def __init__(
        self,
        own_rules: Sequence[RuleFile] = (),
        *,
        preload: Sequence[str] = (),
        start_log: Callable[[], None] = _LOG_TO_STDERR,
    ) -> None:
        """Make an empty pool. `preload` are modules that workers need beside the pipeline; each calls `start_log`."""
        self._own_rules = tuple(own_rules)
        self._start_log = start_log
        self._spacing = rate.Spacing()
        self._idle: list[Worker] = []
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["inception.pipeline", "inception.gateway.working", *preload])
        self._starting = asyncio.Lock()
        self._closed = False

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """Lend a worker that has nothing to do. It is to be released; that is done here where something fails."""
        worker = self._waiting() or await self._start()
        try:
            yield worker
        except BaseException:
            self.release(worker)
            raise

    def release(self, worker: Worker) -> None:
        """Keep a worker for the next request, or part from it where it cannot have one."""
        if worker.reusable and not worker.killed and not self._closed:
            self._idle.append(worker)
        else:
            worker.close()

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
            arguments = (theirs, self._own_rules, self._spacing, self._start_log)
            process = self._context.Process(target=work, args=arguments, daemon=False)
            await asyncio.to_thread(process.start)
        theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return Worker(process, reader, writer)

    def close(self) -> None:
        """Let workers end that are idle, now or later."""
        self._closed = True
        for worker in self._idle:
            worker.close()
        self._idle.clear()
