"""How many bytes a row takes in an InnoDB page at worst: at least two must fit, or the table is refused. Pure.

Manual: "InnoDB Row Formats", "Limits on Table Column Count and Row Size". What a long column leaves in the page, and
where the limit lies, was measured on MySQL 9.7 and MariaDB 10.5 to 11.8. Pages of 64 KB, and what COMPRESSED needs
besides, are not looked at.
"""

from inception.facts.indexes import row_format
from inception.facts.types import content_bytes
from inception.schema.model import Column, Index, IndexKind, Table
from inception.schema.settle import bytes_per_character
from inception.world import Server

_PAGES = (4096, 8192, 16384, 32768)
_TRX_AND_ROLL = 13
_ROW_ID = 6
_LONG_PREFIX = 788  # what COMPACT and REDUNDANT keep of a long column, with the reference to the rest
_REFERENCE = 20
_FIXED_CHARSETS = ("ucs2", "utf32")  # besides those of one byte a character


def page_limit(table: Table, server: Server) -> int | None:
    """Return how many bytes a row may take in a page; None where the target minds no limit that we know of."""
    size = int(server.variables.get("innodb_page_size") or 16384)
    strict = (server.variables.get("innodb_strict_mode") or "ON").upper() in ("ON", "1")
    engine = table.option("engine") or server.variables.get("default_storage_engine") or "InnoDB"
    known = server.at_least(mysql=(5, 7, 9), mariadb=(10, 5, 0)) and size in _PAGES
    if engine.lower() != "innodb" or not strict or not known:
        return None
    return (size - (138 if row_format(table, server) == "redundant" else 132)) // 2 - 1


def page_bytes(table: Table, server: Server) -> int:
    """Return the bytes that a row of the table takes in its page at worst. Types that we do not know count nothing."""
    layout = row_format(table, server)
    stored = [column for column in table.columns if column.generated is None or column.generated.stored]
    key = _clustered(table)
    size = _TRX_AND_ROLL + (_ROW_ID if key is None else 0)
    size += sum(_column_bytes(column, table, layout, server) for column in stored)
    size += sum((part.prefix or 0) + 1 for part in key.parts if part.prefix) if key else 0
    if layout == "redundant":
        return size + 6 + 2 * (len(stored) + (2 if key else 3))
    return size + 5 + (sum(column.nullable for column in stored) + 7) // 8


def _clustered(table: Table) -> Index | None:
    """Return the index that the rows are kept in: the primary key, else the first unique one without NULL."""
    columns = {column.name.casefold(): column for column in table.columns}
    for index in table.indexes:
        parts = [columns.get(part.column.casefold()) for part in index.parts]
        filled = all(column is not None and not column.nullable for column in parts)
        if index.kind is IndexKind.PRIMARY or (index.kind is IndexKind.UNIQUE and filled):
            return index
    return None


def _column_bytes(column: Column, table: Table, layout: str, server: Server) -> int:
    """Return the bytes of a column's value and its length in the page."""
    content = content_bytes(column, table.charset_of(column))
    if content is not None and _is_fixed(column, table.charset_of(column), layout):
        return content
    if layout == "redundant":
        return min(_LONG_PREFIX if content is None else content, _LONG_PREFIX)
    if layout == "compact":
        known = _LONG_PREFIX if content is None else content
        return known + (1 if known < 256 else 2) if known < _LONG_PREFIX else _LONG_PREFIX + 1
    return _of_dynamic(content, server)


def _of_dynamic(content: int | None, server: Server) -> int:
    """Return what DYNAMIC keeps in the page: MySQL up to 40 bytes; MariaDB up to 255, or the mere reference."""
    if server.version.mariadb:
        return content + 1 if content is not None and content < 256 else _REFERENCE + 1
    return (2 * _REFERENCE if content is None else min(content, 2 * _REFERENCE)) + 1


def _is_fixed(column: Column, charset: str | None, layout: str) -> bool:
    if column.type in ("varchar", "varbinary"):
        return False
    single = bytes_per_character(charset) == 1 or charset in _FIXED_CHARSETS
    return column.type != "char" or single or layout == "redundant"
