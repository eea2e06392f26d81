"""MySQL's binary JSON → the SQL that makes the same document: pure.

A document is written as its text where that says all. Values that JSON text cannot tell apart from others (DECIMAL,
dates and times, BIT, BLOB, unsigned integers) are written as SQL expressions of their types, and what holds them as
JSON_OBJECT and JSON_ARRAY. MariaDB keeps JSON as text: none of this is for it.

The layout is that of sql/json_binary.h in MySQL's source.
"""

import json
import struct
from collections.abc import Iterator

from inception.binlog import literals
from inception.errors import BinlogError
from inception.sql import quote_bytes

_SMALL_OBJECT, _LARGE_OBJECT, _SMALL_ARRAY, _LARGE_ARRAY, _LITERAL = range(5)
_DOUBLE, _STRING, _OPAQUE = 0x0B, 0x0C, 0x0F
_NUMBERS = {
    0x05: struct.Struct("<h"),
    0x06: struct.Struct("<H"),
    0x07: struct.Struct("<i"),
    0x08: struct.Struct("<I"),
    0x09: struct.Struct("<q"),
    0x0A: struct.Struct("<Q"),
    _DOUBLE: struct.Struct("<d"),
}
_UNSIGNED = frozenset({0x06, 0x08, 0x0A})
_INLINED = {False: frozenset({_LITERAL, 0x05, 0x06}), True: frozenset({_LITERAL, 0x05, 0x06, 0x07, 0x08})}
_WORDS = {0: "null", 1: "true", 2: "false"}
_LARGEST_SIGNED = 2**63 - 1
_DEEPEST = 101  # the server refuses documents deeper than 100

_TIMESTAMP, _DATE, _TIME, _DATETIME, _VARCHAR, _BIT, _DECIMAL = 7, 10, 11, 12, 15, 16, 246
_BYTES = {249: "TINYBLOB", 250: "MEDIUMBLOB", 251: "LONGBLOB", 252: "BLOB"}
_VARBINARY, _BINARY = (_VARCHAR, 253), 254

_quoted = json.encoder.encode_basestring
_text = literals.text("utf8mb4")


class _Sql(str):
    """A value that only an expression of SQL makes; a plain str is JSON text."""

    __slots__ = ()


def literal(raw: bytes) -> str:
    """Write a value of a JSON column. Raises BinlogError for one that is damaged or has a type that is not known."""
    found = _read(raw)
    return str(found) if isinstance(found, _Sql) else _text(found.encode())


def expression(raw: bytes) -> str:
    """Write a value as an expression of type JSON, for a function's argument. Raises as `literal`."""
    return _expression(_read(raw))


def _read(raw: bytes) -> str:
    if not raw:
        return "null"  # what an UPDATE IGNORE leaves in a column that is NOT NULL; the server reads it as null
    try:
        return _Reader(raw).value(raw[0], 1, 0)
    except (IndexError, KeyError, struct.error, UnicodeDecodeError):
        raise BinlogError("A JSON value in the binary log is damaged.") from None


def _expression(found: str) -> str:
    return found if isinstance(found, _Sql) else f"CAST({_text(found.encode())} AS JSON)"


