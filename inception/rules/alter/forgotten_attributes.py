"""MODIFY or CHANGE without an attribute that the column has: what is not written there is lost.

NOT NULL, a default, ON UPDATE, AUTO_INCREMENT, and a character set of its own."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewColumn
from inception.schema.model import Column

LEVEL = Level.NOTE
ORDER = 743


def check(new: NewColumn) -> Iterator[str]:
    """Yield a note that names what goes."""
    if new.old is None or not new.old.type:
        return
    lost = ", ".join(_lost(new.old, new))
    if lost:
        yield f"Column '{new.old.name}' of table '{new.table.name.name}' loses {lost}: it is not written here."


def _lost(old: Column, change: NewColumn) -> Iterator[str]:
    new, table = change.column, change.table
    if not old.nullable and change.settled.nullable and not new.null_written:
        yield "NOT NULL"
    if old.default is not None and not old.default.is_null and new.default is None and not new.auto_increment:
        yield f"DEFAULT {old.default.text}"
    if old.on_update and not new.on_update:
        yield "ON UPDATE"
    if old.auto_increment and not new.auto_increment:
        yield "AUTO_INCREMENT"
    own = old.charset or (table.charset_of(old) if old.collation else None)
    if own and new.is_text and not new.charset and not new.collation and own != table.charset_of(new):
        yield f"CHARACTER SET {own}"
