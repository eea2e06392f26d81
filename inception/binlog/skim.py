"""Reads the plain transactions of a log file quickly, and passes over those that nobody wants: pure.

Plain are row events between the event that begins the transaction and its XID, whole in the block that was read. The
events of those that are wanted are those that the parser would give, but for the thread id. All others, and what is
damaged, are left to parse.py; so checksums are verified here, too.
"""

import struct
import zlib
from collections.abc import Callable, Generator

from inception.binlog.events import Event, Position, RowKind, Rows, TableMap, TransactionBegin, TransactionEnd
from inception.binlog.gtid import mariadb_gtid, mysql_gtid
from inception.binlog.parse import ANONYMOUS_GTID, DAMAGED, HEADER, MARIADB_GTID, MYSQL_GTID, QUERY, XID
from inception.binlog.row_events import ROWS, TABLE_MAP, read_rows, read_table_map, table_id

_HEADER_SIZE = HEADER.size
_KIND_AND_SIZE = struct.Struct("<4xB4xI")
_NOTES = frozenset({29, 160})  # ROWS_QUERY, MariaDB's ANNOTATE_ROWS
_NOT_PLAIN = 0x01 | 0x40 | 0x80  # flags of MariaDB's GTID event: standalone, XA
_RIGHT = 0x2144DF1C  # the CRC-32 of anything with its own CRC-32 behind it
_TABLES = 10_000  # names that are kept


class Skimmer:
    """Knows what is wanted: tables by database and name, kinds of change, transactions."""

    def __init__(
        self,
        table: Callable[[str, str], bool],
        kinds: frozenset[RowKind],
        transaction: Callable[[TransactionBegin], bool],
    ) -> None:
        self._table, self._transaction = table, transaction
        self._kinds = {code: layout.kind in kinds for code, layout in ROWS.items()}
        self._tables: dict[bytes, bool] = {}

    def events(self, block: bytes, at: int, origin: Position, checksums: bool) -> Generator[Event, None, int]:
        """Yield the events of the plain transactions from `at` on that are wanted; return where the next one begins.

        `at` is outside any transaction; `origin` is where in the log the block begins; `checksums` tells whether
        events end with one.
        """
        tail = 4 if checksums else 0
        view = memoryview(block)
        while inside := _inside(block, view, at, tail):
            begin = _begin(block, at, inside, origin)
            try:
                end, rows = self._scan(block, view, inside, tail, self._transaction(begin))
            except DAMAGED:
                break
            if not end:
                break
            if rows:
                yield begin
                yield from rows
                yield TransactionEnd(Position(origin.file, origin.offset + end))
            at = end
        return at

    def _scan(self, block: bytes, view: memoryview, at: int, tail: int, wanted: bool) -> tuple[int, list[Rows]]:
        """Return the end of a plain transaction, 0 where it is none, and its row events that are wanted."""
        unpack, crc32, kinds, limit = _KIND_AND_SIZE.unpack_from, zlib.crc32, self._kinds, len(block)
        tables: dict[int, TableMap] = {}
        found: list[Rows] = []
        while at + _HEADER_SIZE <= limit:
            kind, size = unpack(block, at)
            end = at + size
            if end > limit or size < _HEADER_SIZE + tail or (tail and crc32(view[at:end]) != _RIGHT):
                break
            body = at + _HEADER_SIZE
            if kind in kinds:
                if tables and kinds[kind] and (table := tables.get(table_id(block, body))):
                    found.append(read_rows(kind, table, block, body, end - tail))
            elif kind == TABLE_MAP:
                if wanted and self._wanted(block, body + 8):
                    table = read_table_map(block[body : end - tail])
                    tables[table.table_id] = table
            elif kind == XID:
                return end, found
            elif kind not in _NOTES:
                break
            at = end
        return 0, found

    def _wanted(self, block: bytes, at: int) -> bool:
        """Tell whether a table is wanted; `at` is where in its table map the length of the database's name is."""
        database_end = at + 1 + block[at]
        names = block[at : database_end + 2 + block[database_end + 1]]
        known = self._tables.get(names)
        if known is None:
            if len(self._tables) >= _TABLES:
                self._tables.clear()
            known = self._tables[names] = self._ask(names[1 : names[0] + 1], names[names[0] + 3 :])
        return known

    def _ask(self, database: bytes, table: bytes) -> bool:
        try:
            return self._table(database.decode(), table.decode())
        except UnicodeDecodeError:
            return True  # damaged: the parser says so


def _inside(block: bytes, view: memoryview, at: int, tail: int) -> int:
    """Return where the first event within a plain transaction is that begins at `at`; 0 where none does."""
    kind, end = _event(block, view, at, tail)
    if kind == MARIADB_GTID:
        return 0 if block[at + _HEADER_SIZE + 12] & _NOT_PLAIN else end
    if kind not in (MYSQL_GTID, ANONYMOUS_GTID):
        return 0
    kind, begin_end = _event(block, view, end, tail)
    return begin_end if kind == QUERY and _is_begin(block, end + _HEADER_SIZE, begin_end - tail) else 0


def _event(block: bytes, view: memoryview, at: int, tail: int) -> tuple[int, int]:
    """Return the type of an event and where it ends; (0, 0) where it is not whole, or damaged."""
    if at + _HEADER_SIZE + tail > len(block):
        return 0, 0
    kind, size = _KIND_AND_SIZE.unpack_from(block, at)
    end = at + size
    whole = end <= len(block) and size > _HEADER_SIZE + 13 + tail
    return (kind, end) if whole and (not tail or zlib.crc32(view[at:end]) == _RIGHT) else (0, 0)


def _is_begin(block: bytes, body: int, end: int) -> bool:
    text = body + 13 + int.from_bytes(block[body + 11 : body + 13], "little") + block[body + 8] + 1
    return block[text:end] == b"BEGIN"


def _begin(block: bytes, at: int, inside: int, origin: Position) -> TransactionBegin:
    """Return the event that the parser makes of the beginning at `at`, but for its thread id."""
    time, kind, server_id, size, _, _ = HEADER.unpack_from(block, at)
    body = block[at + _HEADER_SIZE : at + size]
    gtid = mariadb_gtid(server_id, body) if kind == MARIADB_GTID else None
    if kind == MYSQL_GTID:
        gtid = mysql_gtid(body)
    if at + size < inside:
        time = HEADER.unpack_from(block, at + size)[0]
    return TransactionBegin(gtid, None, Position(origin.file, origin.offset + inside), time)
