"""What benchmarks print: a line for a measured value, PASS or FAIL where a value was promised."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value; `least` or `most` is what was promised of it, None for no promise."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def kept(self) -> bool:
        """Tell whether the promise holds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        promise = f"at least {self.least:,g}" if self.least is not None else ""
        promise = f"at most {self.most:,g}" if self.most is not None else promise
        verdict = ("PASS" if self.kept else "FAIL") if promise else "    "
        return f"{verdict} {self.name:58} {self.value:12,.{2 if self.unit == 'x' else 1}f} {self.unit:8} {promise}"


def seconds(run: Callable[[], object]) -> float:
    """Return how long it takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin
