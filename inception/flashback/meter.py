"""How far the reading of a binary log is, on stderr: a bar of rich, or lines of JSON with the same figures."""

import json
import sys
import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

_STEP = 1 << 18  # bytes between two looks at the clock
_PERIOD = 0.5  # seconds between two reports


class Meter:
    """Reports progress from `__enter__` on, and once more at the end."""

    def __init__(self, total: int, style: str, stream: TextIO | None = None) -> None:
        """`style` is bar, json or none; `total` is in bytes."""
        self._total, self._style, self._stream = total, style, stream or sys.stderr
        self._begin = self._last = time.monotonic()
        self._done = self._waiting = 0
        self._bar: Progress | None = None

    def __enter__(self) -> "Meter":
        if self._style == "bar":
            columns = (
                TextColumn("binlog"),
                BarColumn(),
                TaskProgressColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=Console(file=self._stream), refresh_per_second=4)
            self._bar.add_task("binlog", total=self._total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._report()
        if self._bar is not None:
            self._bar.stop()

    def advance(self, size: int) -> None:
        """Note that so many bytes more have been read."""
        self._waiting += size
        if self._waiting >= _STEP and time.monotonic() - self._last >= _PERIOD:
            self._report()

    def _report(self) -> None:
        self._done += self._waiting
        self._waiting, self._last = 0, time.monotonic()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif self._style == "json":
            print(json.dumps(self._figures()), file=self._stream, flush=True)

    def _figures(self) -> dict[str, float | int | None]:
        rate = self._done / max(self._last - self._begin, 1e-6)
        return {
            "bytes": self._done,
            "total": self._total,
            "percent": round(100 * self._done / self._total, 1) if self._total else 100.0,
            "bytes_per_second": round(rate),
            "seconds_left": round((self._total - self._done) / rate, 1) if rate else None,
        }
