"""Runs one online schema change: the tool as a child process, followed line by line, steered, and cleaned up after.

However it ends (by itself, by an order, by a stop of the whole request, killed from outside), what it left on the
target is removed before `run_job` returns. A worker that has lost its gateway is told to stop and comes here, too.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from inception.errors import ServerError
from inception.mysql import connect
from inception.osc import bound
from inception.osc.clean import Leftovers, clean, find_leftovers, kill_running
from inception.osc.cluster import Nodes
from inception.osc.command import PROGRAM, Files, arguments, environment
from inception.osc.files import ACCOUNT, private_directory
from inception.osc.job import Job, JobProgress, Order, Phase, Trail
from inception.osc.output import Output, hear
from inception.progress import Control, Work
from inception.server import Address
from inception.world import Server, Tool

_IDLE = 30.0  # seconds between two calls of `idle`
_TICK = 0.2  # seconds between two looks at orders
_PATIENCE = 10.0  # seconds from SIGTERM to SIGKILL
_BOUND = (sys.executable, "-I", "-S", bound.__file__)


@dataclass(frozen=True)
class Means:
    """What jobs of one batch are done with: the tool, where, the variables in force; `rest` is called before each."""

    tool: Tool
    address: Address
    server: Server
    values: Mapping[str, Any]
    rest: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Result:
    """How a job ended. `failure` says why it did not succeed, '' where it did; `aborted`: an order to stop ended it.

    `altered`: the table has its new definition although the tool failed.
    """

    output: Output
    failure: str = ""
    aborted: bool = False
    altered: bool = False
    leftover: str = ""  # what could not be removed from the target, and how to

    @property
    def message(self) -> str:
        """What the row of a job that did not succeed says."""
        return f"{self.failure}\n{self.leftover}".rstrip()


def announce(jobs: Iterable[Job], control: Control) -> None:
    """Tell the gateway of the jobs that there will be."""
    for job in jobs:
        control.tell(progress(job, Phase.WAITING, Output()))


def run_job(job: Job, means: Means, control: Control, idle: Callable[[], None] = lambda: None) -> Result:
    """Do a job; `idle` is called now and then meanwhile.

    Raises ServerError where the target cannot be looked at before, Stopped where a stop came before.
    """
    control.check()
    means.rest()
    with connect(means.address) as connection:
        before = find_leftovers(connection, job.table, job.new_name)
    if before.in_the_way:
        return Result(Output(), _in_the_way(job, before))
    with private_directory(means.address) as home:
        run = _Run(job, means, control, home, before.old)
        control.tell(run.trail)
        try:
            run.follow(idle)
        except BaseException:
            run.end()
            clean(means.address, run.trail)
            raise
        run.end()
    result = _result(run, control)
    control.tell(progress(job, Phase.ENDED, run.output))
    return result


def _in_the_way(job: Job, found: Leftovers) -> str:
    return (
        f"An earlier online schema change of {job.table} left {', '.join(found.in_the_way)}. When it does not run any "
        f"more, remove them with: inception clean osc '{job.table}'"
    )


class _Run:
    """The child process while it runs."""

    def __init__(self, job: Job, means: Means, control: Control, home: Path, old: tuple[str, ...]) -> None:
        self.job, self.means, self._control = job, means, control
        self._pause_file = home / "pause"
        self.output = Output()
        self.aborted = False
        self.refused = ""  # why it must not go on
        self._nodes = Nodes(means.address, means.server, job.table)
        self._phase = Phase.RUNNING
        self._told: JobProgress | None = None
        self._term_sent: float | None = None
        files = Files(str(home / ACCOUNT), str(self._pause_file))
        tool = arguments(means.tool, job, means.address, means.server, means.values, files)
        self._process = subprocess.Popen(  # noqa: S603 - no shell, no path from a client
            [*_BOUND, str(os.getpid()), *tool],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home,
            env=environment(str(home)), start_new_session=True,
        )  # fmt: skip
        self.trail = Trail(
            job.sqlsha1, job.table, job.new_name, self._process.pid, str(home), old,
            drops_old=means.values["inception_osc_drop_old_table"],
        )  # fmt: skip

    @property
    def code(self) -> int | None:
        """The exit code; negative for a signal."""
        return self._process.returncode

    def follow(self, idle: Callable[[], None]) -> None:
        """Take in what the tool says until it has ended."""
        called = time.monotonic()
        said, complained = self._process.stdout, self._process.stderr
        pipes = [_Lines(stream, stream is complained) for stream in (said, complained) if stream is not None]
        with selectors.DefaultSelector() as selector:
            for pipe in pipes:
                selector.register(pipe.stream, selectors.EVENT_READ, pipe)
            while selector.get_map():
                for key, _ in selector.select(_TICK):
                    if not self._hear(key.data):
                        selector.unregister(key.fileobj)
                self.refused = self.refused or self._nodes.problem(self.output)
                self._obey()
                self._tell()
                if time.monotonic() > called + _IDLE:
                    called = time.monotonic()
                    idle()
        self._process.wait()

    def _hear(self, pipe: "_Lines") -> bool:
        """Take in what a pipe has; False at its end."""
        lines = pipe.read()
        for line in lines or ():
            self.output = hear(self.output, line, error=pipe.errors)
        return lines is not None

    # -- orders ------------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        for order in self._control.orders(self.job.sqlsha1):
            if order == Order.STOP:
                self.aborted = self.aborted or not self.output.swapped
            elif self._term_sent is None:
                self._pause(order == Order.PAUSE)
        if (self.aborted or self.refused or self._control.stopping) and not self.output.swapped:
            self._terminate()

    def _pause(self, paused: bool) -> None:
        self._phase = Phase.PAUSED if paused else Phase.RUNNING
        if paused:
            self._pause_file.touch()
        else:
            self._pause_file.unlink(missing_ok=True)

    def _terminate(self) -> None:
        """Ask the tool to end; kill what it runs on the target, or it would wait for that; then kill it."""
        now = time.monotonic()
        if self._term_sent is None:
            self._term_sent = now
            self._pause_file.unlink(missing_ok=True)
            self._process.send_signal(signal.SIGTERM)
            with suppress(ServerError), connect(self.means.address, connect_timeout=5, read_timeout=10) as connection:
                kill_running(connection, self.trail)
        elif now > self._term_sent + _PATIENCE:
            self._process.kill()

    # -- telling -----------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        output = self.output
        now = progress(self.job, self._phase, output)
        if now == self._told:
            return
        self._told = now
        self._control.tell(now)
        paused = self._phase is Phase.PAUSED
        self._control.work(
            Work(
                percent=float(output.percent), remaining=output.remaining_seconds,
                waiting="paused by a command" if paused else output.waiting, tool=True, paused=paused,
            )
        )  # fmt: skip

    def end(self) -> None:
        """Make sure that no process is left, whatever happened."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


