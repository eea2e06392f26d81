"""Reads a server's binary log over the replication protocol; the only module of this folder that acts.

It speaks COM_BINLOG_DUMP itself, over a connection of inception.mysql. mysql-replication's BinLogStreamReader was
tried as transport and not taken: it decodes every table map before it asks whether anyone wants it, and dies on
column types it does not know (MariaDB's COMPRESSED and UUID, MySQL's VECTOR); it needs a second connection; and it
reconnects by itself when the first one breaks, in the middle of a transaction.

The reader does not register as a replica (COM_REGISTER_SLAVE): nothing needs it, and tools that look for replicas
in SHOW REPLICAS would find it.
"""

import secrets
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import pymysql
from pymysql.constants.COMMAND import COM_BINLOG_DUMP

from inception.binlog.events import Event, Position
from inception.binlog.parse import ARTIFICIAL, FORMAT_DESCRIPTION, HEARTBEATS, ROTATE, Parser
from inception.errors import BinlogError, ServerError
from inception.mysql import Connection, connect
from inception.server import Address

__all__ = ["BinlogStream", "Position", "current_position", "read_events"]

_PRIVILEGE_MISSING = 1227  # ER_SPECIFIC_ACCESS_DENIED_ERROR
_LARGEST_START = 1 << 32  # COM_BINLOG_DUMP has four bytes for the position
_WRAP = 1 << 32  # and so has an event
_WRITE_TIMEOUT = 3600  # seconds
_ANNOTATED = 2  # BINLOG_SEND_ANNOTATE_ROWS_EVENT: MariaDB leaves these events out otherwise
_FIRST = 4  # where the first event of a file is
# Where a packet has what of its event, behind a status byte.
_EVENT_TYPE, _EVENT_POSITION, _EVENT_FLAGS, _EVENT_FILE = 5, 14, 18, 28


def current_position(connection: Connection) -> Position:
    """Return the end of the server's binary log.

    Raises BinlogError where the log is off, ServerError 1227 (naming the grant) where the account may not ask.
    """
    version = connection.version
    new = not version.mariadb and version.number >= (8, 2, 0)
    try:
        rows = connection.query("SHOW BINARY LOG STATUS" if new else "SHOW MASTER STATUS")
    except ServerError as error:
        if error.errno != _PRIVILEGE_MISSING:
            raise
        grant = "BINLOG MONITOR" if version.mariadb and version.number >= (10, 5, 0) else "REPLICATION CLIENT"
        message = f"The position in the binary log needs GRANT {grant} ON *.* for this account: {error.message}"
        raise ServerError(error.errno, message, error.sqlstate) from None
    if not rows:
        raise BinlogError(f"The binary log of {connection.address} is off.")
    return Position(str(rows[0][0]), int(str(rows[0][1])))


class BinlogStream:
    """What the binary log has from a position on, read stretch by stretch over one connection.

    At most one event is held. Between two stretches the server waits for as long as it takes.
    """

    def __init__(self, address: Address, start: Position, *, timeout: float, notes: bool = False) -> None:
        """Open the stream and wait for its first packet, so that what is refused is refused now.

        Raises BinlogError where the log cannot be read (purged, no REPLICATION SLAVE), ServerError where the login is
        refused. Nothing but heartbeats for `timeout` seconds, while something is waited for, is a BinlogError later.
        `notes`: events StatementText and ServerStarted, too.
        """
        self._parser = Parser(start, notes=notes)
        self._timeout = timeout
        self._connection = connect(address, read_timeout=timeout)
        near = start if start.offset < _LARGEST_START else Position(start.file, _FIRST)
        self._packets = _from(start, near, _dump(self._connection, near, timeout, notes))
        try:
            self._waiting: bytes | None = next(self._packets)
        except BaseException:
            self.close()
            raise

    def until(self, stop: Position) -> Iterator[Event]:
        """Yield the next events until `stop`, the end of a transaction, is reached; files may change in between.

        Raises BinlogError where the log cannot be read on (connection lost, an event damaged, silence).
        """
        while not self._parser.position.has_reached(stop):
            packet = self._waiting if self._waiting is not None else next(self._packets)
            self._waiting = None
            yield from self._parser.feed(packet, 1)

    @property
    def position(self) -> Position:
        """How far the log has been read."""
        return self._parser.position

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_events(
    address: Address, start: Position, stop: Position, *, timeout: float, notes: bool = False
) -> Iterator[Event]:
    """Yield what the binary log has from `start` until `stop` is reached, event by event; see BinlogStream.

    The connection is opened at the first step and closed at the end or when the iterator is closed.
    """
    if not start.has_reached(stop):
        with BinlogStream(address, start, timeout=timeout, notes=notes) as stream:
            yield from stream.until(stop)


