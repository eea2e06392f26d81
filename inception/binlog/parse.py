"""Bytes of the replication stream → events: pure, one event of the log at a time.

Not a connection (read.py) and not a decoder of rows (decode.py): row images are passed on as bytes. The layouts are
those of https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html, of
libs/mysql/binlog/event in MySQL's source, and of sql/log_event.cc in MariaDB's.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from inception.binlog.events import (
    Event,
    Position,
    QueryText,
    ServerStarted,
    StatementText,
    TableMap,
    TransactionBegin,
    TransactionEnd,
    Unreadable,
)
from inception.binlog.gtid import mariadb_gtid, mariadb_thread_id, mysql_gtid
from inception.binlog.inflate import inflate
from inception.binlog.payload import events_of
from inception.binlog.row_events import NO_TABLE, ROWS, TABLE_MAP, read_rows, read_table_map, table_id
from inception.errors import BinlogError

QUERY, ROTATE, FORMAT_DESCRIPTION, XID, _INCIDENT = 2, 4, 15, 16, 26
MYSQL_GTID, ANONYMOUS_GTID, _XA_PREPARE, _PAYLOAD, _TAGGED_GTID = 33, 34, 38, 40, 42
MARIADB_GTID, _MARIADB_QUERY_COMPRESSED = 162, 165
HEARTBEATS = frozenset({27, 41})
# Events that change no data: STOP, INTVAR, RAND, USER_VAR, heartbeats, IGNORABLE, ROWS_QUERY, PREVIOUS_GTIDS,
# TRANSACTION_CONTEXT, VIEW_CHANGE; MariaDB's ANNOTATE_ROWS, BINLOG_CHECKPOINT, GTID_LIST, START_ENCRYPTION.
_ROWS_QUERY, _ANNOTATE_ROWS = 29, 160
_HARMLESS = HEARTBEATS | {3, 5, 13, 14, 28, 29, 35, 36, 37, 160, 161, 163, 164}
_NAMES = {
    17: "BEGIN_LOAD_QUERY",
    18: "EXECUTE_LOAD_QUERY",
    20: "PRE_GA_WRITE_ROWS",
    21: "PRE_GA_UPDATE_ROWS",
    22: "PRE_GA_DELETE_ROWS",
}
HEADER = struct.Struct("<IBIIIH")  # timestamp, type, server id, size, position of the next event, flags
_HEADER_SIZE = HEADER.size
ARTIFICIAL, _IGNORABLE = 0x20, 0x80  # flags of the header
DAMAGED = (IndexError, struct.error, zlib.error, UnicodeDecodeError)
_CREATED = slice(52, 56)  # where a format description has when the server was started
_STANDALONE = 0x01  # a flag of MariaDB's GTID event


class Parser:
    """Turns the events of a stream, fed in order, into ours, and knows the position behind the last one."""

    def __init__(self, start: Position, *, notes: bool = False) -> None:
        """Begin at `start`. `notes`: events StatementText and ServerStarted, too."""
        self._notes = notes
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

    @property
    def outside(self) -> bool:
        """Whether the last event was outside any transaction, or ended one."""
        return not self._open

    @property
    def checksums(self) -> bool:
        """Whether events end with a checksum, as the format description said."""
        return self._checksums

    def pass_to(self, offset: int) -> None:
        """Go on with the event at this place of the file: whole transactions before it are not fed."""
        self._offset = offset

    def feed(self, data: bytes, begin: int = 0) -> Iterable[Event]:
        """Return what the event `data[begin:]` says. Raises BinlogError for one that is damaged or a gap in the log.

        The events of a compressed transaction come one at a time; nothing may be fed before they are taken.
        """
        try:
            return self._feed(data, begin)
        except DAMAGED as error:
            raise self._damaged(error) from None

    def _feed(self, data: bytes, begin: int) -> Iterable[Event]:
        self._time, kind, server_id, size, log_pos, flags = HEADER.unpack_from(data, begin)
        if size != len(data) - begin:
            raise BinlogError(f"The binary log has a truncated event near {self.position}.")
        body, end = begin + _HEADER_SIZE, self._without_checksum(kind, data, begin)
        if kind == ROTATE:
            self._file, self._offset = data[body + 8 : end].decode(), struct.unpack_from("<Q", data, body)[0]
            return ()
        before = self._offset
        if log_pos and not flags & ARTIFICIAL and kind not in HEARTBEATS:
            self._advance(log_pos)
        if kind == _PAYLOAD:
            return self._payload(data[body:end], Position(self._file, before))
        return self._event(kind, server_id, flags, data, body, end)

    def _payload(self, body: bytes, begins: Position) -> Iterator[Event]:
        self._begins = begins
        try:
            for inner in events_of(body):
                _, kind, server_id, _, _, flags = HEADER.unpack_from(inner)
                yield from self._event(kind, server_id, flags, inner, _HEADER_SIZE, len(inner))
        except DAMAGED as error:
            raise self._damaged(error) from None
        self._begins = None

    def _damaged(self, error: Exception) -> BinlogError:
        return BinlogError(f"The binary log has a damaged event near {self.position}: {error}.")

    def _event(self, kind: int, server_id: int, flags: int, data: bytes, body: int, end: int) -> Sequence[Event]:
        if kind in _HARMLESS:
            return self._note(kind, data[body:end]) if self._notes else ()
        if kind in ROWS:
            return self._rows(kind, data, body, end)
        if kind == MARIADB_GTID:
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

    def _mysql_gtid(self, body: bytes) -> Sequence[Event]:
        self._gtid = mysql_gtid(body)
        return ()

    def _no_gtid(self, body: bytes) -> Sequence[Event]:
        self._gtid = None
        return ()

    def _mariadb_gtid(self, server_id: int, body: bytes) -> Sequence[Event]:
        flags = body[12]
        # still open: the server went down in the middle of the one before
        before = (self._end(rolled_back=True),) if self._open else ()
        self._gtid, self._standalone = mariadb_gtid(server_id, body), bool(flags & _STANDALONE)
        return (*before, self._begin(mariadb_thread_id(body, flags)))

    def _query(self, body: bytes) -> Sequence[Event]:
        thread_id, _, database_size, _, status_size = struct.unpack_from("<IIBHH", body)
        at = 13 + status_size
        database, text = body[at : at + database_size], body[at + database_size + 1 :]
        return self._statement(QueryText(thread_id, _text(database), _text(text)))

    def _query_compressed(self, body: bytes) -> Sequence[Event]:
        at = 13 + int.from_bytes(body[11:13], "little") + body[8] + 1
        return self._query(body[:at] + inflate(body, at, len(body)))

    def _statement(self, query: QueryText) -> Sequence[Event]:
        begin: tuple[Event, ...] = ()
        if not self._open:
            begin = (self._begin(query.thread_id),)
            if query.text == "BEGIN" or query.text.startswith("XA START"):
                return begin
            self._standalone = True
        if query.text in ("COMMIT", "ROLLBACK"):
            return (*begin, self._end(query.text == "ROLLBACK"))
        return (*begin, query, self._end()) if self._standalone else (*begin, query)

    def _commit(self, body: bytes) -> Sequence[Event]:
        return (self._end(),)

    def _table_map(self, body: bytes) -> Sequence[Event]:
        table = read_table_map(body)
        self._tables[table.table_id] = table
        return ()

    def _rows(self, kind: int, data: bytes, body: int, end: int) -> Sequence[Event]:
        number = table_id(data, body)
        if number == NO_TABLE:
            return ()
        table = self._tables.get(number)
        if table is None:
            raise BinlogError(f"The binary log has rows of an unknown table near {self.position}.")
        return (read_rows(kind, table, data, body, end),)

    def _incident(self, body: bytes) -> Sequence[Event]:
        raise BinlogError(f"The binary log has a gap near {self.position}: the server logged an incident.")

    def _format(self, body: bytes) -> Sequence[Event]:
        self._tables.clear()
        # still open: what the server left open when it went down, and began a new file, never came to be
        undone = (self._end(rolled_back=True),) if self._open else ()
        started = self._notes and any(body[_CREATED])  # 0 in a file that only follows the one before
        return (*undone, ServerStarted(self._file)) if started else undone

    def _note(self, kind: int, body: bytes) -> Sequence[Event]:
        if kind == _ROWS_QUERY:
            return (StatementText(_text(body[1:])),)  # behind a length of one byte, which is not to be trusted
        return (StatementText(_text(body)),) if kind == _ANNOTATE_ROWS else ()

    _SIMPLE: dict[int, Callable[["Parser", bytes], Sequence[Event]]] = {  # noqa: RUF012 - never changed
        QUERY: _query,
        _MARIADB_QUERY_COMPRESSED: _query_compressed,
        FORMAT_DESCRIPTION: _format,
        XID: _commit,
        _XA_PREPARE: _commit,
        TABLE_MAP: _table_map,
        _INCIDENT: _incident,
        MYSQL_GTID: _mysql_gtid,
        ANONYMOUS_GTID: _no_gtid,
        _TAGGED_GTID: _no_gtid,
    }


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
