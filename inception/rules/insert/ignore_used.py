"""INSERT IGNORE: rows and values that do not fit go by without an error. Off unless it is given a level."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import Level

LEVEL = Level.NONE
ORDER = 434


def check(insert: Insert) -> Iterator[str]:
    """Yield a finding for each."""
    if insert.ignore:
        yield "INSERT IGNORE hides errors: rows are left out and values are cut."
