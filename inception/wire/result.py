"""Answers as packets: OK, result sets in text and in binary rows, errors. No I/O, no framing.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value
from inception.errors import InceptionError
from inception.wire.charset import UTF8MB4, Charset, shown_length
from inception.wire.codecs import (
    Capabilities,
    ColumnDefinition,
    ColumnType,
    ServerStatus,
    make_eof,
    make_ok,
    str_len,
    uint_1,
    uint_2,
    uint_4,
    uint_len,
)

_BINARY_COLLATION = 63  # what numbers are declared with
_BIGINT_LENGTH = 20
_LONGTEXT_LENGTH = 0xFFFFFFFF
_VARCHAR_BYTES = 65535  # a text column that may be longer is declared LONGTEXT, as MySQL does
_NULL = b"\xfb"
_DEPRECATE_EOF = int(Capabilities.CLIENT_DEPRECATE_EOF)  # a plain int: flags of enum are slow to combine
_STATUS = ServerStatus.SERVER_STATUS_AUTOCOMMIT
_MORE = _STATUS | ServerStatus.SERVER_MORE_RESULTS_EXISTS


@dataclass(frozen=True)
class Dialect:
    """How one client wants to be answered. Its capabilities are 0 until it has told them.

    `binary`: rows as for a prepared statement. `more`: another answer follows this one.
    """

    capabilities: int
    charset: Charset = UTF8MB4
    binary: bool = False
    more: bool = False

    @property
    def status(self) -> ServerStatus:
        """The status flags of its packets."""
        return _MORE if self.more else _STATUS

    @property
    def has_eof(self) -> bool:
        """Whether lists of packets end with EOF, also after the columns; else with an OK, and only at the very end."""
        return not self.capabilities & _DEPRECATE_EOF


def answer_packets(answer: Answer, dialect: Dialect) -> Iterator[bytes]:
    """Yield the payloads of an answer; its rows are read one by one, as they are asked for."""
    match answer:
        case Ok():
            yield ok_packet(answer, dialect)
        case ResultSet():
            yield from _result_set(answer, dialect)


def ok_packet(ok: Ok, dialect: Dialect) -> bytes:
    """Return an OK packet."""
    packet: bytes = make_ok(
        Capabilities.CLIENT_PROTOCOL_41,
        dialect.status,
        affected_rows=max(ok.affected_rows, 0),
        warnings=min(ok.warnings, 0xFFFF),
    )
    return packet + (str_len(dialect.charset.encode(ok.info)) if ok.info else b"")


def end_packet(dialect: Dialect, warnings: int = 0) -> bytes:
    """Return what ends a list of packets: EOF, or OK with EOF's header where the client has CLIENT_DEPRECATE_EOF.

    It never carries affected rows: a client library in use cannot read them there.
    """
    make = _end_as_eof if dialect.has_eof else _end_as_ok
    return make(dialect.status, min(warnings, 0xFFFF))


@cache
def _end_as_ok(status: ServerStatus, warnings: int) -> bytes:
    packet: bytes = make_ok(Capabilities.CLIENT_PROTOCOL_41, status, eof=True, warnings=warnings)
    return packet


@cache
def _end_as_eof(status: ServerStatus, warnings: int) -> bytes:
    packet: bytes = make_eof(Capabilities.CLIENT_PROTOCOL_41, status, warnings=warnings)
    return packet


def error_packet(error: InceptionError, dialect: Dialect) -> bytes:
    """Return an ERR packet; without SQLSTATE for a client whose capabilities are not known."""
    errno = error.errno if 0 < error.errno < 0xFFFF else 1105
    state = error.sqlstate.encode("ascii", "replace")
    known = dialect.capabilities & Capabilities.CLIENT_PROTOCOL_41
    marker = b"#" + (state if len(state) == 5 else b"HY000") if known else b""
    return b"\xff" + uint_2(errno) + marker + dialect.charset.encode(error.message)


def _result_set(result: ResultSet, dialect: Dialect) -> Iterator[bytes]:
    if not result.fields:
        raise ValueError("a result set needs columns")
    # All or none: an error may take the place of the first packet or of a row, but not of a definition.
    definitions = [
        _definition(field, _longest(result.rows, position), dialect.charset)
        for position, field in enumerate(result.fields)
    ]
    yield uint_len(len(definitions))
    yield from definitions
    if dialect.has_eof:
        yield end_packet(dialect)
    make_row = _binary_row if dialect.binary else _row
    for row in result.rows:
        yield make_row(row, result.fields, dialect.charset)
    yield end_packet(dialect, result.warnings)


def _longest(rows: Iterable[Sequence[Value]], position: int) -> int | None:
    """Return the length in characters of a column's longest text, None where the rows are not here yet."""
    if not isinstance(rows, list | tuple):
        return None
    return max((shown_length(cell) for row in rows if isinstance(cell := row[position], str)), default=0)


@lru_cache(1024)
def _definition(field: Field, longest: int | None, charset: Charset) -> bytes:
    name = str_len(charset.encode(field.name))
    if field.type is CellType.INT:
        kind = _column(ColumnType.LONGLONG, _BIGINT_LENGTH, _BINARY_COLLATION, ColumnDefinition.BINARY_FLAG)
    else:
        kind = _text_column(longest, charset)
    # catalog, schema, table, original table, name, original name
    return b"\x03def\x00\x00\x00" + name + name + kind


def _text_column(longest: int | None, charset: Charset) -> bytes:
    length = None if longest is None else max(longest, 1) * charset.max_bytes
    if length is None or length > _VARCHAR_BYTES:
        return _column(ColumnType.BLOB, _LONGTEXT_LENGTH, charset.collation_id, ColumnDefinition.BLOB_FLAG)
    return _column(ColumnType.VAR_STRING, length, charset.collation_id, 0)


def _column(kind: int, length: int, collation: int, flags: int) -> bytes:
    return b"\x0c" + uint_2(collation) + uint_4(length) + uint_1(kind) + uint_2(flags) + b"\x00\x00\x00"


def _row(row: Sequence[Value], fields: Sequence[Field], charset: Charset) -> bytes:
    if len(row) != len(fields):
        raise ValueError(f"a row of {len(row)} cells for {len(fields)} columns")
    return b"".join([_cell(value, charset) for value in row])


def _binary_row(row: Sequence[Value], fields: Sequence[Field], charset: Charset) -> bytes:
    nulls, cells = 0, []
    for position, (value, field) in enumerate(zip(row, fields, strict=True)):
        if value is None:
            nulls |= 4 << position  # the first two bits are not used
        else:
            cells.append(_binary_cell(value, field, charset))
    return b"\0" + nulls.to_bytes((len(fields) + 9) // 8, "little") + b"".join(cells)


def _binary_cell(value: int | str, field: Field, charset: Charset) -> bytes:
    if field.type is CellType.INT:
        return int(value).to_bytes(8, "little", signed=True)
    return str_len(charset.encode(str(value)))


def _cell(value: Value, charset: Charset) -> bytes:
    if value is None:
        return _NULL
    return str_len(charset.encode(value) if isinstance(value, str) else b"%d" % value)


def prepared_packets(statement_id: int, parameters: int, dialect: Dialect) -> Iterator[bytes]:
    """Yield the answer to COM_STMT_PREPARE. The columns are told with the rows, as MySQL does for SHOW."""
    yield b"\0" + uint_4(statement_id) + uint_2(0) + uint_2(parameters) + b"\0" + uint_2(0)
    if parameters:
        yield from [_definition(Field("?"), 0, dialect.charset)] * parameters
        if dialect.has_eof:
            yield end_packet(dialect)
