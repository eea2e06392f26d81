"""What a table map says of the columns, and whether a definition fits it: pure.

The optional metadata is what binlog_row_metadata adds: MySQL always says something, MariaDB nothing by default. The
layout is that of Table_map_event in MySQL's libs/mysql/binlog/event/rows_event.h.
"""

from collections.abc import Iterator

from inception.binlog.charsets import CHARSET_OF_COLLATION
from inception.binlog.events import TableMap
from inception.binlog.lengths import read_length
from inception.binlog.types import (
    BIT,
    BLOB,
    BLOB_COMPRESSED,
    DECIMAL,
    ENUM,
    GEOMETRY,
    JSON,
    SET,
    STRING,
    VARCHAR,
    VARCHAR_COMPRESSED,
    VECTOR,
    YEAR,
    Form,
    form_of,
)  # fmt: skip
from inception.errors import BinlogError, DefinitionChanged
from inception.schema.model import Column, Table

_METADATA_SIZE = {4: 1, 5: 1, 17: 1, 18: 1, 19: 1, VECTOR: 1, JSON: 1, BLOB: 1, GEOMETRY: 1, BLOB_COMPRESSED: 1}
_METADATA_SIZE |= {BIT: 2, VARCHAR: 2, DECIMAL: 2, ENUM: 2, SET: 2, STRING: 2, VARCHAR_COMPRESSED: 2}
_BIG_ENDIAN = frozenset({DECIMAL, STRING})  # two single bytes rather than a number
_NUMERIC = frozenset({1, 2, 9, 3, 8, 4, 5, DECIMAL, YEAR})  # codes that have a bit in SIGNEDNESS
# Codes that have a collation in the table map.
_CHARACTER = frozenset({VARCHAR, VARCHAR_COMPRESSED, BLOB, BLOB_COMPRESSED, STRING, VECTOR})
_CHARACTER_OR_SHAPE = _CHARACTER | {GEOMETRY}
_SIGNEDNESS, _DEFAULT_CHARSET, _COLUMN_CHARSET, _COLUMN_NAME, _SET_LABELS, _ENUM_LABELS = range(1, 7)


def forms_for(table_map: TableMap, table: Table) -> list[Form]:
    """Return how the values of each column lie in the rows of this table map.

    Raises BinlogError where the definition does not fit it (another session altered the table in between), or has a
    type that is not supported.
    """
    logged = list(_types(table_map))
    if len(logged) != len(table.columns):
        raise _changed(table, f"rows of {len(logged)} columns were logged, it has {len(table.columns)}")
    forms = [form_of(table, column, code) for column, (code, _) in zip(table.columns, logged, strict=True)]
    for found, form, column in zip(logged, forms, table.columns, strict=True):
        if found != (form.code, form.metadata):
            raise _changed(table, f"column '{column.name}' was logged with another type")
    _check_optional(table_map, table, forms)
    return forms


def has_names(table_map: TableMap) -> bool:
    """Tell whether the table map has the names of its columns, which binlog_row_metadata=FULL adds."""
    return any(kind == _COLUMN_NAME for kind, _ in _fields(table_map.optional))


def _changed(table: Table, how: str) -> DefinitionChanged:
    return DefinitionChanged(f"The definition of {table.name} changed while its rows were read: {how}.")


def _check_optional(table_map: TableMap, table: Table, forms: list[Form]) -> None:
    try:
        fields = dict(_fields(table_map.optional))
        if _SIGNEDNESS in fields:
            _check_signs(fields[_SIGNEDNESS], table, forms)
        if _COLUMN_NAME in fields and list(_strings(fields[_COLUMN_NAME])) != [_folded(c) for c in table.columns]:
            raise _changed(table, "its columns had other names")
        _check_charsets(fields, table, forms)
        for kind, code in ((_ENUM_LABELS, ENUM), (_SET_LABELS, SET)):
            if kind in fields:
                _check_labels(fields[kind], code, table, forms)
    except (IndexError, ValueError):
        raise BinlogError(f"The table map of {table.name} is damaged.") from None


