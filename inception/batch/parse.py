"""One statement's text → Statement. Definitions are read by schema/, row changes and queries by sqlglot.

Nothing but a Problem ever comes of a text that cannot be read.
"""

import re
from dataclasses import replace
from functools import partial

import sqlglot

from inception.batch.described import TREES, Read, describe
from inception.batch.dialect import parse
from inception.batch.facts import (
    goes_by_literals,
)
from inception.batch.kind import kind_of, skip_gap
from inception.batch.named import query_inside, real_tables
from inception.batch.rows import Rows, condense
from inception.batch.shape import Shapes
from inception.batch.statement import Insert, Kind, Problem, SetNames, Statement, Use
from inception.batch.tables import tables_changed, tables_read
from inception.errors import DefinitionError
from inception.lexer import Syntax, UnreadableSql
from inception.schema.model import TableName
from inception.schema.statements import read_ddl

_USE = re.compile(r"USE\s++(?:`((?:[^`]|``)++)`|([^\s`;]++))\s*+\Z", re.I)
_SET_NAMES = re.compile(
    r"SET\s++(?:NAMES|CHARACTER\s++SET|CHARSET)\s*+=?\s*+(['\"]?)(\w++)\1(?:\s++COLLATE\s++(['\"]?)(\w++)\3)?\s*+\Z",
    re.I,
)


# sqlglot's own words, and ours: what it found instead stands in `near`
_WORDS = (
    (re.compile(r" but got <Token .*", re.S), ""),
    (re.compile(r"Required keyword: .*", re.S), "Something is missing"),
    (re.compile(r"Invalid expression / Unexpected token"), "Unexpected word or sign"),
)


class StatementReader:
    """Reads the statements of one batch for a target; row changes of one shape are read once, unless `exact`."""

    def __init__(self, syntax: Syntax, *, exact: bool = False) -> None:
        """`syntax` has the target's sql_mode and version. `exact`: trees have each literal and call as written."""
        self._syntax = syntax
        self._exact = exact
        self._shapes = Shapes(syntax)
        self._known: dict[tuple[str, str], Read] = {}

    def read(self, number: int, text: str, database: str) -> Statement:
        """Read one statement that will run in `database`."""
        read = self._read(text, database)
        return Statement(
            number,
            text,
            read.kind,
            database,
            read.form,
            read.problem,
            read.changes,
            read.reads,
            read.sample,
            read.query,
        )

    def _read(self, text: str, database: str) -> Read:
        if self._exact:
            return _placed(_read(text, database, self._syntax, exact=True), database)
        found = self._shapes.recognised(text)
        if found is not None and (database, found) in self._known:
            return self._known[database, found]
        kind = kind_of(text)
        if kind is Kind.INSERT or kind is Kind.REPLACE:
            rows = condense(text, self._syntax, partial(_read_row, self._syntax))
            if rows is not None:
                return _with_rows(self._shared(rows.text, database), rows)
        return self._shared(text, database) if kind.is_dml else _placed(_read(text, database, self._syntax), database)

    def _shared(self, text: str, database: str) -> Read:
        key = (database, self._shapes.of(text))
        known = self._known.get(key)
        if known is None:
            known = replace(_placed(_read(text, database, self._syntax), database), sample=text)
            if known.problem is None and not goes_by_literals(known.form):  # a problem's place is that of its own text
                self._known[key] = known
        return known


def _with_rows(read: Read, rows: Rows) -> Read:
    """Return what was read of a few rows as that of all."""
    if rows.problem is not None:
        return replace(read, form=None, problem=rows.problem)
    if not isinstance(read.form, Insert):
        return read
    return replace(read, form=replace(read.form, row_sizes=tuple(rows.sizes), nulls=rows.nulls))


def _read_row(syntax: Syntax, row: str) -> tuple[int, tuple[int, ...]] | Problem:
    """Return how many values a row has, and the places of NULL; or why it cannot be read."""
    read = _read(_ROW_HEAD + row, "", syntax)
    if isinstance(read.form, Insert) and len(read.form.row_sizes) == 1:
        return read.form.row_sizes[0], tuple(read.form.nulls)
    problem = read.problem or Problem("Not a row of values", 1, len(_ROW_HEAD) + 1, row[:60])
    return replace(problem, column=problem.column - len(_ROW_HEAD)) if problem.line == 1 else problem


_ROW_HEAD = "INSERT INTO t VALUES "


def read_statement(number: int, text: str, database: str, syntax: Syntax) -> Statement:
    """Read one statement by itself."""
    return StatementReader(syntax).read(number, text, database)


def _placed(read: Read, database: str) -> Read:
    """Return the same with the full names of its tables."""
    changes = tuple(_within(name, database) for name in read.changes)
    return replace(read, changes=changes, reads=tuple(_within(name, database) for name in read.reads))


def _within(name: TableName, database: str) -> TableName:
    return name if name.database else TableName(database, name.name)


def _read(text: str, database: str, syntax: Syntax, exact: bool = False) -> Read:
    kind = kind_of(text)
    if kind is Kind.OTHER or kind is Kind.SET:
        return Read(kind)
    try:
        if kind is Kind.USE:
            return Read(kind, _read_use(text))
        if kind is Kind.SET_NAMES:
            return Read(kind, _read_set_names(text))
        if kind in TREES:
            return _read_tree(kind, text, syntax, exact)
        form = read_ddl(text, database=database, syntax=syntax)
        query = query_inside(form, text, syntax)
        reads = dict.fromkeys((*tables_read(form), *(real_tables(query) if query is not None else ())))
        return Read(kind, form, None, tables_changed(form), tuple(reads), query=query)
    except UnreadableSql as error:
        return Read(kind, problem=Problem(_sentence(error.problem), error.line, error.column, error.near))
    except DefinitionError as error:
        return Read(kind, problem=Problem(str(error)))
    except sqlglot.errors.SqlglotError as error:
        return Read(kind, problem=_sqlglot_problem(text, error))
    except RecursionError:
        return Read(kind, problem=Problem("The statement is nested too deeply"))


def _read_use(text: str) -> Use:
    match = _USE.match(text, skip_gap(text))
    if match is None:
        raise DefinitionError("USE takes the name of a database")
    quoted, plain = match.groups()
    return Use(quoted.replace("``", "`") if quoted else plain)


def _read_set_names(text: str) -> SetNames:
    match = _SET_NAMES.match(text, skip_gap(text))
    if match is None:
        raise DefinitionError("SET NAMES takes the name of a character set")
    return SetNames(match.group(2).lower(), (match.group(4) or "").lower())


def _read_tree(kind: Kind, text: str, syntax: Syntax, exact: bool) -> Read:
    return describe(kind, parse(text, syntax, exact=exact))


def _sqlglot_problem(text: str, error: Exception) -> Problem:
    details = getattr(error, "errors", None)
    if not details:
        return Problem(str(error).split("\n", 1)[0])
    first = details[0]
    highlight = first.get("highlight") or ""
    near = (highlight + (first.get("end_context") or ""))[:60]
    column = (first.get("col") or 0) - max(len(highlight) - 1, 0)
    description = first.get("description") or "Not valid SQL"
    for pattern, words in _WORDS:
        description = pattern.sub(words, description)
    return Problem(description, first.get("line") or 0, max(column, 1), near)


def _sentence(problem: str) -> str:
    return problem[:1].upper() + problem[1:]
