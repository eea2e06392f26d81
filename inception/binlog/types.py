"""What a column of a definition looks like in the binary log: its type code, metadata, size, and literal.

Knows each supported type once. Raises BinlogError for the others by name: nothing is guessed.
"""

from dataclasses import dataclass

from inception.binlog import literals
from inception.binlog.events import TableMap
from inception.binlog.literals import Literal
from inception.errors import BinlogError
from inception.schema.model import Column, Table
from inception.sql import quote_bytes


@dataclass(frozen=True)
class Form:
    """How a column's values lie in a row image: `size` bytes each, or a length of `prefix` bytes and as many bytes.

    `code` and `metadata` are what the table map says of such a column. `literal` writes a value.
    """

    code: int
    metadata: int
    literal: Literal
    size: int = 0
    prefix: int = 0


# Bytes of the longest character, by the names that servers print; ascii and latin1 are what they are everywhere.
_CHARSETS = {"utf8mb4": 4, "utf8mb3": 3, "utf8": 3, "latin1": 1, "ascii": 1}
_INTEGERS = {"tinyint": (1, 1), "smallint": (2, 2), "mediumint": (9, 3), "int": (3, 4), "bigint": (8, 8)}
_BLOBS = {"tiny": 1, "": 2, "medium": 3, "long": 4}
_YEAR = 13
_NUMERIC = frozenset({1, 2, 9, 3, 8, 4, 5, 246, _YEAR})  # codes that have a bit in the table map's SIGNEDNESS
# Codes in table maps that no supported column has, though its definition may look as if it were one.
_FOREIGN = {
    7: "TIMESTAMP in the format before 5.6 (ALTER TABLE … FORCE renews it)",
    11: "TIME in the format before 5.6 (ALTER TABLE … FORCE renews it)",
    12: "DATETIME in the format before 5.6 (ALTER TABLE … FORCE renews it)",
    140: "BLOB COMPRESSED",
    141: "VARCHAR COMPRESSED",
}
_METADATA_SIZE = {4: 1, 5: 1, 15: 2, 16: 2, 17: 1, 18: 1, 19: 1, 242: 1, 245: 1, 246: 2, 247: 2, 248: 2}
_METADATA_SIZE |= {252: 1, 254: 2, 255: 1, 140: 1, 141: 2}
_BIG_ENDIAN = frozenset({246, 254})  # two single bytes rather than a number


