"""TIMESTAMP, DATETIME and TIME in the formats before MySQL 5.6 → those of today: pure.

Tables made before, and tables of MariaDB made with mysql56_temporal_format=OFF, keep them until they are rebuilt.
With fractions they are MariaDB's own. The table map has a type code of theirs and no metadata, so that the number of
digits comes from the definition. The layouts are those of Field_timestamp0, Field_datetime_hires and their kin in
MariaDB's sql/field.cc.
"""

from collections.abc import Callable

CODES = frozenset({7, 11, 12})

_Translation = Callable[[bytes], bytes]
_TIME_SIZES = (3, 4, 4, 5, 5, 5, 6)
_DATETIME_SIZES = (5, 6, 6, 7, 7, 7, 8)
_LARGEST_TIME = 838 * 3600 + 59 * 60 + 59 + 1  # seconds; what is added so that no value is negative


def layout(kind: str, digits: int) -> tuple[int, int, _Translation]:
    """Return the type code, the size, and what translates the bytes of a value into today's layout."""
    match kind:
        case "timestamp":
            return 7, 4 + (digits + 1) // 2, _timestamp(digits)
        case "datetime":
            return 12, _DATETIME_SIZES[digits] if digits else 8, _datetime(digits)
        case _:
            return 11, _TIME_SIZES[digits], _time(digits)


def _timestamp(digits: int) -> _Translation:
    if not digits:
        return lambda raw: raw[::-1]
    return lambda raw: raw[:4] + _fraction(int.from_bytes(raw[4:], "big") * 10 ** (6 - digits), digits)


def _datetime(digits: int) -> _Translation:
    def decimal(raw: bytes) -> bytes:
        date, clock = divmod(int.from_bytes(raw, "little"), 1_000_000)
        (year, month), day = divmod(date // 100, 100), date % 100
        return _packed_datetime(year, month, day, clock // 10000, clock // 100 % 100, clock % 100)

    def packed(raw: bytes) -> bytes:
        rest, micros = divmod(int.from_bytes(raw, "big") * 10 ** (6 - digits), 1_000_000)
        rest, second = divmod(rest, 60)
        rest, minute = divmod(rest, 60)
        rest, hour = divmod(rest, 24)
        rest, day = divmod(rest, 32)
        year, month = divmod(rest, 13)
        return _packed_datetime(year, month, day, hour, minute, second) + _fraction(micros, digits)

    return packed if digits else decimal


def _packed_datetime(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bytes:
    date = (year * 13 + month) << 5 | day
    return (0x8000000000 + (date << 17 | hour << 12 | minute << 6 | second)).to_bytes(5, "big")


def _time(digits: int) -> _Translation:
    size = (digits + 1) // 2

    def decimal(raw: bytes) -> bytes:
        number = int.from_bytes(raw, "little", signed=True)
        clock = abs(number)
        return _packed_time(number < 0, clock // 10000 * 3600 + clock // 100 % 100 * 60 + clock % 100, 0)

    def packed(raw: bytes) -> bytes:
        unit = 10 ** (6 - digits)
        micros = int.from_bytes(raw, "big") * unit - _LARGEST_TIME * 1_000_000
        return _packed_time(micros < 0, *divmod(abs(micros), 1_000_000))

    def _packed_time(negative: bool, seconds: int, micros: int) -> bytes:
        (hour, minute), second = divmod(seconds // 60, 60), seconds % 60
        whole = (hour << 12 | minute << 6 | second) << 8 * size | int.from_bytes(_fraction(micros, digits), "big")
        zero = 0x800000 << 8 * size
        return (zero - whole if negative else zero + whole).to_bytes(3 + size, "big")

    return packed if digits else decimal


def _fraction(micros: int, digits: int) -> bytes:
    """Return the microseconds as hundredths, 1/10000 or microseconds in 1, 2 or 3 bytes."""
    size = (digits + 1) // 2
    return (micros // (10_000, 100, 1)[size - 1]).to_bytes(size, "big")
