"""How fast a request gets on, from what it tells of itself: rates over all and of late, and what remains. Pure."""

from collections import deque
from dataclasses import dataclass, field

from inception.progress import Progress, State

_RECENT = 1.0  # seconds that the recent rate looks back


@dataclass
class Meter:
    """Takes every Progress as it comes. Amounts are those of the work within a request, else its statements."""

    _key: tuple[object, ...] = ()
    _start: tuple[float, int] = (0.0, 0)
    _samples: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, progress: Progress, now: float) -> None:
        """Note where a request stands at the time `now`, in seconds."""
        key = (progress.state, progress.number if _measured(progress) else 0, unit_of_work(progress))
        finished, _ = amounts(progress)
        if key != self._key or finished < self._start[1]:
            self._key, self._start = key, (now, finished)
            self._samples.clear()
        self._samples.append((now, finished))
        while len(self._samples) > 2 and self._samples[1][0] <= now - _RECENT:
            self._samples.popleft()

    def total_rate(self, now: float) -> float:
        """Return how much was done in a second since this work began."""
        return _rate(self._start, (now, self._last))

    def recent_rate(self, now: float) -> float:
        """Return how much was done in a second, within about the last one."""
        before = next((each for each in self._samples if each[0] >= now - 2 * _RECENT), (now, self._last))
        return _rate(before, (now, self._last))

    @property
    def _last(self) -> int:
        return self._samples[-1][1] if self._samples else 0

    def remaining(self, progress: Progress, now: float) -> int | None:
        """Return the seconds that this work will probably still take; None where that cannot be said."""
        work = progress.work
        if work is not None and work.remaining is not None:
            return round(work.remaining)
        if work is not None and work.estimating:
            return None
        finished, total = amounts(progress)
        if total and finished >= total:
            return 0
        rate = self.total_rate(now)
        return round((total - finished) / rate) if total and rate > 0 else None


def amounts(progress: Progress) -> tuple[int, int]:
    """Return what is finished of what: of the work that measures itself, else of the statements."""
    if progress.work is not None and _measured(progress):
        return progress.work.finished, progress.work.total
    return progress.done, progress.total


def percent(progress: Progress) -> float | None:
    """Return the percentage to show; None where nothing is known."""
    if progress.work is not None and progress.work.percent is not None:
        return progress.work.percent
    finished, total = amounts(progress)
    return min(100.0, 100 * finished / total) if total else None


def unit_of_work(progress: Progress) -> str:
    """Return what the amounts are counted in."""
    return progress.work.unit if progress.work is not None and _measured(progress) else "statements"


def _measured(progress: Progress) -> bool:
    work = progress.work
    return work is not None and bool(work.total) and progress.state in (State.EXECUTING, State.BACKUP)


def _rate(before: tuple[float, int], now: tuple[float, int]) -> float:
    seconds = now[0] - before[0]
    return (now[1] - before[1]) / seconds if seconds > 0 else 0.0