def progress(job: Job, phase: Phase, output: Output) -> JobProgress:
    """Return what the gateway is told of a job."""
    return JobProgress(
        job.sqlsha1, job.table, job.command, phase, output.percent, output.remaining, output.text
    )  # fmt: skip


class _Lines:
    """A pipe of the tool's, read without waiting. Bytes that are no UTF-8 are its Latin-1."""

    def __init__(self, stream: IO[bytes], errors: bool) -> None:
        self.stream, self.errors = stream, errors
        os.set_blocking(stream.fileno(), False)
        self._rest = b""

    def read(self) -> list[str] | None:
        """Return the lines that have come, None at the end."""
        data = os.read(self.stream.fileno(), 1 << 16)
        if not data and not self._rest:
            return None
        whole = self._rest + (data or b"\n")
        *lines, self._rest = whole.split(b"\n")
        if len(self._rest) > 1 << 20:
            lines, self._rest = [*lines, self._rest], b""
        return [_decoded(line) for line in lines]


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _result(run: _Run, control: Control) -> Result:
    """Say how a run ended that has; where it did not end well, clean up after it."""
    output = run.output
    if output.succeeded and run.code == 0 and not run.refused:
        return Result(output)
    said = f"{run.refused}\n{_said(run)}".lstrip()
    swapped = _has_swapped(run)
    cleaned = clean(run.means.address, run.trail)
    if swapped:
        altered = f"The table has its new definition all the same: {PROGRAM} failed after it had put it in place."
        return Result(output, f"{altered}\n{said}", altered=True, leftover=cleaned.problem)
    if run.aborted or control.stopping:
        return Result(output, aborted_text(output), aborted=run.aborted, leftover=cleaned.problem)
    return Result(output, said, leftover=cleaned.problem)


def _has_swapped(run: _Run) -> bool:
    """Tell whether the new table had taken the old one's place."""
    said = any(line.endswith("Dropped new table OK.") for line in run.output.lines)
    if run.output.swapped or said or not run.output.created:
        return run.output.swapped
    try:
        with connect(run.means.address) as connection:
            after = find_leftovers(connection, run.job.table, run.job.new_name)
    except ServerError:
        return False
    return after.original and not after.new


def aborted_text(output: Output) -> str:
    """Return what a row says of an online schema change that was stopped."""
    return f"Execute has been abort in percent: {output.percent}, remain time: {output.remaining or '00:00'}"


def _said(run: _Run) -> str:
    """Return how and why the tool ended, in one line, and below it all that it said."""
    code, why = run.code or 0, run.output.complaint
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{PROGRAM} {ended}{f': {why}' if why and code > 0 else '.'}\n{run.output.text}".rstrip()
