"""What a column of a definition looks like in the binary log: its type code, metadata, size, and literal.

Knows each type once. Raises BinlogError for any other by name: nothing is guessed. What a table map says, and
whether it fits, is in tablemap.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from inception.binlog import json_patch, literals, old_temporal
from inception.binlog.charsets import LONGEST
from inception.binlog.literals import Literal
from inception.errors import BinlogError
from inception.schema.model import Column, Table
from inception.sql import quote_bytes


@dataclass(frozen=True)
class Form:
    """How a column's values lie in a row image: `size` bytes each, or a length of `prefix` bytes and as many bytes.

    `code` and `metadata` are what the table map says of such a column. `literal` writes a value, and
    `instant`, of a TIMESTAMP, what UNIX_TIMESTAMP() gives of it.
    """

    code: int
    metadata: int
    literal: Literal
    size: int = 0
    prefix: int = 0
    instant: Literal | None = None


BIT, YEAR, VARCHAR, JSON, DECIMAL, ENUM, SET, BLOB, STRING, GEOMETRY = 16, 13, 15, 245, 246, 247, 248, 252, 254, 255
VECTOR, BLOB_COMPRESSED, VARCHAR_COMPRESSED = 242, 140, 141
_INTEGERS = {"tinyint": (1, 1), "smallint": (2, 2), "mediumint": (9, 3), "int": (3, 4), "bigint": (8, 8)}
_BLOBS = {"tiny": 1, "": 2, "medium": 3, "long": 4}
_SHAPES = "geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection"
_FIXED: dict[str, tuple[int, Callable[[bytes], str]]] = {
    "uuid": (16, literals.uuid),
    "inet6": (16, literals.inet6),
    "inet4": (4, literals.inet4),
}
_LARGEST_ENUM = 255  # labels that one byte can number


def form_of(table: Table, column: Column, code: int | None = None) -> Form:
    """Return how the values of a column lie in row images.

    `code` is the type that the table map says: a definition does not tell in which format MariaDB keeps times, or
    which server's VECTOR it is. Raises BinlogError, naming the column, where its type is not supported.
    """
    kind, length = column.type.lower(), column.length or 0
    if kind in _INTEGERS:
        number, size = _INTEGERS[kind]
        return Form(number, 0, literals.integer(size, column.unsigned), size)
    if kind in ("decimal", "numeric"):
        precision, scale = 10 if column.length is None else length, column.decimals or 0
        size = literals.decimal_size(precision, scale)
        return Form(DECIMAL, precision << 8 | scale, literals.decimal(precision, scale), size)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _TEMPORAL:
        return _temporal(kind, length, code)
    if kind == "bit":
        return _bit(length or 1)
    form = _string(table, column, kind) or _special(column, kind, code)
    if form is None:
        raise _unsupported(table, column, kind.upper())
    return form


_PLAIN = {
    "float": Form(4, 4, literals.float32, 4),
    "double": Form(5, 8, literals.float64, 8),
    "date": Form(10, 0, literals.date, 3),
    "year": Form(YEAR, 0, literals.year, 1),
    "json": Form(JSON, 4, json_patch.literal, prefix=4),
    **{kind: Form(GEOMETRY, 4, quote_bytes, prefix=4) for kind in _SHAPES.split()},
}
_TEMPORAL = {
    "timestamp": (17, 4, literals.timestamp),
    "datetime": (18, 5, literals.datetime),
    "time": (19, 3, literals.time),
}


def _temporal(kind: str, digits: int, code: int | None) -> Form:
    number, size, literal = _TEMPORAL[kind]
    write, instant = literal(digits), literals.unix_time(digits) if kind == "timestamp" else None
    if code not in old_temporal.CODES:
        return Form(number, digits, write, size + (digits + 1) // 2, instant=instant)
    code, size, today = old_temporal.layout(kind, digits)
    old_instant = None if instant is None else lambda raw: instant(today(raw))
    return Form(code, 0, lambda raw: write(today(raw)), size, instant=old_instant)


def _bit(bits: int) -> Form:
    """Return the form of a BIT: its metadata has the bits above whole bytes, and the whole bytes."""
    return Form(BIT, bits // 8 << 8 | bits % 8, lambda raw: str(int.from_bytes(raw, "big")), (bits + 7) // 8)


def _string(table: Table, column: Column, kind: str) -> Form | None:
    """Return the form of a string type, None for any other type."""
    length = 1 if column.length is None else column.length
    if kind == "binary":
        return Form(STRING, length, literals.binary(length), prefix=1)
    if kind == "varbinary":
        return _varying(column, length, quote_bytes)
    if kind.endswith("blob") and kind[:-4] in _BLOBS:
        return _blob(column, _BLOBS[kind[:-4]], quote_bytes)
    if kind.endswith("text") and kind[:-4] in _BLOBS:
        return _blob(column, _BLOBS[kind[:-4]], literals.text(_charset(table, column)))
    if kind in ("char", "varchar"):
        charset = _charset(table, column)
        size, literal = length * LONGEST[charset], literals.text(charset)
        if kind == "char":
            return Form(STRING, size, literal, prefix=_prefix(size))
        return _varying(column, size, literal)
    return None


def _varying(column: Column, size: int, literal: Literal) -> Form:
    if _compressed(column):
        return Form(VARCHAR_COMPRESSED, size + 1, literals.compressed(literal), prefix=_prefix(size + 1))
    return Form(VARCHAR, size, literal, prefix=_prefix(size))


def _blob(column: Column, prefix: int, literal: Literal) -> Form:
    if _compressed(column):
        return Form(BLOB_COMPRESSED, prefix, literals.compressed(literal), prefix=prefix)
    return Form(BLOB, prefix, literal, prefix=prefix)


def _compressed(column: Column) -> bool:
    return any(name == "compressed" for name, _ in column.extra)


def _special(column: Column, kind: str, code: int | None) -> Form | None:
    """Return the form of ENUM, SET, VECTOR and MariaDB's types of fixed size, None for any other type."""
    labels = column.values
    if kind == "enum":
        size = 1 if len(labels) <= _LARGEST_ENUM else 2
        return Form(ENUM, size, literals.enum(labels, plain=_plain_labels(column)), size)
    if kind == "set":
        size = (len(labels) + 7) // 8
        size = size if size <= 4 else 8
        return Form(SET, size, literals.set_(labels, plain=_plain_labels(column)), size)
    if kind == "vector" and code == VARCHAR:  # MariaDB's
        size = 4 * (column.length or 1)
        return Form(VARCHAR, size, quote_bytes, prefix=_prefix(size))
    if kind == "vector":
        return Form(VECTOR, 4, quote_bytes, prefix=4)
    if kind in _FIXED:
        size, literal = _FIXED[kind]
        return Form(STRING, size, literal, prefix=1)
    return None


# Latin letters that some collation takes for another (Swedish v and w, Lithuanian i and y, Roman i and j, u and v).
_LETTERS = str.maketrans("jyvw", "iiuu")
_plain_label = re.compile(r"[A-Za-z0-9 .:;/+*()=&%!?<>_-]*[A-Za-z0-9.:;/+*()=&%!?<>_-]").fullmatch


def _plain_labels(column: Column) -> bool:
    """Tell whether every label means itself alone as a string, in any character set and collation."""
    folded = {label.lower().translate(_LETTERS) for label in column.values}
    return len(folded) == len(column.values) and all(map(_plain_label, column.values))


def _prefix(size: int) -> int:
    return 1 if size < 256 else 2


def _charset(table: Table, column: Column) -> str:
    charset = (table.charset_of(column) or "not known").lower()
    if charset not in LONGEST:
        raise _unsupported(table, column, f"{column.type.upper()} of character set {charset}")
    return charset


def _unsupported(table: Table, column: Column, what: str) -> BinlogError:
    return BinlogError(f"Column '{column.name}' of {table.name}: type {what} is not supported.")
