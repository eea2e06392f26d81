"""A column's bytes in a row image → the SQL literal that restores it: pure.

Each literal restores its value exactly, or makes the server refuse it, in every session: whatever its sql_mode,
character set and time zone. So text is plain only where it is printable ASCII without backslashes (a client or a
server that takes the statement through another character set turns the rest into '?'), and hexadecimal with the
column's own character set as introducer elsewhere.

The layouts are those of pack() and of the binary formats in MySQL's sql/field.cc, strings/decimal.cc and
sql-common/my_time.cc.
"""

import struct
from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from math import isfinite
from uuid import UUID

from inception.binlog.charsets import NOT_ASCII
from inception.binlog.inflate import inflate_column
from inception.errors import BinlogError
from inception.sql import quote_bytes, quote_plain, quote_portable

Literal = Callable[[bytes], str]

_PLAIN = bytes(set(range(0x20, 0x7F)) - set(b"\\"))
_LARGEST_FLOAT: float = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_MINUS_ZERO = "0e0*-1"  # '-0.0' is an exact number, which has no negative zero; MariaDB makes 0 of '-0e0' too
FAIL = "EXP(999)"  # an error in every session: 1690, the value is out of range
_TWO = [f"{number:02d}" for number in range(64)]
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
    whole, tail = precision - scale, _DIGIT_BYTES[scale % 9]
    bits = 8 * decimal_size(precision, scale)
    inverted, sign = (1 << bits) - 1, 1 << bits - 1
    point = 8 * (tail + scale // 9 * 4)  # bits of the fraction
    fraction_mask, tail_bits, tail_unit = (1 << point) - 1, 8 * tail, 10 ** (scale % 9)
    form = f"%d.%0{scale}d" if scale else "%d%.0s"
    groups, fraction_groups = whole // 9 + 1, scale // 9

    def literal(raw: bytes) -> str:
        number = int.from_bytes(raw, "big") ^ sign
        negative = number & sign
        if negative:
            number ^= inverted
        fraction = number & fraction_mask
        if fraction_groups:
            rest = fraction & (1 << tail_bits) - 1
            fraction = _grouped(fraction >> tail_bits, fraction_groups) * tail_unit + rest
        text = form % (_grouped(number >> point, groups), fraction)
        return "-" + text if negative else text

    return literal


def _grouped(number: int, groups: int) -> int:
    """Return the number whose groups of nine decimal digits are the groups of 32 bits of this one."""
    if groups == 1:
        return number
    high = _grouped(number >> 32, groups - 1)
    return high * 1_000_000_000 + (number & 0xFFFFFFFF)


def decimal_size(precision: int, scale: int) -> int:
    """Return how many bytes a DECIMAL takes."""
    whole = precision - scale
    return whole // 9 * 4 + _DIGIT_BYTES[whole % 9] + scale // 9 * 4 + _DIGIT_BYTES[scale % 9]


def float32(raw: bytes) -> str:
    """Write a FLOAT with as few digits as restore it; the server compares with the largest before it rounds."""
    value = _finite(struct.unpack("<f", raw)[0])
    if value == 0:
        return _zero(value)
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if abs(float(text)) <= _LARGEST_FLOAT and struct.pack("<f", float(text)) == raw:
            return text
    return repr(value)


def float64(raw: bytes) -> str:
    """Write a DOUBLE with as few digits as restore it."""
    value = _finite(struct.unpack("<d", raw)[0])
    return repr(value) if value else _zero(value)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise BinlogError(f"The binary log has a number that no server stores: {value}.")
    return value


def _zero(value: float) -> str:
    return _MINUS_ZERO if str(value).startswith("-") else "0"


def text(charset: str) -> Literal:
    """Return how text of a character set is written. The name is as the server prints it: it knows that one."""
    introducer = f"_{charset} "
    if charset in NOT_ASCII:
        return lambda raw: introducer + quote_bytes(raw)

    def literal(raw: bytes) -> str:
        if not raw.translate(None, _PLAIN):
            return quote_plain(raw.decode("ascii"))
        return introducer + quote_bytes(raw)

    return literal


def binary(size: int) -> Literal:
    """Return how a BINARY is written: the server cuts off the zero bytes at its end, which belong to the value."""
    return lambda raw: quote_bytes(raw.ljust(size, b"\0"))


def compressed(literal: Literal) -> Literal:
    """Return how a value of a COMPRESSED column of MariaDB is written, by how its plain value is."""
    return lambda raw: literal(inflate_column(raw))


def enum(labels: tuple[str, ...], plain: bool) -> Literal:
    """Return how an ENUM is written: by its label where labels are `plain`, else by its number.

    Number 0 is the empty string of a value that was not valid; a strict session refuses it.
    """
    written = ["0", *(quote_portable(label) if plain else str(at) for at, label in enumerate(labels, 1))]

    def literal(raw: bytes) -> str:
        number = int.from_bytes(raw, "little")
        if number >= len(written):
            raise BinlogError(f"The binary log has label {number} of an ENUM that has {len(labels)}.")
        return written[number]

    return literal


def set_(labels: tuple[str, ...], plain: bool) -> Literal:
    """Return how a SET is written: by its labels where they are `plain`, else by the number of its bits."""

    def literal(raw: bytes) -> str:
        bits = int.from_bytes(raw, "little")
        if bits >> len(labels):
            raise BinlogError(f"The binary log has labels of a SET that it has not: it has {len(labels)}.")
        if not plain:
            return str(bits)
        return quote_portable(",".join(label for at, label in enumerate(labels) if bits >> at & 1))

    return literal


def uuid(raw: bytes) -> str:
    """Write MariaDB's UUID. The server cuts off zero bytes at its end, as with BINARY."""
    return f"'{UUID(bytes=_filled(raw, 16))}'"


def inet6(raw: bytes) -> str:
    """Write MariaDB's INET6; see `uuid`."""
    return f"'{IPv6Address(_filled(raw, 16))}'"


def inet4(raw: bytes) -> str:
    """Write MariaDB's INET4; see `uuid`."""
    return f"'{IPv4Address(_filled(raw, 4))}'"


def _filled(raw: bytes, size: int) -> bytes:
    if len(raw) > size:
        raise BinlogError(f"The binary log has a value of {len(raw)} bytes for a type of {size}.")
    return raw.ljust(size, b"\0")


def date(raw: bytes) -> str:
    """Write a DATE: day 5 bits, month 4, year 15, little-endian."""
    packed = int.from_bytes(raw, "little")
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    return _day_literal("DATE", year, month, day) + f"'{year:04d}-{month:02d}-{day:02d}'"


def datetime(digits: int) -> Literal:
    """Return how a DATETIME with that many digits of a second is written."""

    fraction = _fraction(digits)

    def literal(raw: bytes) -> str:
        packed = int.from_bytes(raw[:5], "big") - 0x8000000000
        hour, minute, second = _TWO[packed >> 12 & 31], _TWO[packed >> 6 & 63], _TWO[packed & 63]
        return f"{_day(packed >> 17)} {hour}:{minute}:{second}{fraction(raw[5:])}'"

    return literal


@lru_cache(maxsize=4096)
def _day(packed: int) -> str:
    """Return the start of a DATETIME, its day: rows of one statement often have the same."""
    (year, month), day = divmod(packed >> 5, 13), packed & 31
    return f"{_day_literal('TIMESTAMP', year, month, day)}'{year:04d}-{month:02d}-{day:02d}"


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
    instant, fraction = unix_time(digits), _fraction(digits)

    def literal(raw: bytes) -> str:
        if not any(raw):
            return f"'0000-00-00 00:00:00{fraction(raw[4:])}'"
        seconds = instant(raw)
        time = f"FROM_UNIXTIME({seconds})"
        return f"IF(UNIX_TIMESTAMP({time})={seconds},{time},{FAIL})"

    return literal


def unix_time(digits: int) -> Literal:
    """Return how UNIX_TIMESTAMP() of a TIMESTAMP is written; that of 0000-00-00 is 0."""
    fraction = _fraction(digits)
    return lambda raw: f"{int.from_bytes(raw[:4], 'big')}{fraction(raw[4:])}"


def time(digits: int) -> Literal:
    """Return how a TIME is written: one number with its fraction, which is negative as a whole."""
    size = (digits + 1) // 2
    zero, mask = 0x800000 << 8 * size, (1 << 8 * size) - 1
    fraction = _fraction(digits)

    def literal(raw: bytes) -> str:
        signed = int.from_bytes(raw, "big") - zero
        packed = abs(signed)
        whole, part = packed >> 8 * size, (packed & mask).to_bytes(size, "big")
        clock = f"{whole >> 12 & 1023:02d}:{_TWO[whole >> 6 & 63]}:{_TWO[whole & 63]}{fraction(part)}"
        return f"'-{clock}'" if signed < 0 else f"'{clock}'"

    return literal


def year(raw: bytes) -> str:
    """Write a YEAR, as a number: the number 0 is 0000, while '0' would be 2000."""
    return str(raw[0] + 1900) if raw[0] else "0"


def _fraction(digits: int) -> Literal:
    """Return how a fraction of a second is written, with its point.

    There are hundredths in 1 byte, 1/10000 in 2, microseconds in 3: of an odd number of digits the last is 0.
    """
    if not digits:
        return lambda raw: ""
    form, unit = f".%0{digits}d", 10 if digits % 2 else 1
    return lambda raw: form % (int.from_bytes(raw, "big") // unit)
