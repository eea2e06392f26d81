"""What the binary log says, as plain values: transactions, table maps, row events, statements.

Not the bytes on the wire (parse.py makes events of them) and not values of columns (decode.py). Every event between
a TransactionBegin and its TransactionEnd belongs to that transaction; transactions do not overlap.

Named tuples, since there are several for every transaction of a log: a frozen dataclass takes three times as long to
make.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from inception.errors import BinlogError


class Position(NamedTuple):
    """A place in the binary log: a file of the server and the offset in bytes behind the last event before it."""

    file: str
    offset: int

    def __str__(self) -> str:
        return f"{self.file}:{self.offset}"

    @property
    def number(self) -> int:
        """The number of the file. Raises BinlogError for a name without one."""
        return _number(self.file)

    def has_reached(self, other: "Position") -> bool:
        """Tell whether this is at or behind `other`. Files are numbered; a server may change their base name.

        Raises BinlogError for a name without a number.
        """
        if self.file == other.file:
            return self.offset >= other.offset
        return _number(self.file) > _number(other.file)


def _number(file: str) -> int:
    digits = file.rpartition(".")[2]
    if not digits.isdecimal():
        raise BinlogError(f"'{file}' is no name of a binary log file.")
    return int(digits)


class TransactionBegin(NamedTuple):
    """A transaction begins.

    `gtid` is 'domain-server-sequence' on MariaDB, 'uuid:number' on MySQL, None for an anonymous or a tagged one.
    `thread_id` is the id of the connection that wrote it; None on MariaDB before 11, which does not log it.
    `position` is behind the event that begins it, `time` is when that was logged, in seconds since 1970.
    """

    gtid: str | None
    thread_id: int | None
    position: Position = Position("", 0)
    time: int = 0


class TransactionEnd(NamedTuple):
    """The transaction has ended. `rolled_back` is true where it ends with ROLLBACK, so that its rows may be undone."""

    position: Position
    rolled_back: bool = False


@dataclass(frozen=True, slots=True)
class TableMap:
    """The table that row events with this id speak of, as the server had it when the rows were written.

    `types` has one byte per column, `metadata` is their types' metadata run together, `nullable` a bitmap, and
    `optional` what binlog_row_metadata added, undecoded (b'' on MariaDB by default).
    """

    table_id: int
    database: str
    table: str
    types: bytes
    metadata: bytes
    nullable: bytes
    optional: bytes = b""

    def __hash__(self) -> int:
        return self.table_id


class RowKind(StrEnum):
    """What a row event did to its rows."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"

    __hash__ = str.__hash__  # Enum has a slower one


class Rows(NamedTuple):
    """A row event: images of rows, undecoded.

    `present` has, for each image of a row, the bitmap of the columns that are in it: one for INSERT and DELETE,
    before and after for UPDATE. The images are `data[start:end]`, compressed where `compressed` (MariaDB's
    log_bin_compress; see inflate.py). `partial`: those after may have parts of JSON values (see json_patch.py).
    """

    kind: RowKind
    table: TableMap
    present: tuple[bytes, ...]
    data: bytes
    start: int
    end: int
    compressed: bool = False
    partial: bool = False

    def __repr__(self) -> str:
        """Leave out the data: it may be a block of a file."""
        return f"Rows({self.kind}, {self.table!r}, {self.present!r}, {self.end - self.start} bytes)"


class QueryText(NamedTuple):
    """A statement that was logged as text: DDL, SAVEPOINT, or DML under binlog_format STATEMENT.

    Bytes that are not UTF-8 are kept as surrogate escapes.
    """

    thread_id: int
    database: str
    text: str


class StatementText(NamedTuple):
    """The text of the statement whose row events follow, as some servers note it; only where it was asked for."""

    text: str


class ServerStarted(NamedTuple):
    """The server was started anew and began this file: connection ids begin anew; only where it was asked for."""

    file: str


class Unreadable(NamedTuple):
    """An event that may hold changes and that we cannot read; `what` names it."""

    what: str


Event = TransactionBegin | TransactionEnd | Rows | QueryText | StatementText | ServerStarted | Unreadable
