"""A BLOB, TEXT or JSON column with a literal default; an expression default is fine where the target takes it."""

from collections.abc import Iterator

from inception.facts.types import BLOBS, TEXTS
from inception.rule import Level
from inception.scene import NewColumn, NewDefault

LEVEL = Level.WARNING
ORDER = 242


def check(new: NewColumn | NewDefault) -> Iterator[str]:
    """Yield a finding for a default other than NULL that is no expression."""
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if default is None or default.expression or default.is_null:
        return
    if new.column.type in BLOBS | TEXTS | {"json"}:
        yield f"BLOB, TEXT or JSON can't have a default value: {new.where}."
