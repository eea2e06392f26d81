"""One statement's text → Statement. Definitions are read by schema/, row changes and queries by sqlglot.

Nothing but a Problem ever comes of a text that cannot be read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlglot
from sqlglot import exp

from inception.batch.dialect import parse
from inception.batch.facts import (
    columns_set_to_null,
    goes_by_literals,
    null_targets,
    orders_by_rand,
    query_facts,
    restricted,
    row_facts,
)
from inception.batch.kind import kind_of, skip_gap
from inception.batch.named import is_real, query_inside, real_tables
from inception.batch.rows import Rows, condense
from inception.batch.shape import Shapes
from inception.batch.statement import Delete, Insert, Kind, Problem, Select, SetNames, Statement, Update, Use
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


@dataclass(frozen=True)
class Read:
    """What a text says: its kind, its form, and the tables it names (database '' where not written).

    `sample` is the text that was read, of all that are alike.
    """

    kind: Kind
    form: object | None = None
    problem: Problem | None = None
    changes: tuple[TableName, ...] = ()
    reads: tuple[TableName, ...] = ()
    sample: str = ""
    query: Any = None


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
        if kind in _TREES:
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
    tree = parse(text, syntax, exact=exact)
    for expected, describe in _DESCRIBE.items():
        if isinstance(tree, expected):
            return describe(kind, tree)
    raise sqlglot.errors.ParseError("Not a statement of this kind")


def _insert(kind: Kind, tree: Any) -> Read:
    target, columns = tree.this, None
    if isinstance(target, exp.Schema):
        columns = tuple(column.name for column in target.expressions)
        target = target.this
    if not isinstance(target, exp.Table):
        raise sqlglot.errors.ParseError("Rows are inserted into a table")
    source = tree.expression
    while isinstance(source, exp.Subquery):
        source = source.this
    has_query = not isinstance(source, exp.Values)
    if has_query and not isinstance(source, exp.Query):
        raise sqlglot.errors.ParseError("Neither values nor a query are given")
    sizes, nulls = ((), {}) if has_query else row_facts(source.expressions)
    table = _name(target)
    conflict = tree.args.get("conflict")
    updates = tuple(column.name for column in columns_set_to_null(conflict and conflict.expressions))
    form = Insert(
        table, columns, sizes, has_query, kind is Kind.REPLACE, tree, nulls, updates,
        query_facts(source) if has_query else None, bool(tree.args.get("ignore")),
    )  # fmt: skip
    return Read(kind, form, None, (table,), tuple(name for name in real_tables(tree) if name != table))


def _update(_: Kind, tree: Any) -> Read:
    sources = dict(_sources(tree.this))
    assigned = [item.this for item in tree.expressions if isinstance(item, exp.EQ)]
    qualifiers = {column.table.casefold() for column in assigned if isinstance(column, exp.Column)}
    if "" in qualifiers:
        targets = tuple(dict.fromkeys(name for name in sources.values() if name))
    else:
        targets = tuple(dict.fromkeys(name for alias, name in sources.items() if name and alias in qualifiers))
    form = Update(
        targets, restricted(tree), len(sources) == 1, tree,
        **_limits(tree), nulls=null_targets(tree.expressions, sources),
    )  # fmt: skip
    return Read(Kind.UPDATE, form, None, targets, _others(tree, targets))


def _delete(_: Kind, tree: Any) -> Read:
    if not isinstance(tree.this, exp.Expr):
        raise sqlglot.errors.ParseError("Rows are deleted from a table")
    origin = tree.args.get("using") or [tree.this]
    sources = {alias: name for table in origin for alias, name in _sources(table)}
    marked = _marked(tree)
    if marked:
        found = (sources.get(table.name.casefold()) or _name(table) for table in marked)
    else:
        found = (name for name in sources.values() if name)
    targets = tuple(dict.fromkeys(found))
    form = Delete(targets, restricted(tree), not marked, tree, **_limits(tree))
    return Read(Kind.DELETE, form, None, targets, _others(tree, targets))


def _marked(tree: Any) -> list[Any]:
    """Return the tables that a DELETE names apart from those that it reads: DELETE a, b FROM …; FROM a, b USING …"""
    if tree.args.get("using"):
        return [tree.this, *(join.this for join in tree.this.args.get("joins") or [])]
    return tree.args.get("tables") or []


def _select(_: Kind, tree: Any) -> Read:
    return Read(Kind.SELECT, Select(tree, query_facts(tree)), None, (), tuple(real_tables(tree)))


_TREES = frozenset({Kind.INSERT, Kind.REPLACE, Kind.UPDATE, Kind.DELETE, Kind.SELECT})
_DESCRIBE: dict[type, Callable[[Kind, Any], Read]] = {
    exp.Insert: _insert,
    exp.Update: _update,
    exp.Delete: _delete,
    exp.Query: _select,
    exp.Values: _select,
}


def _limits(tree: Any) -> dict[str, bool]:
    ordered = tree.args.get("order") is not None
    limited = tree.args.get("limit") is not None
    return {"has_limit": limited, "has_order": ordered, "order_rand": orders_by_rand(tree)}


def _sources(table: Any) -> Iterator[tuple[str, TableName | None]]:
    """Yield (alias, case folded; real name, None for a derived table) of a table and what it is joined to."""
    if table is None:
        return
    if isinstance(table, exp.Table) and table.name:
        yield table.alias_or_name.casefold(), _name(table)
    elif isinstance(table, exp.Paren):
        yield from _sources(table.this)
    else:
        yield table.alias_or_name.casefold(), None
    for join in table.args.get("joins") or []:
        yield from _sources(join.this)


def _others(tree: Any, targets: Iterable[TableName]) -> tuple[TableName, ...]:
    known = set(targets)
    marked = {id(table) for table in _marked(tree)} if isinstance(tree, exp.Delete) else set()
    named = (_name(table) for table in tree.find_all(exp.Table) if id(table) not in marked and is_real(table))
    return tuple(dict.fromkeys(name for name in named if name not in known))


def _name(table: Any) -> TableName:
    return TableName(table.db, table.name)


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
