"""How many questions a second a target gets at most: of all batches together, in whatever process each runs."""

import fcntl
import os
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from functools import cache
from multiprocessing import reduction
from typing import Any
from zlib import crc32

_TURN = struct.Struct("=d")
_PLACES = 4096  # targets that share a place by chance wait for each other, no more


class Spacing:
    """When each target's next question may be asked. Processes that are given the same one share it.

    It is a file without a name: it goes with the last process that has it, and a lock with the process that held it.
    """

    def __init__(self, fd: int | None = None) -> None:
        self._fd = _unnamed_file() if fd is None else fd
        self._lock = threading.Lock()  # those of the file are between processes only
        weakref.finalize(self, os.close, self._fd)

    def __reduce__(self) -> tuple[Callable[[Any], "Spacing"], tuple[Any]]:
        return _received, (reduction.DupFd(self._fd),)

    def take(self, target: str, gap: float) -> float:
        """Take the target's next turn: return its time (time.monotonic). The one after it is `gap` seconds later."""
        place = crc32(target.encode()) % _PLACES * _TURN.size
        with self._lock:
            fcntl.lockf(self._fd, fcntl.LOCK_EX, _TURN.size, place)
            try:
                (free,) = _TURN.unpack(os.pread(self._fd, _TURN.size, place))
                turn: float = max(free, time.monotonic())
                os.pwrite(self._fd, _TURN.pack(turn + gap), place)
            finally:
                fcntl.lockf(self._fd, fcntl.LOCK_UN, _TURN.size, place)
        return turn


def _unnamed_file() -> int:
    with tempfile.TemporaryFile() as file:
        file.truncate(_PLACES * _TURN.size)
        return os.dup(file.fileno())


def _received(duplicate: Any) -> Spacing:
    return Spacing(duplicate.detach())


_given: list[Spacing] = []


def use(spacing: Spacing) -> None:
    """Ask at the times of this one, in place of the process's own."""
    _given[:] = [spacing]


@cache
def _own() -> Spacing:
    return Spacing()


class Rate:
    """Lets so many questions a second go to one target."""

    def __init__(self, target: str, rate: int) -> None:
        """`rate` is questions a second, at least 1."""
        self._target = target
        self._gap = 1 / rate
        self._spacing = _given[0] if _given else _own()

    def wait(self) -> None:
        """Return when it is the next question's turn."""
        turn = self._spacing.take(self._target, self._gap)
        time.sleep(max(0.0, turn - time.monotonic()))
