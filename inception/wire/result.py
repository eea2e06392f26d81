"""Answers as packets of the text protocol: OK, result sets, errors. No I/O, no framing.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value
from inception.errors import InceptionError
from inception.wire.charset import UTF8MB4, Charset
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
_STATUS = ServerStatus.SERVER_STATUS_AUTOCOMMIT


@dataclass(frozen=True)
class Dialect:
    """How one client wants to be answered. Its capabilities are 0 until it has told them."""

    capabilities: int
    charset: Charset = UTF8MB4


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
        _STATUS,
        affected_rows=max(ok.affected_rows, 0),
        warnings=min(ok.warnings, 0xFFFF),
    )
    return packet + (str_len(dialect.charset.encode(ok.info)) if ok.info else b"")


def end_packet(dialect: Dialect, warnings: int = 0) -> bytes:
    """Return what ends a list of packets: EOF, or OK with EOF's header where the client has CLIENT_DEPRECATE_EOF.

    It never carries affected rows: a client library in use cannot read them there.
    """
    make = _end_as_ok if dialect.capabilities & Capabilities.CLIENT_DEPRECATE_EOF else _end_as_eof
    return make(min(warnings, 0xFFFF))


def _end_as_ok(warnings: int) -> bytes:
    packet: bytes = make_ok(Capabilities.CLIENT_PROTOCOL_41, _STATUS, eof=True, warnings=warnings)
    return packet


def _end_as_eof(warnings: int) -> bytes:
    packet: bytes = make_eof(Capabilities.CLIENT_PROTOCOL_41, _STATUS, warnings=warnings)
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
    if not dialect.capabilities & Capabilities.CLIENT_DEPRECATE_EOF:
        yield end_packet(dialect)
    for row in result.rows:
        yield _row(row, result.fields, dialect.charset)
    yield end_packet(dialect, result.warnings)


def _longest(rows: Iterable[Sequence[Value]], position: int) -> int | None:
    """Return the length in characters of a column's longest text, None where the rows are not here yet."""
    if not isinstance(rows, list | tuple):
        return None
    return max((len(cell) for row in rows if isinstance(cell := row[position], str)), default=0)


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


def _cell(value: Value, charset: Charset) -> bytes:
    if value is None:
        return _NULL
    return str_len(charset.encode(value) if isinstance(value, str) else b"%d" % value)