def _from(start: Position, near: Position, packets: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the events from `near` to `start`, which cannot be asked for, but for the format description.

    An event has the low half of the position behind it; in MariaDB from 11 on, one within a transaction has none.
    """
    offset = near.offset
    for packet in packets:
        kind, artificial = packet[_EVENT_TYPE], packet[_EVENT_FLAGS] & ARTIFICIAL
        if offset >= start.offset:
            yield packet
        elif kind == FORMAT_DESCRIPTION:
            yield packet[:_EVENT_POSITION] + bytes(4) + packet[_EVENT_FLAGS:]
        elif kind == ROTATE and not packet.startswith(start.file.encode(), _EVENT_FILE):
            raise BinlogError(f"The binary log cannot be read from {start}: its file ends before.")
        if not artificial:
            position = int.from_bytes(packet[_EVENT_POSITION:_EVENT_FLAGS], "little")
            offset += len(packet) - 1
            offset += (position - offset) % _WRAP if position else 0


def _dump(connection: Connection, start: Position, timeout: float, notes: bool) -> Iterator[bytes]:
    """Yield the packets of the stream, each a status byte and an event, without heartbeats."""
    raw = connection.raw
    server_id = secrets.randbelow(2**31 - 1) + 1  # two readers of one id would end each other
    with _explained(start, timeout):
        _prepare_session(connection, timeout)
        request = struct.pack("<IHI", start.offset, _ANNOTATED if notes else 0, server_id) + start.file.encode()
        raw._execute_command(COM_BINLOG_DUMP, request)
        heard = time.monotonic()
        while True:
            packet = raw._read_packet()
            if packet.is_eof_packet():
                raise BinlogError(f"{connection.address} ended the stream of its binary log.")
            data: bytes = packet.get_all_data()
            del packet
            if data[_EVENT_TYPE] in HEARTBEATS:
                if time.monotonic() - heard > timeout:
                    raise BinlogError(f"The binary log has had nothing new for {timeout:g} seconds.")
                continue
            yield data
            del data  # an event can be as large as 1 GiB: do not hold it while the next one comes
            heard = time.monotonic()


def _prepare_session(connection: Connection, timeout: float) -> None:
    """Tell the server what a replica tells it: that we understand checksums, GTID events and heartbeats.

    User variables that a server does not know are harmless; MySQL 8.0.26 renamed master to source. A reader may
    take its time over an event: the server must not give it up.
    """
    connection.query(f"SET SESSION net_write_timeout = {_WRITE_TIMEOUT}")
    period = max(1_000_000, int(timeout / 4 * 1e9))  # nanoseconds
    for name in ("master", "source"):
        connection.query(f"SET @{name}_binlog_checksum = @@GLOBAL.binlog_checksum, @{name}_heartbeat_period = {period}")
    if connection.version.mariadb:
        connection.query("SET @mariadb_slave_capability = 4")  # MARIA_SLAVE_CAPABILITY_GTID


@contextmanager
def _explained(start: Position, timeout: float) -> Iterator[None]:
    """Turn what the driver or the server says about the stream into BinlogError."""
    try:
        yield
    except ServerError as error:
        raise BinlogError(f"The binary log cannot be read from {start}: {error}.") from None
    except (pymysql.MySQLError, OSError) as error:
        text = error.args[-1] if error.args else error
        hint = f" within {timeout:g} seconds" if "timed out" in str(text) else ""
        if error.args and error.args[0] == _PRIVILEGE_MISSING:
            hint = " (the account needs GRANT REPLICATION SLAVE ON *.*)"
        raise BinlogError(f"The binary log cannot be read from {start}: {text}{hint}.") from None
