"""CREATE TABLE … AS SELECT: indexes are missing, and the source stays locked. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.define import CreateTable

LEVEL = Level.NONE
ORDER = 174


def check(create: CreateTable) -> Iterator[str]:
    """Yield a finding for it; not for temporary tables."""
    if create.select_start is not None and not create.temporary:
        yield f"Table '{create.name.name}' is made from a query: make it first, and fill it in another statement."
