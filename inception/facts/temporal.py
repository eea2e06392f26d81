"""Whether a text or number is a date or time that MySQL takes. Pure.

Manual: "Date and Time Literals", "The DATE, DATETIME, and TIMESTAMP Types", "The TIME Type", "The YEAR Type".
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

_PUNCTUATION = r"[-/.:,;!@#$%^&*_=+~|]+"
_DATE = re.compile(rf"\s*(\d{{1,4}}){_PUNCTUATION}(\d{{1,2}}){_PUNCTUATION}(\d{{1,2}})", re.ASCII)
_CLOCK = re.compile(
    rf"(?:[T\s]\s*(\d{{1,2}})(?:{_PUNCTUATION}(\d{{1,2}}))?(?:{_PUNCTUATION}(\d{{1,2}})(?:\.\d*)?)?)?\s*\Z", re.ASCII
)
_DIGITS = re.compile(r"\s*(\d{6}|\d{8}|\d{12}|\d{14})(?:\.\d*)?\s*\Z", re.ASCII)
_TIME = re.compile(r"\s*-?(?:(\d{1,3})\s+)?(\d{1,4})(?::(\d{1,2}))?(?::(\d{1,2}))?(?:\.\d*)?\s*\Z", re.ASCII)
_TRAILING = re.compile(r"(\s*[\d:.T -]*\d)\D*\Z", re.ASCII)
_HIGHEST_HOUR = 838


@dataclass(frozen=True)
class DateRules:
    """What the target's sql_mode says of dates."""

    zero: bool = True  # '0000-00-00'
    zero_in_date: bool = True  # a month or day of zero
    invalid: bool = False  # ALLOW_INVALID_DATES: the 31st of every month


def is_date(text: str, rules: DateRules) -> bool:
    """Tell whether a text is a date, or date and time, that may be stored."""
    parts = _parts(text)
    if parts is None:
        return False
    year, month, day, hour, minute, second = parts
    if hour > 23 or minute > 59 or second > 59:
        return False
    if (year, month, day) == (0, 0, 0):
        return rules.zero
    if month == 0 or day == 0:
        return rules.zero_in_date and month <= 12 and day <= 31
    if month > 12 or day > 31:
        return False
    return rules.invalid or day <= monthrange(year or 4, month)[1]


def is_timestamp(text: str, rules: DateRules, last: datetime) -> bool:
    """Tell whether a text is a TIMESTAMP up to `last`; a day at both ends is left to the time zone."""
    parts = _parts(text)
    if parts is None or not is_date(text, DateRules(rules.zero, False)):
        return False
    if parts[:3] == (0, 0, 0):
        return True
    return datetime(1969, 12, 31) <= datetime(*parts) <= last


def is_time(text: str) -> bool:
    """Tell whether a text is a TIME."""
    match = _TIME.match(text)
    if match is None:
        return is_date(text, DateRules())
    days, hours, minutes, seconds = (int(part) if part else None for part in match.groups())
    if days is None and minutes is None:
        return _clock_number(int(hours or 0))
    whole = (days or 0) * 24 + (hours or 0)
    return (minutes or 0) <= 59 and (seconds or 0) <= 59 and whole <= _HIGHEST_HOUR


def _clock_number(number: int) -> bool:
    """Tell whether hhmmss is a time."""
    return number % 100 <= 59 and number // 100 % 100 <= 59 and number // 10000 <= _HIGHEST_HOUR


def is_time_number(number: int) -> bool:
    """Tell whether a number is a TIME as hhmmss, or a date and time."""
    number = abs(number)
    return _clock_number(number) if number < 10**7 else is_date(str(number), DateRules())


def is_year(number: int, *, text: str = "") -> bool:
    """Tell whether a number is a YEAR: 1901 to 2155, two digits, or zero."""
    return 1901 <= number <= 2155 or (0 <= number <= 99 and len(text) <= 4)


def without_rest(text: str) -> str:
    """Return a date or time without what follows its digits, which MySQL cuts off when it is not strict."""
    match = _TRAILING.match(text)
    return match.group(1) if match else text


def date_of_number(number: int) -> str:
    """Return a number as the digits of a date: YYMMDD and its longer forms, 0 for the zero date."""
    if number == 0:
        return "00000000"
    for width in (6, 8, 12, 14):
        if number < 10**width:
            return str(number).zfill(width)
    return str(number)


def _parts(text: str) -> tuple[int, int, int, int, int, int] | None:
    digits = _DIGITS.match(text)
    if digits is not None:
        return _from_digits(digits.group(1))
    date = _DATE.match(text)
    clock = _CLOCK.match(text, date.end()) if date is not None else None
    if date is None or clock is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    return _full_year(date.group(1)), int(date.group(2)), int(date.group(3)), hour, minute, second


def _from_digits(digits: str) -> tuple[int, int, int, int, int, int]:
    width = 4 if len(digits) in (8, 14) else 2
    rest = [int(digits[place : place + 2]) for place in range(width, len(digits), 2)]
    month, day, hour, minute, second = (*rest, 0, 0, 0)[:5]
    return _full_year(digits[:width]), month, day, hour, minute, second


def _full_year(digits: str) -> int:
    """Two digits are a year from 1970 to 2069; zero stays zero only in four digits, or where all is zero."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 70 else 1900) if year else 0
