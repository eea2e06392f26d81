"""A column's bytes in a row image → the SQL literal that restores it: pure.

Each literal restores its value exactly, or makes the server refuse it, in every session: whatever its sql_mode,
character set and time zone. So text is plain only where it is printable ASCII without backslashes (a client or a
server that takes the statement through another character set turns the rest into '?'), and hexadecimal with the
column's own character set as introducer elsewhere.

The layouts are those of pack() and of the binary formats in MySQL's sql/field.cc, strings/decimal.cc and
sql-common/my_time.cc.
"""

import re
import struct
from calendar import monthrange
from collections.abc import Callable

from inception.sql import quote_bytes, quote_portable

Literal = Callable[[bytes], str]

_plain = re.compile(rb"[ -\[\]-~]*").fullmatch
_LARGEST_FLOAT: float = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_MINUS_ZERO = "0e0*-1"  # '-0.0' is an exact number, which has no negative zero; MariaDB makes 0 of '-0e0' too
FAIL = "EXP(999)"  # an error in every session: 1690, the value is out of range
_DIGIT_BYTES = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)  # bytes of the digits of a DECIMAL that fill no group of nine


def integer(size: int, unsigned: bool) -> Literal:
    """Return how an integer of `size` bytes is written."""
    code = {1: "b", 2: "h", 4: "i", 8: "q"}.get(size)
    if code is None:
        return lambda raw: str(int.from_bytes(raw, "little", signed=not unsigned))
    unpack = struct.Struct("<" + (code.upper() if unsigned else code)).unpack
    return lambda raw: str(unpack(raw)[0])


def decimal(precision: int, scale: int) -> Literal:
    """Return how a DECIMAL is written: groups of nine digits, big-endian, the sign bit inverted."""
    whole = precision - scale
    lead, tail = _DIGIT_BYTES[whole % 9], _DIGIT_BYTES[scale % 9]
    point = lead + whole // 9 * 4
    size = decimal_size(precision, scale)
    inverted, sign = (1 << 8 * size) - 1, 1 << 8 * size - 1
    cuts = [(0, lead), *((at, at + 4) for at in range(lead, point, 4))]
    fractions = [(at, at + 4, 9) for at in range(point, size - tail, 4)]
    if tail:
        fractions.append((size - tail, size, scale % 9))

    def literal(raw: bytes) -> str:
        number = int.from_bytes(raw, "big") ^ sign
        negative = number & sign
        digits = (number ^ inverted if negative else number).to_bytes(size, "big")
        text = "".join(["%09d" % int.from_bytes(digits[a:b], "big") for a, b in cuts]).lstrip("0") or "0"  # noqa: UP031
        if scale:
            text += "." + "".join([f"{int.from_bytes(digits[a:b], 'big'):0{n}d}" for a, b, n in fractions])
        return "-" + text if negative else text

    return literal


def decimal_size(precision: int, scale: int) -> int:
    """Return how many bytes a DECIMAL takes."""
    whole = precision - scale
    return whole // 9 * 4 + _DIGIT_BYTES[whole % 9] + scale // 9 * 4 + _DIGIT_BYTES[scale % 9]


def float32(raw: bytes) -> str:
    """Write a FLOAT with as few digits as restore it; the server compares with the largest before it rounds."""
    value: float = struct.unpack("<f", raw)[0]
    if value == 0:
        return _zero(value)
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if abs(float(text)) <= _LARGEST_FLOAT and struct.pack("<f", float(text)) == raw:
            return text
    return repr(value)


def float64(raw: bytes) -> str:
    """Write a DOUBLE with as few digits as restore it."""
    value: float = struct.unpack("<d", raw)[0]
    return repr(value) if value else _zero(value)


def _zero(value: float) -> str:
    return _MINUS_ZERO if str(value).startswith("-") else "0"


def text(charset: str) -> Literal:
    """Return how text of a character set is written. The name is as the server prints it: it knows that one."""
    introducer = f"_{charset} "

    def literal(raw: bytes) -> str:
        if _plain(raw):
            return quote_portable(raw.decode("ascii"))
        return introducer + quote_bytes(raw)

    return literal