def form_of(table: Table, column: Column) -> Form:
    """Return how the values of a column lie in row images; BinlogError, naming it, where its type is not supported."""
    kind, length = column.type.lower(), column.length or 0
    if kind in _INTEGERS:
        code, size = _INTEGERS[kind]
        return Form(code, 0, literals.integer(size, column.unsigned), size)
    if kind in ("decimal", "numeric"):
        precision, scale = 10 if column.length is None else length, column.decimals or 0
        size = literals.decimal_size(precision, scale)
        return Form(246, precision << 8 | scale, literals.decimal(precision, scale), size)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _TEMPORAL:
        code, size, literal = _TEMPORAL[kind]
        return Form(code, length, literal(length), size + (length + 1) // 2)
    form = _string(table, column, kind)
    if form is None:
        raise _unsupported(table, column, kind.upper())
    return form


_PLAIN = {
    "float": Form(4, 4, literals.float32, 4),
    "double": Form(5, 8, literals.float64, 8),
    "date": Form(10, 0, literals.date, 3),
    "year": Form(_YEAR, 0, literals.year, 1),
}
_TEMPORAL = {
    "timestamp": (17, 4, literals.timestamp),
    "datetime": (18, 5, literals.datetime),
    "time": (19, 3, literals.time),
}


def _string(table: Table, column: Column, kind: str) -> Form | None:
    """Return the form of a string type, None for any other type."""
    length = 1 if column.length is None else column.length
    if kind == "binary":
        return Form(254, length, literals.binary(length), prefix=1)
    if kind == "varbinary":
        return Form(15, length, quote_bytes, prefix=_prefix(length))
    if kind.endswith("blob") and kind[:-4] in _BLOBS:
        prefix = _BLOBS[kind[:-4]]
        return Form(252, prefix, quote_bytes, prefix=prefix)
    if kind.endswith("text") and kind[:-4] in _BLOBS:
        prefix = _BLOBS[kind[:-4]]
        return Form(252, prefix, literals.text(_charset(table, column)), prefix=prefix)
    if kind in ("char", "varchar"):
        charset = _charset(table, column)
        size = length * _CHARSETS[charset]
        return Form(254 if kind == "char" else 15, size, literals.text(charset), prefix=_prefix(size))
    return None


def _prefix(size: int) -> int:
    return 1 if size < 256 else 2


def _charset(table: Table, column: Column) -> str:
    charset = (table.charset_of(column) or "not known").lower()
    if charset not in _CHARSETS:
        raise _unsupported(table, column, f"{column.type.upper()} of character set {charset}")
    return charset


def _unsupported(table: Table, column: Column, what: str) -> BinlogError:
    return BinlogError(f"Column '{column.name}' of {table.name}: type {what} is not supported yet.")


def check(table_map: TableMap, table: Table, forms: list[Form]) -> None:
    """Compare a table map with the definition it is to be decoded by; BinlogError where they do not fit together."""
    logged = _types(table_map)
    if len(logged) != len(forms):
        raise _changed(table, f"rows of {len(logged)} columns were logged, it has {len(forms)}")
    signs, names = _optional(table_map, 1), _optional(table_map, 4)
    unsigned = iter([bool(byte >> bit & 1) for byte in signs or b"" for bit in range(7, -1, -1)])
    for (code, metadata), form, column in zip(logged, forms, table.columns, strict=True):
        if code in _FOREIGN:
            raise _unsupported(table, column, _FOREIGN[code])
        same = (code, metadata) == (form.code, form.metadata)
        if signs and code in _NUMERIC:
            same &= next(unsigned, False) == (column.unsigned or code == _YEAR)
        if not same:
            raise _changed(table, f"column '{column.name}' was logged with another type")
    if names is not None and _names(names) != [column.name.casefold() for column in table.columns]:
        raise _changed(table, "its columns had other names")


def _changed(table: Table, how: str) -> BinlogError:
    return BinlogError(f"The definition of {table.name} changed while its rows were read: {how}.")


def _types(table_map: TableMap) -> list[tuple[int, int]]:
    """Return the type code and metadata of each column of a table map."""
    found, at = [], 0
    for code in table_map.types:
        size = _METADATA_SIZE.get(code, 0)
        raw = table_map.metadata[at : at + size]
        at += size
        metadata = int.from_bytes(raw, "big" if code in _BIG_ENDIAN else "little")
        found.append(_string_type(metadata) if code == 254 else (code, metadata))
    if at != len(table_map.metadata):
        raise BinlogError(f"The table map of {table_map.database}.{table_map.table} has types that are not known.")
    return found


def _string_type(metadata: int) -> tuple[int, int]:
    """Return the real type and size behind type STRING: ENUM and SET hide there, and sizes over 255.

    Two bits of a size over 255 are kept, inverted, in the byte of the type.
    """
    real, size = metadata >> 8, metadata & 0xFF
    if real & 0x30 != 0x30:
        return real | 0x30, size | (real & 0x30 ^ 0x30) << 4
    return real, size


def _optional(table_map: TableMap, wanted: int) -> bytes | None:
    """Return a field of the optional metadata, None where the server did not write it."""
    data, at = table_map.optional, 0
    while at + 1 < len(data):
        kind = data[at]
        size, at = _length(data, at + 1)
        if kind == wanted:
            return data[at : at + size]
        at += size
    return None


def _names(data: bytes) -> list[str]:
    names, at = [], 0
    while at < len(data):
        size, at = _length(data, at)
        names.append(data[at : at + size].decode("utf-8", "replace").casefold())
        at += size
    return names


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Read a length that is never over 65535 here; return it and where it ends."""
    if data[at] < 251:
        return data[at], at + 1
    return int.from_bytes(data[at + 1 : at + 3], "little"), at + 3