def _folded(column: Column) -> str:
    return column.name.casefold()


def _check_signs(bits: bytes, table: Table, forms: list[Form]) -> None:
    signs = iter([bool(byte >> bit & 1) for byte in bits for bit in range(7, -1, -1)])
    for form, column in zip(forms, table.columns, strict=True):
        if form.code in _NUMERIC and next(signs, False) != (column.unsigned or form.code == YEAR):
            raise _changed(table, f"column '{column.name}' was logged with another sign")


def _check_charsets(fields: dict[int, bytes], table: Table, forms: list[Form]) -> None:
    """Compare the character sets of text columns, where the table map has them and we know their collations.

    MariaDB counts GEOMETRY among text and MySQL does not: with such a column only a list of all says which are meant.
    """
    texts = [column for form, column in zip(forms, table.columns, strict=True) if form.code in _CHARACTER]
    columns = [column for form, column in zip(forms, table.columns, strict=True) if form.code in _CHARACTER_OR_SHAPE]
    collations: list[int] = []
    if _COLUMN_CHARSET in fields:
        collations = list(_integers(fields[_COLUMN_CHARSET]))
        columns = texts if len(collations) == len(texts) else columns
    elif _DEFAULT_CHARSET in fields and len(texts) == len(columns):
        default, *pairs = _integers(fields[_DEFAULT_CHARSET])
        others = dict(zip(pairs[::2], pairs[1::2], strict=True))
        collations = [others.get(number, default) for number in range(len(texts))]
    for collation, column in zip(collations, columns, strict=False):
        charset = CHARSET_OF_COLLATION.get(collation)
        if charset and charset != _alias(table, column):
            raise _changed(table, f"column '{column.name}' was logged in the character set {charset}")


def _alias(table: Table, column: Column) -> str:
    """Return the character set of a column's bytes, as collations name it."""
    if not column.type.lower().endswith(("char", "text")):
        return "binary"
    charset = (table.charset_of(column) or "").lower()
    return "utf8mb3" if charset == "utf8" else charset


def _check_labels(data: bytes, code: int, table: Table, forms: list[Form]) -> None:
    """Compare the labels of ENUM or SET columns: their number, and those that are ASCII in the table map."""
    at = 0
    for form, column in zip(forms, table.columns, strict=True):
        if form.code != code:
            continue
        count, at = read_length(data, at)
        logged = []
        for _ in range(count):
            size, at = read_length(data, at)
            logged.append(data[at : at + size])
            at += size
        if count != len(column.values) or any(
            raw.isascii() and b"\0" not in raw and label.isascii() and raw.decode() != label
            for raw, label in zip(logged, column.values, strict=True)
        ):
            raise _changed(table, f"column '{column.name}' was logged with other labels")


def _types(table_map: TableMap) -> Iterator[tuple[int, int]]:
    """Yield the type code and metadata of each column of a table map."""
    at = 0
    for code in table_map.types:
        size = _METADATA_SIZE.get(code, 0)
        raw = table_map.metadata[at : at + size]
        at += size
        metadata = int.from_bytes(raw, "big" if code in _BIG_ENDIAN else "little")
        yield _string_type(metadata) if code == STRING else (code, metadata)
    if at != len(table_map.metadata):
        raise BinlogError(f"The table map of {table_map.database}.{table_map.table} has types that are not known.")


def _string_type(metadata: int) -> tuple[int, int]:
    """Return the real type and size behind type STRING: ENUM and SET hide there, and sizes over 255.

    Two bits of a size over 255 are kept, inverted, in the byte of the type.
    """
    real, size = metadata >> 8, metadata & 0xFF
    if real & 0x30 != 0x30:
        return real | 0x30, size | (real & 0x30 ^ 0x30) << 4
    return real, size


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind = data[at]
        size, at = read_length(data, at + 1)
        yield kind, data[at : at + size]
        at += size


def _integers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = read_length(data, at)
        yield number


def _strings(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        size, at = read_length(data, at)
        yield data[at : at + size].decode("utf-8", "replace").casefold()
        at += size
