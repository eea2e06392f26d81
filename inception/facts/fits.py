"""Whether a column's type takes a literal as its default: what CREATE TABLE refuses with ER_INVALID_DEFAULT. Pure.

Manual: "Data Type Default Values", "Out-of-Range and Overflow Handling", "Server SQL Modes".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from inception.facts.literals import Literal
from inception.facts.temporal import (
    DateRules,
    date_of_number,
    is_date,
    is_time,
    is_time_number,
    is_timestamp,
    is_year,
    without_rest,
)
from inception.facts.types import INTEGERS
from inception.schema.model import Column
from inception.world import Server

_LARGEST_FLOAT = Decimal("3.402823466e38")
_LARGEST_DOUBLE = Decimal("1.7976931348623157e308")
MOST_DIGITS = 65  # of a DECIMAL
_EXACT = Context(prec=300)  # more digits than any number here has after rounding
# Character sets whose text Python can check; others are taken to hold everything.
_CODECS = {"latin1": "cp1252", "ascii": "ascii", "gbk": "gbk", "gb2312": "gb2312", "big5": "big5", "latin2": "latin2"}


@dataclass(frozen=True)
class Target:
    """What of the target decides on literals."""

    mariadb: bool
    strict: bool
    dates: DateRules
    last_timestamp: datetime

    @classmethod
    def of(cls, server: Server) -> "Target":
        """Take it from what is known of a server. MySQL minds zero dates in strict mode only, MariaDB always."""
        mariadb, mode = server.version.mariadb, server.sql_mode
        minds = mariadb or server.strict
        dates = DateRules(
            zero=not (minds and "NO_ZERO_DATE" in mode),
            zero_in_date=not (minds and "NO_ZERO_IN_DATE" in mode),
            invalid="ALLOW_INVALID_DATES" in mode,
        )
        wide = mariadb and server.version.number >= (11, 5, 0)
        return cls(mariadb, server.strict, dates, datetime(2106, 2, 8) if wide else datetime(2038, 1, 20))


def fits(literal: Literal, column: Column, charset: str | None, target: Target) -> bool:
    """Tell whether a column's default may be that literal; types that are not known take everything."""
    check = _CHECKS.get(column.type)
    return check is None or check(literal, column, charset, target)


def _number(literal: Literal, target: Target) -> Decimal | None:
    """Return a literal as a number; None where it is none. MariaDB takes x'…' for a text, MySQL for a number."""
    number = literal.number
    if number is not None and not (literal.hexadecimal and target.mariadb):
        return number
    try:
        found = Decimal(literal.text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _integer(literal: Literal, column: Column, _: str | None, target: Target) -> bool:
    number = _number(literal, target)
    if number is None:
        return False
    bits = INTEGERS[column.type] * 8
    low, high = (0, 2**bits - 1) if column.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return abs(number.adjusted()) < 100 and low <= number.to_integral_value(ROUND_HALF_UP) <= high


def _decimal(literal: Literal, column: Column, _: str | None, target: Target) -> bool:
    number = _number(literal, target)
    if number is None:
        return not target.mariadb and not target.strict
    if column.unsigned and number < 0:
        return False
    if max(column.length or 0, column.decimals or 0) > MOST_DIGITS:
        return True  # there is no such column: column_type says so
    whole = (column.length or 10) - (column.decimals or 0)
    if abs(number.adjusted()) > 200:
        return number == 0 or number.adjusted() < 0
    rounded = number.quantize(Decimal(1).scaleb(-(column.decimals or 0)), ROUND_HALF_UP, _EXACT)
    return abs(rounded) < Decimal(10) ** whole


def _real(literal: Literal, column: Column, charset: str | None, target: Target) -> bool:
    number = _number(literal, target)
    if number is None or (column.unsigned and number < 0):
        return False
    if column.decimals is not None:
        return _decimal(literal, column, charset, target)
    return abs(number) <= (_LARGEST_FLOAT if column.type == "float" else _LARGEST_DOUBLE)


def _bit(literal: Literal, column: Column, _: str | None, __: Target) -> bool:
    size = column.length or 1
    if isinstance(literal.value, str):
        return int.from_bytes(literal.value.encode("utf-8", "surrogateescape")).bit_length() <= size
    number = int(literal.number or 0)
    return number >= 0 and number.bit_length() <= size


def _characters(literal: Literal, column: Column, charset: str | None, target: Target) -> bool:
    text = literal.text
    if isinstance(literal.value, bytes) and not text.isprintable():
        return True  # bytes in a character set that we do not look into
    spaces_go = column.type == "char" or not target.mariadb
    if len(text.rstrip(" ") if spaces_go else text) > (1 if column.length is None else column.length):
        return False
    if charset in ("utf8mb3", "utf8"):
        return all(ord(character) < 0x10000 for character in text)
    try:
        text.encode(_CODECS.get((charset or "").lower(), "utf-8"), "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _bytes(literal: Literal, column: Column, _: str | None, __: Target) -> bool:
    size = len(literal.value) if isinstance(literal.value, bytes) else len(literal.text.encode("utf-8", "replace"))
    return size <= (1 if column.length is None else column.length)


def _label(text: str) -> str:
    return text.rstrip(" ").casefold()


def _enum(literal: Literal, column: Column, _: str | None, __: Target) -> bool:
    return _label(literal.text) in {_label(value) for value in column.values}


def _set(literal: Literal, column: Column, _: str | None, __: Target) -> bool:
    text = literal.text.rstrip(" ")
    known = {_label(value) for value in column.values}
    return not text or all(_label(part) in known for part in text.split(","))


def _date_text(literal: Literal, target: Target) -> str:
    number = None if isinstance(literal.value, bytes) else literal.number
    if number is not None:
        return date_of_number(int(number)) if number >= 0 else "-"
    return literal.text if target.mariadb or target.strict else without_rest(literal.text)


def _date(literal: Literal, _: Column, __: str | None, target: Target) -> bool:
    return is_date(_date_text(literal, target), target.dates)


def _timestamp(literal: Literal, _: Column, __: str | None, target: Target) -> bool:
    return is_timestamp(_date_text(literal, target), target.dates, target.last_timestamp)


def _time(literal: Literal, _: Column, __: str | None, target: Target) -> bool:
    if isinstance(literal.value, Decimal):
        return is_time_number(int(literal.value))
    return is_time(literal.text if target.mariadb or target.strict else without_rest(literal.text))


def _year(literal: Literal, _: Column, __: str | None, target: Target) -> bool:
    number = _number(literal, target)
    return number is not None and is_year(int(number), text=literal.text)


_CHECKS: dict[str, Callable[[Literal, Column, str | None, Target], bool]] = {
    **dict.fromkeys(INTEGERS, _integer),
    "decimal": _decimal,
    "float": _real,
    "double": _real,
    "bit": _bit,
    "char": _characters,
    "varchar": _characters,
    "binary": _bytes,
    "varbinary": _bytes,
    "enum": _enum,
    "set": _set,
    "date": _date,
    "datetime": _date,
    "timestamp": _timestamp,
    "time": _time,
    "year": _year,
}
