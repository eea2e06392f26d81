"""How far the binary log has been read while an execution is recorded, told to whoever asks for the status."""

import time

from inception.binlog.events import Position
from inception.progress import Control, Work

_EVERY = 0.25  # seconds between two reports


class Follower:
    """Told of every event that was read; reports the position now and then, and once only reading is left, the work."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._reported = 0.0
        self._from: Position | None = None
        self._until: Position | None = None

    def finish(self, until: Position | None) -> None:
        """Nothing more is executed: what is left is to read until there."""
        self._until = until

    def at(self, position: Position) -> None:
        """Reading has come to this position."""
        now = time.monotonic()
        if now - self._reported < _EVERY:
            return
        self._reported = now
        self._control.note(binlog=str(position))
        if self._until is None or self._until.file != position.file:  # another file: its size is not known
            return
        if self._from is None or self._from.file != position.file:
            self._from = position
        total = self._until.offset - self._from.offset
        self._control.work(Work(position.offset - self._from.offset, total, "bytes"))
