"""The values that a client binds to a prepared statement, from their binary form to SQL literals.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
"""

import math
import re
from collections.abc import Callable, Mapping

from inception.charset import Charset
from inception.errors import ServerError
from inception.sql import quote_bytes, quote_text
from inception.wire.codecs import ColumnType
from inception.wire.fields import Fields

_UNSIGNED = 0x8000
_DECIMAL = re.compile(rb"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+(?:[eE][+-]?\d+)?")


def literal(kind: int, fields: Fields, charset: Charset) -> str:
    """Read one value of a type as COM_STMT_EXECUTE names it, and return its literal.

    Raises ServerError 1210 for a type or a value that no literal has.
    """
    number, unsigned = kind & 0xFF, bool(kind & _UNSIGNED)
    if number in _INTEGERS:
        width = _INTEGERS[number]
        return str(fields.uint(width) if unsigned else fields.sint(width))
    if number in _OTHERS:
        return _OTHERS[number](fields)
    if number in _BINARY:
        return bytes_literal(fields.text(), charset)
    raise wrong_arguments()


def bytes_literal(data: bytes, charset: Charset) -> str:
    """Return the literal of bytes that a client sent: a text where they are one in its character set, else hexadecimal.

    Half a character in front of a quoting character could swallow that; such bytes are never put between quotes.
    """
    try:
        text = data.decode(charset.codec)
        exact = text.encode(charset.codec) == data
    except UnicodeError:
        exact = False
    return quote_text(text) if exact else quote_bytes(data)


def wrong_arguments() -> ServerError:
    """Return the error for values that cannot be bound."""
    return ServerError(1210, "Incorrect arguments to EXECUTE")


def _real(fields: Fields, width: int) -> str:
    value = fields.real(width)
    if not math.isfinite(value):
        raise wrong_arguments()
    return f"{value:.9g}" if width == 4 else repr(value)


def _decimal(fields: Fields) -> str:
    data = fields.text()
    if not _DECIMAL.fullmatch(data):
        raise wrong_arguments()
    return data.decode("ascii")


def _moment(fields: Fields) -> str:
    part = _part(fields, (0, 4, 7, 11))
    date = f"{part.uint(2):04d}-{part.uint(1):02d}-{part.uint(1):02d}" if part.left else "0000-00-00"
    return quote_text(f"{date} {_clock(part, 0)}" if part.left else date)


def _time(fields: Fields) -> str:
    part = _part(fields, (0, 8, 12))
    if not part.left:
        return quote_text("00:00:00")
    sign = "-" if part.uint(1) else ""
    return quote_text(sign + _clock(part, part.uint(4) * 24))


def _clock(part: Fields, hours: int) -> str:
    text = f"{hours + part.uint(1):02d}:{part.uint(1):02d}:{part.uint(1):02d}"
    return f"{text}.{part.uint(4):06d}" if part.left else text


def _part(fields: Fields, lengths: tuple[int, ...]) -> Fields:
    length = fields.uint(1)
    if length not in lengths:
        raise wrong_arguments()
    return Fields(fields.take(length), wrong_arguments)


_INTEGERS: Mapping[int, int] = {
    ColumnType.TINY: 1,
    ColumnType.SHORT: 2,
    ColumnType.YEAR: 2,
    ColumnType.INT24: 4,
    ColumnType.LONG: 4,
    ColumnType.LONGLONG: 8,
}
_OTHERS: Mapping[int, Callable[[Fields], str]] = {
    ColumnType.NULL: lambda _: "NULL",
    ColumnType.FLOAT: lambda fields: _real(fields, 4),
    ColumnType.DOUBLE: lambda fields: _real(fields, 8),
    ColumnType.DECIMAL: _decimal,
    ColumnType.NEWDECIMAL: _decimal,
    ColumnType.DATE: _moment,
    ColumnType.DATETIME: _moment,
    ColumnType.TIMESTAMP: _moment,
    ColumnType.TIME: _time,
}
_BINARY = frozenset(
    {
        ColumnType.VARCHAR,
        ColumnType.VAR_STRING,
        ColumnType.STRING,
        ColumnType.ENUM,
        ColumnType.SET,
        ColumnType.BIT,
        ColumnType.TINY_BLOB,
        ColumnType.MEDIUM_BLOB,
        ColumnType.LONG_BLOB,
        ColumnType.BLOB,
        ColumnType.GEOMETRY,
        ColumnType.JSON,
    }
)
