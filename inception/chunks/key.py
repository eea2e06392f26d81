"""The key by which a table is walked: its columns, their values exactly as literals, and ranges of it as conditions.

Only types whose values can be written down exactly and are compared as the index orders them: no floats, no ENUM and
SET (ordered by number, compared as text), no TIMESTAMP (an hour of it stands for two each autumn).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inception.schema.model import Column, Index, IndexKind, Table, TableName
from inception.sql import quote_bytes, quote_name, quote_names, quote_plain

Bound = tuple[str, ...]
"""A row's values in the key's columns: numbers and times as the server prints them, strings in hexadecimal."""


class Form(StrEnum):
    """How values of a column are written."""

    NUMBER = "number"
    TIME = "time"
    TEXT = "text"
    BYTES = "bytes"


_FORMS = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal"), Form.NUMBER),
    **dict.fromkeys(("date", "datetime"), Form.TIME),
    **dict.fromkeys(("char", "varchar"), Form.TEXT),
    **dict.fromkeys(("binary", "varbinary"), Form.BYTES),
}
_VALUES = {
    Form.NUMBER: re.compile(r"-?[0-9]+(?:\.[0-9]+)?"),
    Form.TIME: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)?"),
    Form.TEXT: re.compile(r"(?:[0-9A-Fa-f]{2})*"),
    Form.BYTES: re.compile(r"(?:[0-9A-Fa-f]{2})*"),
}
# Character sets whose introducers are as good as the values, without a warning of deprecation.
_INTRODUCERS = {
    **{name: name for name in (
        "ascii", "big5", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "cp932", "eucjpms", "euckr",
        "gb18030", "gb2312", "gbk", "greek", "hebrew", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7", "sjis",
        "tis620", "ujis", "utf8mb4",
    )},
    "utf8": "utf8mb4", "utf8mb3": "utf8mb4",  # the same bytes
}  # fmt: skip


class BadBound(ValueError):
    """Values of a key that cannot be written down exactly."""


@dataclass(frozen=True)
class KeyColumn:
    """A column of a key; `charset` is the introducer of a text."""

    name: str
    form: Form
    charset: str = ""

    @property
    def read(self) -> str:
        """The expression that is asked for to have a value."""
        name = quote_name(self.name)
        return f"HEX({name})" if self.form in (Form.TEXT, Form.BYTES) else name

    def literal(self, value: str) -> str:
        """Return a value as SQL. Raises BadBound."""
        if not _VALUES[self.form].fullmatch(value):
            raise BadBound(f"column '{self.name}' has the value {value[:40]!r}")
        match self.form:
            case Form.NUMBER:
                return value
            case Form.TIME:
                if "-00" in value:  # refused or not, by sql_mode
                    raise BadBound(f"column '{self.name}' has the date {value}, which is none")
                return quote_plain(value)
            case Form.TEXT:
                return f"_{self.charset} {quote_bytes(bytes.fromhex(value))}"
        return quote_bytes(bytes.fromhex(value))


@dataclass(frozen=True)
class ChunkKey:
    """A unique index without NULLs, in ascending order."""

    table: TableName
    index: str
    columns: tuple[KeyColumn, ...]

    @property
    def signature(self) -> str:
        """What must be the same where a walk is taken up again, as it is stored."""
        return json.dumps([self.index, *([each.name, each.form, each.charset] for each in self.columns)])

    def last_query(self) -> str:
        """Return the question for the last row's bound."""
        order = ", ".join(f"{quote_name(each.name)} DESC" for each in self.columns)
        return f"{self._select} ORDER BY {order} LIMIT 1"

    def next_query(self, after: Bound, last: Bound, rows: int) -> str:
        """Return the question for the bound of the row that is so many rows behind `after`, if it is before `last`.

        Raises BadBound.
        """
        order = quote_names(each.name for each in self.columns)
        return f"{self._select} WHERE {self.between(after, last)} ORDER BY {order} LIMIT {int(rows) - 1}, 1"

    @property
    def _select(self) -> str:
        columns = ", ".join(each.read for each in self.columns)
        table = quote_name(self.table.database, self.table.name)
        return f"SELECT {columns} FROM {table} FORCE INDEX ({quote_name(self.index)})"

    def between(self, after: Bound, upto: Bound) -> str:
        """Return the condition of the rows behind `after` (empty: from the first on) up to `upto`. Raises BadBound."""
        upper = self._side("<", upto, including=True)
        return f"{self._side('>', after, including=False)} AND {upper}" if after else upper

    def _side(self, sign: str, bound: Bound, *, including: bool) -> str:
        """Compare column by column: servers do not use an index for (a, b) > (1, 2)."""
        terms = [f"{quote_name(column.name)} {{}} {column.literal(value)}" for column, value in self._pairs(bound)]
        condition = terms[-1].format(f"{sign}=" if including else sign)
        for term in reversed(terms[:-1]):
            condition = f"({term.format(sign)} OR ({term.format('=')} AND {condition}))"
        return condition

    def _pairs(self, bound: Bound) -> Iterator[tuple[KeyColumn, str]]:
        if len(bound) != len(self.columns):
            raise BadBound(f"{len(bound)} values for {len(self.columns)} columns")
        yield from zip(self.columns, bound, strict=True)


def find_key(table: Table) -> ChunkKey | str:
    """Return the key to walk a table by, its primary key if that will do; else why there is none."""
    problem = f"table '{table.name.name}' has no primary key and no unique index without NULLs"
    problems = []
    for index in sorted(table.indexes, key=lambda each: each.kind is not IndexKind.PRIMARY):
        if index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE):
            found = _key(table, index)
            if isinstance(found, ChunkKey):
                return found
            problems.append(found)
    return problems[0] if problems else problem


def _key(table: Table, index: Index) -> ChunkKey | str:
    what = "the primary key" if index.kind is IndexKind.PRIMARY else f"unique index '{index.name}'"
    if index.invisible or any(name == "ignored" for name, _ in index.extra):
        return f"{what} is not used by the target"
    columns = []
    for part in index.parts:
        column = table.column(part.column) if part.column else None
        if column is None or part.prefix is not None:
            return f"{what} is not on whole columns"
        if part.descending:
            return f"{what} has a descending column"
        problem = _problem(column)
        form = _FORMS.get(column.type)
        if problem or form is None:
            return f"{what} has column '{column.name}', which {problem}"
        charset = _INTRODUCERS.get(table.charset_of(column) or "", "") if form is Form.TEXT else ""
        if form is Form.TEXT and not charset:
            return f"{what} has column '{column.name}', whose character set is {table.charset_of(column)}"
        columns.append(KeyColumn(column.name, form, charset))
    return ChunkKey(table.name, "PRIMARY" if index.kind is IndexKind.PRIMARY else index.name, tuple(columns))


def _problem(column: Column) -> str:
    if column.type not in _FORMS:
        return f"is of type {column.type}: its values cannot be compared exactly"
    if column.nullable:
        return "may be NULL"
    return "is generated" if column.generated is not None else ""
