"""Facts of column types that several rules need: families, and bytes in a row and in an index. Pure.

Manual: "Data Type Storage Requirements", "Limits on Table Column Count and Row Size", "InnoDB Limits".
"""

from inception.schema.model import Column
from inception.schema.settle import bytes_per_character

BLOBS = frozenset(("tinyblob", "blob", "mediumblob", "longblob"))
TEXTS = frozenset(("tinytext", "text", "mediumtext", "longtext"))
SPATIAL = frozenset(
    """geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection
    geomcollection""".split()
)
LARGE = BLOBS | TEXTS | SPATIAL | {"json"}
"""Types kept outside the row: rules on defaults and NULL leave them alone."""
CHARACTERS = frozenset(("char", "varchar"))
BYTES = frozenset(("binary", "varbinary"))
INTEGERS = {"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8}
_FIXED = {**INTEGERS, "float": 4, "double": 8, "date": 3, "year": 1, "uuid": 16, "inet6": 16, "inet4": 4}
_TEMPORAL = {"time": 3, "datetime": 5, "timestamp": 4}
_LENGTH_BYTES = {"tiny": 1, "medium": 3, "long": 4}
_POINTER = 8
_DIGITS = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)  # bytes of so many decimal digits


def content_bytes(column: Column, charset: str | None) -> int | None:
    """Return the bytes of a column's longest value without length bytes; None for BLOB, TEXT and their kin."""
    length = column.length or 0
    if column.type in CHARACTERS:
        return length * bytes_per_character("binary" if column.charset == "binary" else charset)
    if column.type in BYTES:
        return length
    if column.type in _TEMPORAL:
        return _TEMPORAL[column.type] + (length + 1) // 2
    if column.type == "decimal":
        whole, decimals = length - (column.decimals or 0), column.decimals or 0
        return whole // 9 * 4 + _DIGITS[whole % 9] + decimals // 9 * 4 + _DIGITS[decimals % 9]
    if column.type == "bit":
        return (length + 7) // 8
    if column.type == "enum":
        return 1 if len(column.values) < 256 else 2
    if column.type == "set":
        size = (len(column.values) + 7) // 8
        return size if size <= 4 else 8
    return _FIXED.get(column.type)


def row_bytes(column: Column, charset: str | None) -> int:
    """Return the bytes that a column counts in the limit of 65,535 bytes a row."""
    content = content_bytes(column, charset)
    if content is None:
        prefix = next((size for word, size in _LENGTH_BYTES.items() if column.type.startswith(word)), 2)
        return _POINTER + (4 if column.type in SPATIAL or column.type in ("json", "vector") else prefix)
    if column.type in ("varchar", "varbinary"):
        return content + (1 if content < 256 else 2)
    return content


def is_character(column: Column) -> bool:
    """Tell whether lengths of the column count characters."""
    return column.type in CHARACTERS or column.type in TEXTS


def is_string(column: Column) -> bool:
    """Tell whether an index may take a prefix of the column."""
    return column.type in CHARACTERS | BYTES | TEXTS | BLOBS


def type_text(column: Column) -> str:
    """Return the type as one writes it: int unsigned, varchar(10), decimal(10,2)."""
    numbers = [str(number) for number in (column.length, column.decimals) if number is not None]
    return column.type + (f"({','.join(numbers)})" if numbers else "") + (" unsigned" if column.unsigned else "")
