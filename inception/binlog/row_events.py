"""The bodies of table maps and of row events → what they say: pure. The row images stay bytes (decode.py).

The layouts are those of Table_map_event and Rows_event in MySQL's libs/mysql/binlog/event/rows_event.h, and of
sql/log_event.cc in MariaDB's source. What is cut off is an IndexError.
"""

from functools import lru_cache
from typing import NamedTuple

from inception.binlog.events import RowKind, Rows, TableMap
from inception.binlog.lengths import read_length

TABLE_MAP = 19


class Layout(NamedTuple):
    """What a type of row event says: the kind of change, the version of the layout, how its images are written.

    `partial`: PARTIAL_UPDATE_ROWS, whose images after the change may have parts of JSON values.
    """

    kind: RowKind
    version: int = 2
    compressed: bool = False
    partial: bool = False


ROWS = {
    23: Layout(RowKind.INSERT, 1),
    24: Layout(RowKind.UPDATE, 1),
    25: Layout(RowKind.DELETE, 1),
    30: Layout(RowKind.INSERT),
    31: Layout(RowKind.UPDATE),
    32: Layout(RowKind.DELETE),
    39: Layout(RowKind.UPDATE, partial=True),
    166: Layout(RowKind.INSERT, 1, compressed=True),
    167: Layout(RowKind.UPDATE, 1, compressed=True),
    168: Layout(RowKind.DELETE, 1, compressed=True),
}
"""The types of row events."""
_UPDATE = RowKind.UPDATE  # looked up once: members of an enumeration are slow to find
NO_TABLE = 0xFFFFFF
"""The table id of a row event that only ends a statement."""
_TABLE_MAPS = 256  # that are kept: the same few come again and again


def table_id(data: bytes, body: int) -> int:
    """Return the table id at the start of the body of a table map or of a row event."""
    return int.from_bytes(data[body : body + 6], "little")


@lru_cache(maxsize=_TABLE_MAPS)
def read_table_map(body: bytes) -> TableMap:
    """Read the body of a table map; equal bytes give the same object, so that what is made for it is found again."""
    at = 9 + body[8]
    database = body[9:at].decode()
    name_at = at + 2
    at = name_at + body[at + 1]
    table = body[name_at:at].decode()
    count, at = read_length(body, at + 1)
    types, at = body[at : at + count], at + count
    size, at = read_length(body, at)
    metadata, at = body[at : at + size], at + size
    nullable, at = body[at : at + (count + 7) // 8], at + (count + 7) // 8
    if at > len(body):
        raise IndexError("a table map is cut off")
    return TableMap(table_id(body, 0), database, table, types, metadata, nullable, body[at:])


def read_rows(kind: int, table: TableMap, data: bytes, body: int, end: int) -> Rows:
    """Read the row event with the body `data[body:end]`, whose type `kind` is one of ROWS."""
    row_kind, version, compressed, partial = ROWS[kind]
    at = body + 8 if version == 1 else body + 8 + (data[body + 8] | data[body + 9] << 8)
    width, at = read_length(data, at)
    size = (width + 7) // 8
    middle = at + size
    if row_kind is _UPDATE:
        present: tuple[bytes, ...] = (data[at:middle], data[middle : middle + size])
        middle += size
    else:
        present = (data[at:middle],)
    if width != len(table.types) or middle > end:
        raise IndexError("a row event does not fit its table map")
    return Rows(row_kind, table, present, data, middle, end, compressed, partial)