def binary(size: int) -> Literal:
    """Return how a BINARY is written: the server cuts off the zero bytes at its end, which belong to the value."""
    return lambda raw: quote_bytes(raw.ljust(size, b"\0"))


def date(raw: bytes) -> str:
    """Write a DATE: day 5 bits, month 4, year 15, little-endian."""
    packed = int.from_bytes(raw, "little")
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    return _day_literal("DATE", year, month, day) + f"'{year:04d}-{month:02d}-{day:02d}'"


def datetime(digits: int) -> Literal:
    """Return how a DATETIME with that many digits of a second is written."""

    def literal(raw: bytes) -> str:
        packed = int.from_bytes(raw[:5], "big") - 0x8000000000
        (year, month), day = divmod(packed >> 22, 13), packed >> 17 & 31
        clock = f"{packed >> 12 & 31:02d}:{packed >> 6 & 63:02d}:{packed & 63:02d}{_fraction(raw[5:], digits)}"
        return _day_literal("TIMESTAMP", year, month, day) + f"'{year:04d}-{month:02d}-{day:02d} {clock}'"

    return literal


def _day_literal(keyword: str, year: int, month: int, day: int) -> str:
    """Return what goes before a date: a keyword for one that is partly zero or not in the calendar.

    Without strict mode a session that does not allow such a date makes 0000-00-00 of a string, but refuses
    DATE'…' and TIMESTAMP'…' (error 1525). 0000-00-00 itself is kept or refused by every session.
    """
    if not (year or month or day):
        return ""
    return "" if 1 <= month <= 12 and (1 <= day <= 28 or 28 < day <= _days(year, month)) else keyword


def _days(year: int, month: int) -> int:
    """Return the days of a month; in the year 0, which servers disagree on, February has 28."""
    return 28 if month == 2 and not year else monthrange(year or 1, month)[1]


def timestamp(digits: int) -> Literal:
    """Return how a TIMESTAMP is written: by its seconds since 1970, since the session's time zone is not known.

    The server goes through the local time of the session, and takes the first of the two where there are two (the
    end of daylight saving time). So the statement itself asks whether the seconds come back, and fails
    (error 1690) where they do not; `SET time_zone = '+00:00'` is the remedy.
    """

    def literal(raw: bytes) -> str:
        if not any(raw):
            return f"'0000-00-00 00:00:00{_fraction(raw[4:], digits)}'"
        seconds = f"{int.from_bytes(raw[:4], 'big')}{_fraction(raw[4:], digits)}"
        time = f"FROM_UNIXTIME({seconds})"
        return f"IF(UNIX_TIMESTAMP({time})={seconds},{time},{FAIL})"

    return literal


def unix_time(digits: int) -> Literal:
    """Return how UNIX_TIMESTAMP() of a TIMESTAMP is written; that of 0000-00-00 is 0."""
    return lambda raw: f"{int.from_bytes(raw[:4], 'big')}{_fraction(raw[4:], digits)}"


def time(digits: int) -> Literal:
    """Return how a TIME is written: one number with its fraction, which is negative as a whole."""
    size = (digits + 1) // 2
    zero, mask = 0x800000 << 8 * size, (1 << 8 * size) - 1

    def literal(raw: bytes) -> str:
        signed = int.from_bytes(raw, "big") - zero
        packed = abs(signed)
        whole, fraction = packed >> 8 * size, (packed & mask).to_bytes(size, "big")
        clock = f"{whole >> 12 & 1023:02d}:{whole >> 6 & 63:02d}:{whole & 63:02d}{_fraction(fraction, digits)}"
        return f"'-{clock}'" if signed < 0 else f"'{clock}'"

    return literal


def year(raw: bytes) -> str:
    """Write a YEAR, as a number: the number 0 is 0000, while '0' would be 2000."""
    return str(raw[0] + 1900) if raw[0] else "0"


def _fraction(raw: bytes, digits: int) -> str:
    """Return the fraction of a second with its point: hundredths in 1 byte, 1/10000 in 2, microseconds in 3."""
    return f".{int.from_bytes(raw, 'big'):0{2 * len(raw)}d}"[: digits + 1] if digits else ""
