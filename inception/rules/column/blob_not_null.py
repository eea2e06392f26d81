"""A BLOB or TEXT column declared NOT NULL."""

from collections.abc import Iterator

from inception.facts.types import BLOBS, TEXTS
from inception.rule import Level
from inception.scene import NewColumn

LEVEL = Level.WARNING
ORDER = 244


def check(new: NewColumn) -> Iterator[str]:
    """Yield a finding for each: it can have no default on most servers, so every INSERT must give its value."""
    if not new.column.nullable and new.column.type in BLOBS | TEXTS:
        yield f"BLOB or TEXT can't be declared NOT NULL: {new.where}."
