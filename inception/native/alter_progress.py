"""How far a native ALTER TABLE has come, from what the server shows of it. Pure: watch.py looks.

What servers show was measured (MySQL 9.7, MariaDB 10.11). MySQL: stage events; rows copied of all rows is a straight
line; the pages of a change in place pass their first estimate long before the end, then the estimate follows the
counter. MariaDB: PROGRESS of a copy, whose second stage, the indexes, stands at 0; nothing in place but the growing
file. So a figure never falls, never reaches 100 before the end, and is said to be estimated no more once it sticks.
"""

from dataclasses import dataclass, field

from inception.facts.online_ddl import Foreseen
from inception.facts.online_ddl import Work as Way
from inception.progress import Work

_HIGHEST = 97.0  # percent, before the end
_FIRST_STAGE = 0.45  # of the time that MariaDB takes to copy: rows; the rest: indexes
_STUCK_AFTER = 3.0  # seconds without a change


@dataclass(frozen=True)
class Look:
    """What a server shows of an ALTER now. `done` of `total` in `unit`: rows or pages (MySQL), thousandths (MariaDB).

    `stage` of `stages` as MariaDB counts them, 0 of 0 where it does not; `size` is that of the new file in bytes, 0
    where there is none yet.
    """

    done: int = 0
    total: int = 0
    unit: str = ""
    stage: int = 0
    stages: int = 0
    size: int = 0


@dataclass
class AlterProgress:
    """Follows one ALTER. `old_size` is the bytes of the table's file before, 0 where not known."""

    foreseen: Foreseen | None
    old_size: int
    _first_total: int = 0
    _percent: float = 0.0
    _last: Look = field(default_factory=Look)
    _changed_at: float = 0.0

    def take(self, look: Look, seconds: float) -> Work:
        """Return the progress after `seconds` of running."""
        self._first_total = self._first_total or look.total
        if look != self._last:
            self._last, self._changed_at = look, seconds
        share = self._share(look)
        if share is None:
            return Work(percent=self._percent or None, estimating=True)
        sticks = share * 100 >= _HIGHEST or seconds - self._changed_at >= _STUCK_AFTER
        self._percent = max(self._percent, min(share * 100, _HIGHEST))
        left = None if sticks or self._percent < 1 else seconds * (100 - self._percent) / self._percent
        finished, total, unit = self._counted(look)
        return Work(finished, total, unit, self._percent, left, estimating=sticks)

    def _share(self, look: Look) -> float | None:
        grown = look.size / self.old_size if self.old_size else 0.0
        if look.stages > 1:
            if look.stage > 1:
                return _FIRST_STAGE + (1 - _FIRST_STAGE) * min(grown, 1.0)
            return _FIRST_STAGE * look.done / look.total
        if look.total:
            return look.done / self._whole(look)
        return grown or None

    def _whole(self, look: Look) -> float:
        """Return all of the work: MySQL's first estimate of pages is that of reading the table only."""
        if look.unit != "pages":
            return look.total
        return max(self._first_total * self._factor, look.total if look.total > look.done else look.done)

    @property
    def _factor(self) -> float:
        """How many times the first estimate the work is in the end, as measured."""
        if self.foreseen is None:
            return 1.5
        if self.foreseen.full_text:
            return 3.0
        return (1.6 if self.foreseen.work is Way.REBUILD else 1.0) + self.foreseen.indexes

    def _counted(self, look: Look) -> tuple[int, int, str]:
        if look.total and look.unit in ("rows", "pages"):
            return look.done, round(self._whole(look)), look.unit
        return (look.size, self.old_size, "bytes") if look.size else (0, 0, "")
