"""What CONVERT TO CHARACTER SET makes of a table's columns; see apply.py."""

from dataclasses import replace

from inception.schema.actions import Action, AddColumn, ChangeColumn, ConvertCharset
from inception.schema.model import Column, Table
from inception.schema.settle import bytes_per_character, smallest

_LARGER = {"tinytext": "text", "text": "mediumtext", "mediumtext": "longtext"}
_SIZED_BY_THE_SERVER = ("tinytext", "text", "mediumtext", "tinyblob", "blob", "mediumblob")
_CAPACITY = {"tiny": (1 << 8) - 1, "": (1 << 16) - 1, "medium": (1 << 24) - 1, "long": (1 << 32) - 1}


def converted(column: Column, before: Table, after: Table) -> Column:
    """Return a column that the ALTER does not name otherwise: a text has the table's new character set.

    TEXT becomes a larger type where its characters would not fit any more.
    """
    if not column.is_text or column.charset == "binary":
        return column
    own = replace(column, charset=None, collation=None)
    old, new = before.charset_of(column), after.charset_of(own)
    if bytes_per_character(new) <= bytes_per_character(old):
        return own
    return replace(own, type=_LARGER.get(own.type, own.type))


def as_taken(actions: tuple[Action, ...], before: Table, after: Table, *, mariadb: bool) -> tuple[Action, ...]:
    """Return the actions of an ALTER TABLE as a server takes them where CONVERT TO is one of them.

    Columns get the character set of CONVERT TO, not the one that ADD, MODIFY or CHANGE writes. And MySQL does not take
    TEXT and BLOB of MODIFY and CHANGE as written, but for LONGTEXT, LONGBLOB and those with a length: it takes the
    smallest type for the length of the old column in the new character set, and divides that length, which is in
    characters already, by the bytes of an old one. VARCHAR(100) of utf8mb4 becomes TINYTEXT, INT does too. Measured on
    MySQL 9.7 and MariaDB 10.11.
    """
    if not any(isinstance(action, ConvertCharset) for action in actions):
        return actions
    return tuple(
        replace(action, column=_as_taken(action, before, after, mariadb=mariadb))
        if isinstance(action, AddColumn | ChangeColumn)
        else action
        for action in actions
    )


def _as_taken(action: AddColumn | ChangeColumn, before: Table, after: Table, *, mariadb: bool) -> Column:
    new = action.column
    if new.is_text and new.charset != "binary":
        new = replace(new, charset=None, collation=None)
    old = before.column(action.old) if isinstance(action, ChangeColumn) else None
    if mariadb or old is None or new.type not in _SIZED_BY_THE_SERVER or new.length is not None:
        return new
    family = new.type[-4:]
    characters = _width(old) // (bytes_per_character(before.charset_of(old)) if old.is_text else 1)
    size = characters * (bytes_per_character(after.charset_of(new)) if family == "text" else 1)
    return replace(new, type=smallest(size) + family)


def _width(column: Column) -> int:
    """Return the length of a column: characters, digits, or bytes for BLOB and TEXT."""
    if column.type.endswith(("text", "blob")):
        return _CAPACITY[column.type[:-4]]
    if column.values:
        widths = [len(value) for value in column.values]
        return max(widths) if column.type == "enum" else sum(widths) + len(widths) - 1
    if column.type == "decimal" and column.length is not None:
        return column.length + bool(column.decimals) + (not column.unsigned)
    return _CAPACITY["long"] if column.type == "json" else column.length or 0  # numbers and times: any width is TINY
