"""INSERT of many rows: a few of them stand for all.

Rows that are alike apart from their literals are read once, the others only counted: how many values each has, and
where the word NULL stands. Rows of plain values are counted many at a time, others one by one.
"""

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice

from inception.batch.lexis import FLAGS, GAP, NOT_IN_NAME, OPERATOR
from inception.batch.shape import NUMBER, string
from inception.batch.statement import Problem
from inception.lexer import Syntax

_SHORTEST = 2000  # characters: shorter statements are read whole
_LONGEST = 1 << 20  # characters of the rows that stand for all
_MOST_DEFAULTS = 100  # rows with the word DEFAULT, each in other places, that are shown of a statement
_AT_A_TIME = 20_000  # texts in quotes, and what stands between them, that are looked at together
_PLAIN = re.compile(r"\s*+(?:[-+]?+\s*+0|NULL|DEFAULT|TRUE|FALSE)\s*+", FLAGS)
_BETWEEN = re.compile(r"\)\s*+,\s*+\(")
_COMMA = re.compile(r"\s*+,\s*+(?=\()")

Nulls = Mapping[int, Sequence[int]]
"""By place of a column, from 0, the rows that have NULL there, from 1."""
RowReader = Callable[[str], tuple[int, tuple[int, ...]] | Problem]
"""Reads one row in its parentheses: how many values, and the places of NULL."""


@dataclass(frozen=True)
class Rows:
    """A statement's rows. `text` is the statement with those few that stand for all.

    `problem` is that of the first row that cannot be read, at its place in the whole statement.
    """

    text: str
    sizes: Sequence[int]
    nulls: Nulls
    problem: Problem | None = None


@dataclass(frozen=True)
class _Patterns:
    head: re.Pattern[str]
    literal: re.Pattern[str]
    some: re.Pattern[str]
    row: re.Pattern[str]


@cache
def _patterns(syntax: Syntax) -> _Patterns:
    text = string(syntax)
    name = "`[^`]*+`" + ('|"[^"]*+"' if syntax.ansi_quotes else "")
    columns = rf"\((?:[^()'\"`]++|{name})*+\)"
    values = rf"(?<![\w$])VALUES?{NOT_IN_NAME}\s*+(?=\()"
    prefixed = rf"(?:(?<![\w$.])(?:N|_[a-z]\w*+\s*+))?+(?:{text})"
    binary = r"(?<![\w$])(?:x'(?:[0-9a-f]{2})*+'|b'[01]*+'|0x[0-9a-f]++(?![\w$]))"
    inside = rf"[^'\"`()#/-]++|{OPERATOR}|{name}|{text}"
    deepest = rf"\((?:{inside})*+\)"
    deeper = rf"\((?:{inside}|{deepest})*+\)"
    head = rf"{GAP}*+(?:INSERT|REPLACE){NOT_IN_NAME}(?:(?!{values})(?:[^'\"`()#/-]|{name}|{columns}))*+{values}"
    return _Patterns(
        re.compile(head, FLAGS),
        re.compile(rf"\s*+(?:{prefixed}|{binary}|(?<![\w$.@`])(?:{NUMBER}|\.\d++(?![\w$.])))\s*+", FLAGS),
        re.compile(rf"(?:[^'\"`]++|{name}|{text}){{0,{_AT_A_TIME}}}+", FLAGS),
        re.compile(rf"\((?:{inside}|{deeper})*+\)", FLAGS),
    )


def condense(text: str, syntax: Syntax, read_row: RowReader) -> Rows | None:
    """Return the rows of an INSERT or REPLACE … VALUES that is long; None where it must be read whole."""
    head = _patterns(syntax).head.match(text) if len(text) >= _SHORTEST else None
    if head is None:
        return None
    try:
        return _all_plain(text, head.end(), syntax)
    except _NotPlain:
        return _one_by_one(text, head.end(), syntax, read_row)


class _NotPlain(Exception):
    """A row holds more than literals, NULL and DEFAULT, or something follows the last one."""


@dataclass
class _Counted:
    """What is known of the rows so far. `sizes` and `places` are by what a row is like, literals as 0."""

    rows: "array[int]" = field(default_factory=lambda: array("L"))
    nulls: "dict[int, array[int]]" = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def know(self, like: str, size: int, places: tuple[int, ...]) -> None:
        self.sizes[like] = size
        if places:
            self.places[like] = places

    def add(self, likes: Sequence[str]) -> None:
        """Count rows that are known."""
        first = len(self.rows) + 1
        self.rows.extend(map(self.sizes.__getitem__, likes))
        if self.places:
            for number, like in enumerate(likes, first):
                for place in self.places.get(like, ()):
                    self.nulls.setdefault(place, array("L")).append(number)


def _all_plain(text: str, start: int, syntax: Syntax) -> Rows:
    """Count rows of plain values, many at a time. Raises _NotPlain."""
    patterns = _patterns(syntax)
    counted = _Counted()
    rest, position = "", start + 1
    while position < len(text):
        some = patterns.some.match(text, position)
        if some is None or some.end() == position:
            raise _NotPlain
        position = some.end()
        likes = _BETWEEN.sub("),(", rest + patterns.literal.sub("0", some[0])).split("),(")
        rest = likes.pop()
        _count_plain(likes, counted)
    last, closed, behind = rest.partition(")")
    if not closed or behind.strip():
        raise _NotPlain
    _count_plain([last], counted)
    first = patterns.row.match(text, start)
    if first is None:
        raise _NotPlain
    others = (f", ({like})" for like in counted.sizes if "DEFAULT" in like.upper())
    return Rows(text[: first.end()] + "".join(islice(others, _MOST_DEFAULTS)), counted.rows, counted.nulls)


def _count_plain(likes: Sequence[str], counted: _Counted) -> None:
    for like in set(likes).difference(counted.sizes):
        values = like.split(",") if like.strip() else []
        if not all(map(_PLAIN.fullmatch, values)):
            raise _NotPlain
        counted.know(like, len(values), _nulls(values))
    counted.add(likes)


def _nulls(values: Sequence[str]) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(values) if value.strip().upper() == "NULL")


def _one_by_one(text: str, start: int, syntax: Syntax, read_row: RowReader) -> Rows | None:
    """Count rows of any values: each kind of row is read once. None where it cannot be told where a row ends."""
    patterns = _patterns(syntax)
    counted = _Counted()
    shown: list[str] = []
    position = start
    while True:
        row = patterns.row.match(text, position)
        if row is None:
            return None
        like = patterns.literal.sub("0", row[0])
        if like not in counted.sizes:
            found = read_row(row[0])
            shown.append(row[0])
            if isinstance(found, Problem):
                short = text[:start] + ", ".join(shown)
                return Rows(short, counted.rows, counted.nulls, _moved(found, text, row.start()))
            counted.know(like, *found)
        counted.add((like,))
        comma = _COMMA.match(text, row.end())
        if comma is None:
            break
        position = comma.end()
    if sum(map(len, shown)) > _LONGEST:
        return None
    return Rows(text[:start] + ", ".join(shown) + text[row.end() :], counted.rows, counted.nulls)


def _moved(problem: Problem, text: str, start: int) -> Problem:
    """Return a problem of a part of a text with its place in the whole."""
    column = start - text.rfind("\n", 0, start) - 1 if problem.line == 1 else 0
    return replace(problem, line=text.count("\n", 0, start) + problem.line, column=column + problem.column)
