"""Two columns of one name."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.schema.define import CreateTable

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 160


def check(create: CreateTable) -> Iterator[str]:
    """Yield a finding for each name that stands there again."""
    seen: set[str] = set()
    for column in create.table.columns:
        name = column.name.casefold()
        if name in seen:
            yield f"Duplicate column '{column.name}' in table '{create.name.name}'."
        seen.add(name)