class _Reader:
    """Reads one document. Offsets in damaged ones may lead anywhere, so that the number of values is bounded."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = len(data)

    def value(self, kind: int, at: int, depth: int) -> str:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise IndexError
        if kind <= _LARGE_ARRAY:
            return self._container(kind, at, depth)
        if kind == _LITERAL:
            return _WORDS[self._data[at]]
        if kind in _NUMBERS:
            return _number(kind, _NUMBERS[kind].unpack_from(self._data, at)[0])
        if kind == _STRING:
            return _quoted(self._bytes(at).decode())
        if kind == _OPAQUE:
            return _opaque(self._data[at], self._bytes(at + 1))
        raise IndexError

    def _container(self, kind: int, at: int, depth: int) -> str:
        values = list(self._values(kind, at, depth))
        plain = not any(isinstance(value, _Sql) for value in values)
        if kind in (_SMALL_ARRAY, _LARGE_ARRAY):
            return f"[{', '.join(values)}]" if plain else _Sql(f"JSON_ARRAY({','.join(map(_expression, values))})")
        keys = list(self._keys(kind, at))
        if plain:
            pairs = (f"{_quoted(key.decode())}: {value}" for key, value in zip(keys, values, strict=True))
            return "{" + ", ".join(pairs) + "}"
        members = (f"{_text(key)},{_expression(value)}" for key, value in zip(keys, values, strict=True))
        return _Sql(f"JSON_OBJECT({','.join(members)})")

    def _values(self, kind: int, at: int, depth: int) -> Iterator[str]:
        large = kind in (_LARGE_OBJECT, _LARGE_ARRAY)
        size = 4 if large else 2
        count = self._integer(at, size)
        first = at + 2 * size + (count * (size + 2) if kind in (_SMALL_OBJECT, _LARGE_OBJECT) else 0)
        inlined, end = _INLINED[large], first + count * (size + 1)
        if end > len(self._data):
            raise IndexError
        for entry in range(first, end, size + 1):
            inner = self._data[entry]
            if inner in inlined:
                yield self.value(inner, entry + 1, depth + 1)
            else:
                yield self.value(inner, at + self._integer(entry + 1, size), depth + 1)

    def _keys(self, kind: int, at: int) -> Iterator[bytes]:
        size = 4 if kind == _LARGE_OBJECT else 2
        for number in range(self._integer(at, size)):
            entry = at + 2 * size + number * (size + 2)
            yield self._slice(at + self._integer(entry, size), self._integer(entry + size, 2))

    def _bytes(self, at: int) -> bytes:
        """Return what follows a length of 7 bits a byte."""
        size = shift = 0
        while True:
            byte = self._data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return self._slice(at, size)
            if shift > 28:
                raise IndexError

    def _slice(self, at: int, size: int) -> bytes:
        if at + size > len(self._data):
            raise IndexError
        return self._data[at : at + size]

    def _integer(self, at: int, size: int) -> int:
        return int.from_bytes(self._slice(at, size), "little")


def _number(kind: int, number: float) -> str:
    """Write a number; the server reads one of JSON text as signed where it fits, a DOUBLE with its every bit."""
    if kind in _UNSIGNED and number <= _LARGEST_SIGNED:
        return _Sql(f"CAST(CAST({number} AS UNSIGNED) AS JSON)")
    return repr(number)


def _opaque(kind: int, data: bytes) -> str:
    """Write a value of an SQL type: CAST from an expression of that type, or from a column of it in JSON_TABLE."""
    if kind == _DECIMAL:
        precision, scale = data[0], data[1]
        if not 0 <= scale <= min(precision, 30) or precision > 65:
            raise IndexError
        written = literals.decimal(precision, scale)(_exactly(data[2:], literals.decimal_size(precision, scale)))
        return _cast(written if scale else f"CAST({written} AS DECIMAL(65))")
    if kind in (_DATE, _TIME, _DATETIME, _TIMESTAMP):
        return _moment(kind, int.from_bytes(_exactly(data, 8), "little", signed=True))
    if kind in _VARBINARY:
        return _cast(f"_binary {quote_bytes(data)}")
    if kind == _BIT:
        number = int.from_bytes(data, "big")
        return _column(f"'[{number}]'", "$[*]", f"BIT({8 * len(data)})")
    column = f"BINARY({len(data)})" if kind == _BINARY else _BYTES.get(kind)
    if column is None:
        raise BinlogError(f"A JSON value in the binary log holds a value of type {kind}, which cannot be written.")
    return _column(_cast(f"_binary {quote_bytes(data)}"), "$", column)


def _moment(kind: int, packed: int) -> str:
    """Write a date or time: 24 bits of microseconds below the clock, the day and the month; signed as a whole."""
    sign, packed = ("-", -packed) if packed < 0 else ("", packed)
    micros, clock, day = packed & 0xFFFFFF, packed >> 24 & 0x1FFFF, packed >> 41
    fraction = f"{clock >> 6 & 63:02d}:{clock & 63:02d}.{micros:06d}"
    if kind == _TIME:
        return _cast(f"TIME'{sign}{packed >> 36 & 0x3FF:02d}:{fraction}'")
    (year, month), day = divmod(day >> 5, 13), day & 31
    date = f"{year:04d}-{month:02d}-{day:02d}"
    if kind == _DATE:
        return _cast(f"DATE'{date}'")
    text = f"{date} {clock >> 12:02d}:{fraction}"
    if kind == _DATETIME:
        return _cast(f"TIMESTAMP'{text}'")
    # a local time that the session's zone does not have would become another one
    guard = f" WHERE IF(c=TIMESTAMP'{text}',1,{literals.FAIL})"
    return _column(f"""'["{text}"]'""", "$[*]", "TIMESTAMP(6)", guard)


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise IndexError
    return data


def _cast(expression: str) -> _Sql:
    return _Sql(f"CAST({expression} AS JSON)")


def _column(document: str, path: str, kind: str, guard: str = "") -> _Sql:
    table = f"JSON_TABLE({document},'{path}' COLUMNS (c {kind} PATH '$' ERROR ON ERROR)) t"
    return _Sql(f"(SELECT CAST(c AS JSON) FROM {table}{guard})")
