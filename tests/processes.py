"""A server as a process of ours: a directory, a port, a log; start, stop, kill, and what became of it.

Knows nothing of any kind of server: those are in servers.py.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Self

from inception.mysql import Connection, connect
from inception.server import Address
from tests.secrets import found_in, unseen

PROJECT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60.0
_MEMORY = Path("/dev/shm")
_MEMORY_WANTED = 1 << 30  # a container's default is 64 MB, less than one data directory

running: "weakref.WeakSet[Process]" = weakref.WeakSet()


class ServerDied(Exception):
    """A server did not start, or ended by itself; the message holds the end of its log."""


def wait_until(condition: Callable[[], object], timeout: float = 10.0, *, every: float = 0.02) -> None:
    """Return as soon as `condition()` is true; raise TimeoutError after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{getattr(condition, '__qualname__', condition)} is still false after {timeout} s")
        time.sleep(every)


def scratch_directory(prefix: str = "inception-") -> Path:
    """Make a new directory in memory where that has room, else among the temporary files. The caller removes it.

    The path is short: a Unix socket's may not be longer than 107 bytes.
    """
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MEMORY_WANTED
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if roomy else None))


def free_port() -> int:
    """Return a TCP port that nothing listens on now; who needs it must be ready for it to be taken meanwhile."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def greets(port: int) -> bool:
    """Tell whether a server on that port sends the first byte of its handshake.

    A mere connect is no proof: a server's socket listens before its last fatal errors.
    """
    try:
        with socket.create_connection((HOST, port), timeout=5) as client:
            return bool(client.recv(1))
    except OSError:
        return False


def listens(pid: int, port: int) -> bool:
    """Tell whether it is that process that listens on the port, and not another that was given it meanwhile."""
    tables = [path.read_text().splitlines() for path in map(Path, ("/proc/net/tcp", "/proc/net/tcp6")) if path.exists()]
    rows = [line.split() for table in tables for line in table]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
    try:
        return any(str(descriptor.readlink()) in listening for descriptor in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # a descriptor was closed while we looked, or the process has ended
        return False


class Process(ABC):
    """A server process of ours with a directory, a port and a log. Start, stop, kill, and what became of it."""

    kind: ClassVar[str]

    def __init__(self, directory: Path | None = None, *, keep: bool = False) -> None:
        """Prepare a server in `directory`; None is a new scratch directory, removed when the `with` block ends.

        `keep` lets it outlive the `with` block and this process, unless the block ends with an error.
        """
        self._own_directory = directory is None
        self.directory = scratch_directory() if directory is None else directory
        self.port = 0
        self._keep = keep
        self._process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}  # what differs from ours

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the program and its arguments, for `self.port`."""

    @property
    def log_file(self) -> Path:
        """Return where it writes what it has to say."""
        return self.directory / f"{self.kind}.log"

    @property
    def log(self) -> str:
        """Return its log so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def traces(self) -> list[Path]:
        """Return the files and directories where it leaves what it knows."""
        return [self.directory]

    @property
    def address(self) -> Address:
        """Return where it listens, with the account `root` and no password."""
        return Address(HOST, self.port, "root")

    @property
    def pid(self) -> int:
        """Return its process id; raises ServerDied if it was not started."""
        if self._process is None:
            raise ServerDied(f"{self.kind} was not started.")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether its process runs."""
        return self._process is not None and self._process.poll() is None

    def connect(self, user: str = "root", password: str = "", **options: object) -> Connection:
        """Open a session; `options` are those of `inception.mysql.connect`."""
        return connect(Address(HOST, self.port, user, password), **options)  # type: ignore[arg-type]

    def stop(self) -> int:
        """Ask it to end (SIGTERM), wait, and return its exit status; -9 if it had to be killed after 60 s."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        running.discard(self)
        if self._process is None:
            return 0
        self._process.send_signal(number)
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _launch(self) -> None:
        """Run the command until it greets; a port that was taken meanwhile is replaced at the first start."""
        chosen = self.port
        for _ in range(5):
            self.port = chosen or free_port()
            start_of_log = len(self.log)
            self._spawn()
            if self._await_greeting():
                running.add(self)
                return
            if "address already in use" not in self.log[start_of_log:].lower():
                break
            time.sleep(0.5 if chosen else 0)
        raise ServerDied(f"{self.kind} did not start: {' '.join(self._command())}\n{tail(self.log)}")

    def _spawn(self) -> None:
        unseen(" ".join(self._command()))  # everybody on the machine can read it
        setpriv = None if self._keep else shutil.which("setpriv")
        dies_with_us = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*dies_with_us, *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl-C in the terminal is for the tests, which then stop it
            )

    def _await_greeting(self) -> bool:
        end = time.monotonic() + START_SECONDS
        while self.alive and time.monotonic() < end:
            if listens(self.pid, self.port) and greets(self.port):
                return True
            time.sleep(0.01)
        self._end(signal.SIGKILL)
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._keep and kind is None:
            return
        self.kill()
        if kind is not None:
            sys.stderr.write(f"--- the end of the log of {self}\n{tail(self.log)}\n")
        try:
            self.look_for_passwords()
        finally:
            if self._own_directory:
                shutil.rmtree(self.directory, ignore_errors=True)

    def look_for_passwords(self) -> None:
        """Raise AssertionError where a password of the tests stands in anything that the server has written."""
        shown = [each for path in self.traces if path.exists() for each in found_in(path)]
        assert not shown, f"{self} keeps passwords: {shown}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({HOST}:{self.port}, {self.directory})"


def tail(log: str, lines: int = 30) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.splitlines()[-lines:])
