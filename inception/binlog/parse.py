"""Bytes of the replication stream → events: pure, one event of the log at a time.

Not a connection (read.py) and not a decoder of rows (decode.py): row images are passed on as bytes. The layouts are
those of https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html, of
libs/mysql/binlog/event in MySQL's source, and of sql/log_event.cc in MariaDB's.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

from inception.binlog.events import (
    Event,
    Position,
    QueryText,
    RowKind,
    Rows,
    TableMap,
    TransactionBegin,
    TransactionEnd,
    Unreadable,
)
from inception.binlog.inflate import inflate
from inception.binlog.lengths import read_length
from inception.binlog.payload import events_of
from inception.errors import BinlogError

_QUERY, ROTATE, FORMAT_DESCRIPTION, _XID, _TABLE_MAP, _INCIDENT = 2, 4, 15, 16, 19, 26
_GTID, _ANONYMOUS_GTID, _XA_PREPARE, _PAYLOAD, _TAGGED_GTID = 33, 34, 38, 40, 42
_MARIADB_GTID, _MARIADB_QUERY_COMPRESSED = 162, 165
HEARTBEATS = frozenset({27, 41})
_ROWS = {
    23: (RowKind.INSERT, 1, False),
    24: (RowKind.UPDATE, 1, False),
    25: (RowKind.DELETE, 1, False),
    30: (RowKind.INSERT, 2, False),
    31: (RowKind.UPDATE, 2, False),
    32: (RowKind.DELETE, 2, False),
    166: (RowKind.INSERT, 1, True),
    167: (RowKind.UPDATE, 1, True),
    168: (RowKind.DELETE, 1, True),
}
# Events that change no data: STOP, INTVAR, RAND, USER_VAR, heartbeats, IGNORABLE, ROWS_QUERY, PREVIOUS_GTIDS,
# TRANSACTION_CONTEXT, VIEW_CHANGE; MariaDB's ANNOTATE_ROWS, BINLOG_CHECKPOINT, GTID_LIST, START_ENCRYPTION.
_HARMLESS = HEARTBEATS | {3, 5, 13, 14, 28, 29, 35, 36, 37, 160, 161, 163, 164}
_NAMES = {
    17: "BEGIN_LOAD_QUERY",
    18: "EXECUTE_LOAD_QUERY",
    20: "PRE_GA_WRITE_ROWS",
    21: "PRE_GA_UPDATE_ROWS",
    22: "PRE_GA_DELETE_ROWS",
    39: "PARTIAL_UPDATE_ROWS (binlog_row_value_options=PARTIAL_JSON)",
}
_HEADER = struct.Struct("<IBIIIH")  # timestamp, type, server id, size, position of the next event, flags
_HEADER_SIZE = _HEADER.size
ARTIFICIAL, _IGNORABLE = 0x20, 0x80  # flags of the header
_NO_TABLE = 0xFFFFFF  # the table id of a row event that only ends a statement
_STANDALONE, _GROUP_COMMIT, _XA = 0x01, 0x02, 0x40 | 0x80  # flags of MariaDB's GTID event
_MULTI_ENGINE, _ALTER_END, _THREAD_ID = 0x01, 0x04 | 0x08, 0x10  # and its extra flags


class Parser:
    """Turns the events of a stream, fed in order, into ours, and knows the position behind the last one."""

    def __init__(self, start: Position) -> None:
        self._file, self._offset = start.file, start.offset
        self._checksums = False
        self._gtid: str | None = None
        self._open = False
        self._standalone = False
        self._tables: dict[int, TableMap] = {}
        self._time = 0
        self._begins: Position | None = None  # of transactions within a compressed event

    @property
    def position(self) -> Position:
        """The position behind the last event."""
        return Position(self._file, self._offset)

    def feed(self, data: bytes, begin: int = 0) -> Iterator[Event]:
        """Yield what the event `data[begin:]` says. Raises BinlogError for one that is damaged or a gap in the log."""
        try:
            for found in self._feed(data, begin):
                yield from found
        except (IndexError, struct.error, zlib.error, UnicodeDecodeError) as error:
            raise BinlogError(f"The binary log has a damaged event near {self.position}: {error}.") from None

    def _feed(self, data: bytes, begin: int) -> Iterator[Iterable[Event]]:
        self._time, kind, server_id, size, log_pos, flags = _HEADER.unpack_from(data, begin)
        if size != len(data) - begin:
            raise BinlogError(f"The binary log has a truncated event near {self.position}.")
        body, end = begin + _HEADER_SIZE, self._without_checksum(kind, data, begin)
        if kind == ROTATE:
            self._file, self._offset = data[body + 8 : end].decode(), struct.unpack_from("<Q", data, body)[0]
            return
        before = self._offset
        if log_pos and not flags & ARTIFICIAL and kind not in HEARTBEATS:
            self._advance(log_pos)
        if kind != _PAYLOAD:
            yield self._event(kind, server_id, flags, data, body, end)
            return
        self._begins = Position(self._file, before)
        for inner in events_of(data[body:end]):
            _, kind, server_id, _, _, flags = _HEADER.unpack_from(inner)
            yield self._event(kind, server_id, flags, inner, _HEADER_SIZE, len(inner))
        self._begins = None

    def _event(self, kind: int, server_id: int, flags: int, data: bytes, body: int, end: int) -> Iterable[Event]:
        if kind in _HARMLESS:
            return ()
        if kind in _ROWS:
            return self._rows(kind, data, body, end)
        if kind == _MARIADB_GTID:
            return self._mariadb_gtid(server_id, data[body:end])
        if kind in self._SIMPLE:
            return self._SIMPLE[kind](self, data[body:end])
        if flags & _IGNORABLE:
            return ()
        self._gtid = None
        return (Unreadable(_NAMES.get(kind, f"of type {kind}")),)

    def _without_checksum(self, kind: int, data: bytes, begin: int) -> int:
        """Return where the event ends without its checksum, which is verified.

        A format description says whether checksums follow and always has room for one itself. Rotations that the
        server makes up come before it, so they must tell by themselves.
        """
        end = len(data) - 4
        if kind == FORMAT_DESCRIPTION:
            self._checksums = data[end - 1] == 1
            return end
        if not self._checksums and kind != ROTATE:
            return len(data)
        right = zlib.crc32(memoryview(data)[begin:end]) == int.from_bytes(data[end:], "little")
        if not right and kind != ROTATE:
            raise BinlogError(f"The binary log has an event with a wrong checksum near {self.position}.")
        return end if right else len(data)

    def _advance(self, log_pos: int) -> None:
        """Move on to a position of which the event has the low 32 bits: a large transaction passes 4 GiB."""
        now = self._offset
        offset = (now & ~0xFFFFFFFF) | log_pos
        self._offset = offset if offset >= now else offset + (1 << 32)

    def _begin(self, thread_id: int | None) -> TransactionBegin:
        begin = TransactionBegin(self._gtid, thread_id, self._begins or self.position, self._time)
        self._gtid, self._open = None, True
        return begin

    def _end(self, rolled_back: bool = False) -> TransactionEnd:
        self._open = self._standalone = False
        self._tables.clear()
        return TransactionEnd(self.position, rolled_back)

    def _mysql_gtid(self, body: bytes) -> Iterator[Event]:
        digits, number = body[1:17].hex(), int.from_bytes(body[17:25], "little")
        uuid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        self._gtid = f"{uuid}:{number}"
        yield from ()

    def _no_gtid(self, body: bytes) -> Iterator[Event]:
        self._gtid = None
        yield from ()

    def _mariadb_gtid(self, server_id: int, body: bytes) -> Iterator[Event]:
        sequence, domain, flags = struct.unpack_from("<QIB", body)
        if self._open:  # the server went down in the middle of the one before
            yield self._end(rolled_back=True)
        self._gtid, self._standalone = f"{domain}-{server_id}-{sequence}", bool(flags & _STANDALONE)
        yield self._begin(_mariadb_thread_id(body, flags))

    def _query(self, body: bytes) -> Iterator[Event]:
        thread_id, _, database_size, _, status_size = struct.unpack_from("<IIBHH", body)
        at = 13 + status_size
        database, text = body[at : at + database_size], body[at + database_size + 1 :]
        return self._statement(QueryText(thread_id, _text(database), _text(text)))

    def _query_compressed(self, body: bytes) -> Iterator[Event]:
        at = 13 + int.from_bytes(body[11:13], "little") + body[8] + 1
        return self._query(body[:at] + inflate(body, at, len(body)))

    def _statement(self, query: QueryText) -> Iterator[Event]:
        if not self._open:
            yield self._begin(query.thread_id)
            if query.text == "BEGIN" or query.text.startswith("XA START"):
                return
            self._standalone = True
        if query.text in ("COMMIT", "ROLLBACK"):
            yield self._end(query.text == "ROLLBACK")
            return
        yield query
        if self._standalone:
            yield self._end()

    def _commit(self, body: bytes) -> Iterator[Event]:
        yield self._end()

    def _table_map(self, body: bytes) -> Iterator[Event]:
        table = _table_map(body)
        self._tables[table.table_id] = table
        yield table

    def _rows(self, kind: int, data: bytes, body: int, end: int) -> Iterator[Event]:
        row_kind, version, compressed = _ROWS[kind]
        table_id = int.from_bytes(data[body : body + 6], "little")
        at = body + 8 + (int.from_bytes(data[body + 8 : body + 10], "little") if version == 2 else 0)
        if table_id == _NO_TABLE:
            return
        table = self._tables.get(table_id)
        if table is None:
            raise BinlogError(f"The binary log has rows of an unknown table near {self.position}.")
        width, at = read_length(data, at)
        size = (width + 7) // 8
        images = 2 if row_kind is RowKind.UPDATE else 1
        present = tuple(data[at + i * size : at + (i + 1) * size] for i in range(images))
        at += images * size
        if width != len(table.types) or at > end:
            raise BinlogError(f"The binary log has a damaged row event near {self.position}.")
        yield Rows(row_kind, table, present, data, at, end, compressed)

    def _incident(self, body: bytes) -> Iterator[Event]:
        raise BinlogError(f"The binary log has a gap near {self.position}: the server logged an incident.")

    def _format(self, body: bytes) -> Iterator[Event]:
        self._tables.clear()
        if self._open:  # a new file: what the server left open when it went down never came to be
            yield self._end(rolled_back=True)

    _SIMPLE: dict[int, Callable[["Parser", bytes], Iterator[Event]]] = {  # noqa: RUF012 - never changed
        _QUERY: _query,
        _MARIADB_QUERY_COMPRESSED: _query_compressed,
        FORMAT_DESCRIPTION: _format,
        _XID: _commit,
        _XA_PREPARE: _commit,
        _TABLE_MAP: _table_map,
        _INCIDENT: _incident,
        _GTID: _mysql_gtid,
        _ANONYMOUS_GTID: _no_gtid,
        _TAGGED_GTID: _no_gtid,
    }


def _mariadb_thread_id(body: bytes, flags: int) -> int | None:
    """Return the thread id in the body of MariaDB's GTID event (from 11 on), or None."""
    at = 13 + (8 if flags & _GROUP_COMMIT else 0)
    if flags & _XA:
        at += 6 + body[at + 4] + body[at + 5]
    if at >= len(body):
        return None
    extra = body[at]
    at += 1 + (1 if extra & _MULTI_ENGINE else 0) + (8 if extra & _ALTER_END else 0)
    return int(struct.unpack_from("<I", body, at)[0]) if extra & _THREAD_ID else None


def _table_map(body: bytes) -> TableMap:
    table_id = int.from_bytes(body[:6], "little")
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
    return TableMap(table_id, database, table, types, metadata, nullable, body[at:])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
