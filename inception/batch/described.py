"""What a syntax tree of sqlglot says of a row change or a query: its form, and the tables it names. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from inception.batch.facts import columns_set_to_null, null_targets, orders_by_rand, query_facts, restricted, row_facts
from inception.batch.named import is_real, real_tables
from inception.batch.statement import Delete, Insert, Kind, Problem, Select, Update
from inception.schema.model import TableName

TREES = frozenset({Kind.INSERT, Kind.REPLACE, Kind.UPDATE, Kind.DELETE, Kind.SELECT})


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


def describe(kind: Kind, tree: Any) -> Read:
    """Return what a tree says. Raises sqlglot's ParseError for one that is no statement of this kind."""
    for expected, describer in _DESCRIBE.items():
        if isinstance(tree, expected):
            return describer(kind, tree)
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
        **_clauses(tree), nulls=null_targets(tree.expressions, sources),
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
    form = Delete(targets, restricted(tree), not marked, tree, **_clauses(tree))
    return Read(Kind.DELETE, form, None, targets, _others(tree, targets))


def _marked(tree: Any) -> list[Any]:
    """Return the tables that a DELETE names apart from those that it reads: DELETE a, b FROM …; FROM a, b USING …"""
    if tree.args.get("using"):
        return [tree.this, *(join.this for join in tree.this.args.get("joins") or [])]
    return tree.args.get("tables") or []


def _select(_: Kind, tree: Any) -> Read:
    return Read(Kind.SELECT, Select(tree, query_facts(tree)), None, (), tuple(real_tables(tree)))


_DESCRIBE: dict[type, Callable[[Kind, Any], Read]] = {
    exp.Insert: _insert,
    exp.Update: _update,
    exp.Delete: _delete,
    exp.Query: _select,
    exp.Values: _select,
}


def _clauses(tree: Any) -> dict[str, bool]:
    ordered = tree.args.get("order") is not None
    limited = tree.args.get("limit") is not None
    ignore = bool(tree.meta.get("ignore"))
    return {"has_limit": limited, "has_order": ordered, "order_rand": orders_by_rand(tree), "ignore": ignore}


def _sources(table: Any) -> Iterator[tuple[str, TableName | None]]:
    """Yield (alias, case folded; real name, None for a derived table or a CTE) of a table and what it is joined to."""
    if table is None:
        return
    if isinstance(table, exp.Table) and table.name:
        yield table.alias_or_name.casefold(), _name(table) if is_real(table) else None
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
