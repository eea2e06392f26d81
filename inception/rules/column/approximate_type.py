"""A FLOAT or DOUBLE column: values are not exact, sums of money go wrong. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewColumn

LEVEL = Level.NONE
ORDER = 284


def check(new: NewColumn) -> Iterator[str]:
    """Yield a finding for each."""
    if new.column.type in ("float", "double"):
        yield f"Type {new.column.type} is not exact: make {new.where} DECIMAL."
