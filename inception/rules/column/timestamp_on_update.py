"""A TIMESTAMP column with ON UPDATE CURRENT_TIMESTAMP and no default; one declared NULL needs none."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewColumn

LEVEL = Level.ERROR
ORDER = 278


def check(new: NewColumn) -> Iterator[str]:
    """Yield a finding for each: what a new row gets would depend on the server's settings."""
    column = new.column
    if column.type == "timestamp" and column.on_update and column.default is None and not column.null_written:
        yield f"ON UPDATE CURRENT_TIMESTAMP needs a default: {new.where}."
