"""Answers as packets: OK, result sets in text and in binary rows, errors. No I/O, no framing.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value
from inception.charset import UTF8MB4, Charset, shown_length
from inception.errors import InceptionError
from inception.wire.codecs import (
    Capabilities,
    ColumnDefinition,
    ColumnType,
    ServerStatus,
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
_LENGTHS = [uint_len(length) for length in range(251)]  # those of one byte
_DEPRECATE_EOF = int(Capabilities.CLIENT_DEPRECATE_EOF)  # a plain int: flags of enum are slow to combine
_STATUS = int(ServerStatus.SERVER_STATUS_AUTOCOMMIT)
_MORE = _STATUS | int(ServerStatus.SERVER_MORE_RESULTS_EXISTS)
_TWO_NUMBERS = struct.Struct("<HH")


class Dialect(NamedTuple):
    """How one client wants to be answered. Its capabilities are 0 until it has told them.

    `binary`: rows as for a prepared statement. `more`: another answer follows this one.
    """

    capabilities: int
    charset: Charset = UTF8MB4
    binary: bool = False
    more: bool = False

    @property
    def status(self) -> int:
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
    head = b"\0" + uint_len(max(ok.affected_rows, 0)) + b"\0"  # and no last insert id
    info = str_len(dialect.charset.encode(ok.info)) if ok.info else b""
    return head + _TWO_NUMBERS.pack(dialect.status, min(ok.warnings, 0xFFFF)) + info


def end_packet(dialect: Dialect, warnings: int = 0) -> bytes:
    """Return what ends a list of packets: EOF, or OK with EOF's header where the client has CLIENT_DEPRECATE_EOF.

    It never carries affected rows: a client library in use cannot read them there.
    """
    warnings = min(warnings, 0xFFFF)
    if dialect.has_eof:
        return b"\xfe" + _TWO_NUMBERS.pack(warnings, dialect.status)
    return b"\xfe\0\0" + _TWO_NUMBERS.pack(dialect.status, warnings)


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
    yield from _head(result.fields, _lengths(result), dialect)
    make_row = _binary_row if dialect.binary else _row
    for row in result.rows:
        yield make_row(row, result.fields, dialect.charset)
    yield end_packet(dialect, result.warnings)


def _lengths(result: ResultSet) -> tuple[int | None, ...]:
    """Return the length in characters of each text column's longest text, None where the rows are not here yet."""
    rows = result.rows if isinstance(result.rows, list | tuple) else None
    return tuple(
        None if field.type is CellType.INT or rows is None else _longest(rows, position)
        for position, field in enumerate(result.fields)
    )


def _longest(rows: Sequence[Sequence[Value]], position: int) -> int:
    """Return the length of the longest text; of one that is no VARCHAR any more, no more than that."""
    texts = [cell for row in rows if isinstance(cell := row[position], str)]
    longest = max(map(len, texts), default=0)
    if longest > _VARCHAR_BYTES or all(map(str.isascii, texts)):
        return longest
    return max(map(shown_length, texts))


@lru_cache(256)
def _head(fields: tuple[Field, ...], lengths: tuple[int | None, ...], dialect: Dialect) -> tuple[bytes, ...]:
    """Return what stands before the rows: the same for every answer of one kind."""
    definitions = [_definition(field, length, dialect.charset) for field, length in zip(fields, lengths, strict=True)]
    return (uint_len(len(fields)), *definitions, *([end_packet(dialect)] if dialect.has_eof else []))


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
    encode = charset.encode
    parts: list[bytes] = []
    for value in row:
        if value is None:
            parts.append(_NULL)
        else:
            text = encode(value) if isinstance(value, str) else b"%d" % value
            length = len(text)
            parts += (_LENGTHS[length] if length < 251 else uint_len(length), text)  # put together once: it may be long
    return b"".join(parts)


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


def prepared_packets(statement_id: int, parameters: int, dialect: Dialect) -> Iterator[bytes]:
    """Yield the answer to COM_STMT_PREPARE. The columns are told with the rows, as MySQL does for SHOW."""
    yield b"\0" + uint_4(statement_id) + uint_2(0) + uint_2(parameters) + b"\0" + uint_2(0)
    if parameters:
        yield from [_definition(Field("?"), 0, dialect.charset)] * parameters
        if dialect.has_eof:
            yield end_packet(dialect)
