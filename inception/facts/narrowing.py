"""Whether a changed column may not hold every value that it held before. Pure."""

from collections.abc import Iterator

from inception.facts.types import BLOBS, BYTES, CHARACTERS, INTEGERS, TEXTS, type_text
from inception.schema.model import Column
from inception.schema.settle import bytes_per_character

_UNICODE = {"utf8mb4": 4, "utf16": 4, "utf16le": 4, "utf32": 4, "gb18030": 4, "utf8mb3": 3, "utf8": 3, "ucs2": 3}
_SIZES = {"tiny": 2**8 - 1, "medium": 2**24 - 1, "long": 2**32 - 1}
_TEMPORAL = ("time", "datetime", "timestamp")


def narrows(old: Column, new: Column, old_charset: str | None, new_charset: str | None) -> Iterator[str]:
    """Yield a reason for each way in which the new column may lose data of the old one."""
    if not old.type:  # of a table made from a query
        return
    if old.nullable and not new.nullable and not old.auto_increment:
        yield "NULL becomes NOT NULL"
    if old.generated or new.generated:
        return
    if _narrower(old, new, old_charset, new_charset):
        labels = old.type == new.type and old.type in ("enum", "set")
        yield "labels are taken away" if labels else f"{type_text(old)} becomes {type_text(new)}"
    elif text_may_be_lost(old, old_charset, new_charset) and is_text(new):
        yield f"{new_charset} cannot hold every text of {old_charset}"


def is_text(column: Column) -> bool:
    """Tell whether a column has a character set."""
    return (column.type in CHARACTERS | TEXTS or column.type in ("enum", "set")) and column.charset != "binary"


def text_may_be_lost(column: Column, old: str | None, new: str | None) -> bool:
    """Tell whether texts in one character set may not be texts in another; unknown ones are taken to be equal."""
    if not is_text(column) or not old or not new or old.lower() == new.lower() or {old, new} <= {"utf8", "utf8mb3"}:
        return False
    if old.lower() in ("ascii", "binary") or new.lower() == "binary":
        return False
    reach = _UNICODE.get(new.lower(), 0)
    return reach < _UNICODE.get(old.lower(), 3)


def _narrower(old: Column, new: Column, old_charset: str | None, new_charset: str | None) -> bool:
    if old.type in INTEGERS and new.type in INTEGERS:
        return not _within(_range(old), _range(new))
    if old.type == "decimal" and new.type == "decimal":
        return _whole(new) < _whole(old) or (new.decimals or 0) < (old.decimals or 0) or (new.unsigned > old.unsigned)
    if old.type in INTEGERS and new.type == "decimal":
        low, high = _range(old)
        return 10 ** _whole(new) <= max(abs(low), high) or (new.unsigned and not old.unsigned)
    if {old.type, new.type} <= {"float", "double"}:
        return (old.type == "double" and new.type == "float") or new.unsigned > old.unsigned
    if _capacity(old, old_charset) and _capacity(new, new_charset):
        return _shorter(old, new, old_charset, new_charset)
    if old.type == new.type:
        return _same_type(old, new)
    return not _widens(old, new, new_charset)


def _same_type(old: Column, new: Column) -> bool:
    if old.type in ("enum", "set"):
        return not set(old.values) <= set(new.values)
    if old.type in _TEMPORAL or old.type == "bit":
        return (new.length or 0) < (old.length or 0)
    return False


def _widens(old: Column, new: Column, charset: str | None) -> bool:
    """Tell whether every value of one type is a value of another type."""
    if (old.type, new.type) in (("date", "datetime"), ("timestamp", "datetime"), ("json", "longtext")):
        return old.type != "timestamp" or (new.length or 0) >= (old.length or 0)
    room = _capacity(new, charset)
    if room is None or new.type in BYTES | BLOBS:
        return False
    longest = _longest_text(old)
    return longest is not None and longest <= (room[0] or room[1])


def _longest_text(column: Column) -> int | None:
    """Return how many characters a value of a type takes as a text at most; None where that is not known."""
    if column.type in INTEGERS:
        return len(str(_range(column)[1])) + (0 if column.unsigned else 1)
    if column.type == "decimal":
        return (column.length or 10) + 2
    if column.type == "enum":
        return max((len(value) for value in column.values), default=0)
    if column.type == "set":
        return sum(len(value) + 1 for value in column.values) - 1
    return {"date": 10, "datetime": 26, "timestamp": 26, "time": 17, "year": 4}.get(column.type)


def _shorter(old: Column, new: Column, old_charset: str | None, new_charset: str | None) -> bool:
    """Compare texts and bytes; each has a limit in characters (0: none) and one in bytes."""
    before, after = _capacity(old, old_charset), _capacity(new, new_charset)
    if before is None or after is None:
        return False
    most_characters = before[0] or before[1]
    most_bytes = before[1] if before[0] == 0 else before[0] * bytes_per_character(new_charset)
    if new.type in BYTES | BLOBS:
        return before[1] > after[1]
    return (after[0] != 0 and most_characters > after[0]) or (after[0] == 0 and most_bytes > after[1])


def _capacity(column: Column, charset: str | None) -> tuple[int, int] | None:
    """Return (characters, 0 where bytes are the limit; bytes) of a text or byte column; None for others."""
    length = 1 if column.length is None else column.length
    if column.type in CHARACTERS:
        return length, length * bytes_per_character(charset)
    if column.type in BYTES:
        return 0, length
    if column.type in TEXTS | BLOBS:
        return 0, next((size for word, size in _SIZES.items() if column.type.startswith(word)), 2**16 - 1)
    return None


def _range(column: Column) -> tuple[int, int]:
    bits = INTEGERS[column.type] * 8
    return (0, 2**bits - 1) if column.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _whole(column: Column) -> int:
    return (10 if column.length is None else column.length) - (column.decimals or 0)
