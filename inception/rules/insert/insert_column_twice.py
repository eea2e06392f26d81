"""A column that is listed twice."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import REFUSED, Level

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 404


def check(insert: Insert) -> Iterator[str]:
    """Yield a finding for each."""
    columns = insert.columns or ()
    seen: set[str] = set()
    for column in columns:
        name = column.casefold()
        if name in seen:
            yield f"Column '{column}' specified twice."
        seen.add(name)
