"""How long an index may be on a target, and how long a part of one is. Pure.

Manual: "InnoDB Limits", "CREATE INDEX Statement" (Column Prefix Key Parts); MariaDB: "InnoDB Limitations".
"""

from dataclasses import dataclass

from inception.facts.types import BLOBS, TEXTS, content_bytes, is_character
from inception.schema.model import IndexPart, Table
from inception.schema.settle import bytes_per_character
from inception.world import Server

_LARGE = 3072
_SMALL = 767
_MYISAM = 1000
_PAGES = {"8192": 1536, "4096": 768}
_TINY = 255


@dataclass(frozen=True)
class Limits:
    """The most bytes of one column and of all columns of an index. `old_rows`: because of the row format."""

    part: int
    whole: int
    old_rows: bool = False


def limits(table: Table, server: Server) -> Limits | None:
    """Return the limits for a table's indexes; None for an engine whose limits we do not know."""
    engine = (table.option("engine") or server.variables.get("default_storage_engine") or "InnoDB").lower()
    if engine == "myisam":
        return Limits(_MYISAM, _MYISAM)
    if engine != "innodb":
        return None
    whole = _PAGES.get(server.variables.get("innodb_page_size") or "", _LARGE)
    old_rows = row_format(table, server) in ("compact", "redundant")
    if old_rows or not _large_prefixes(server):
        return Limits(min(_SMALL, whole), whole, old_rows)
    return Limits(whole, whole)


def row_format(table: Table, server: Server) -> str:
    """Return the row format that an InnoDB table has, in small letters."""
    written = (table.option("row_format") or "default").lower()
    if written != "default":
        return written
    if table.option("key_block_size") not in (None, "0"):
        return "compressed"
    usual = "dynamic" if server.at_least(mysql=(5, 7, 9), mariadb=(10, 2, 2)) else "compact"
    return (server.variables.get("innodb_default_row_format") or usual).lower()


def _large_prefixes(server: Server) -> bool:
    """Before MySQL 5.7.7 and MariaDB 10.2.2 large prefixes had to be switched on; later the switch means nothing."""
    switch = server.variables.get("innodb_large_prefix")
    if not switch:
        return server.at_least(mysql=(5, 7, 7), mariadb=(10, 2, 2))
    return switch.upper() in ("ON", "1")


def part_bytes(part: IndexPart, table: Table) -> int | None:
    """Return how many bytes a part of an index takes; None where that is not known (expressions, whole BLOBs)."""
    column = table.column(part.column)
    if column is None:
        return None
    if part.prefix:
        size = bytes_per_character(table.charset_of(column)) if is_character(column) else 1
        return part.prefix * size
    return content_bytes(column, table.charset_of(column))


def part_limit(part: IndexPart, table: Table, most: int) -> int:
    """Return the limit for one part: a TINYTEXT or TINYBLOB has no more than 255 bytes."""
    column = table.column(part.column)
    tiny = column is not None and column.type in BLOBS | TEXTS and column.type.startswith("tiny")
    return min(most, _TINY) if tiny else most
