"""What rules ask of a query or row change, taken from sqlglot's tree once, when the statement is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp

from inception.batch.statement import Delete, Insert, QueryFacts, Update
from inception.schema.model import TableName


def query_facts(tree: Any) -> QueryFacts:
    """Return the facts of a query; those of VALUES, TABLE and the like are all false."""
    selects = list(_selects(tree))
    parts = [*selects, *_wholes(tree)]
    return QueryFacts(
        unrestricted=any(select.args.get("from_") is not None and not restricted(select) for select in selects),
        star=any(_is_star(item) for select in selects for item in select.expressions),
        limit=any(part.args.get("limit") is not None for part in parts),
        order_rand=any(orders_by_rand(part) for part in parts),
    )


def restricted(tree: Any) -> bool:
    """Tell whether a WHERE limits the rows; an inner join with a condition counts as one."""
    return tree.args.get("where") is not None or joined_by_condition(tree)


def joined_by_condition(tree: Any) -> bool:
    """Tell whether an inner join has a condition."""
    origin = tree.args.get("from_")
    sources = [tree, origin.this if origin is not None else tree.this, *(tree.args.get("using") or [])]
    joins = [join for source in sources if isinstance(source, exp.Expr) for join in _joins(source)]
    return any(not join.side and (join.args.get("on") or join.args.get("using")) for join in joins)


def orders_by_rand(tree: Any) -> bool:
    """Tell whether the rows are put in a random order."""
    order = tree.args.get("order")
    return order is not None and order.find(exp.Rand) is not None


def row_facts(rows: Any) -> tuple[tuple[int, ...], dict[int, list[int]]]:
    """Return the number of values of each row of VALUES, and by column (from 0) the rows (from 1) with NULL there."""
    sizes: list[int] = []
    nulls: dict[int, list[int]] = {}
    for number, row in enumerate(rows, 1):
        items = _items(row)
        sizes.append(len(items))
        for place, item in enumerate(items):
            if type(item) is exp.Null:
                nulls.setdefault(place, []).append(number)
    return tuple(sizes), nulls


def columns_set_to_null(assignments: Any) -> Iterator[Any]:
    """Yield the columns to which SET or ON DUPLICATE KEY UPDATE assigns the word NULL."""
    for item in assignments or []:
        if isinstance(item, exp.EQ) and type(item.expression) is exp.Null and isinstance(item.this, exp.Column):
            yield item.this


def values_of(insert: Insert, place: int) -> list[Any]:
    """Return the values of one column, by place from 0, in the rows that the tree of INSERT … VALUES has."""
    rows = [_items(row) for row in insert.tree.expression.expressions]
    return [row[place] for row in rows if place < len(row)]


def assignments(change: Insert | Update) -> Iterator[tuple[str, Any]]:
    """Yield column and value of each assignment of an UPDATE, or behind ON DUPLICATE KEY UPDATE."""
    if isinstance(change, Insert):
        conflict = change.tree.args.get("conflict")
        items = conflict.expressions if conflict is not None else ()
    else:
        items = change.tree.expressions
    for item in items or ():
        if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column):
            yield str(item.this.name), item.expression


def is_default(value: Any) -> bool:
    """Tell whether a value is the word DEFAULT."""
    if not isinstance(value, exp.Column) or value.table:
        return False
    return value.name.upper() == "DEFAULT" and not value.this.args.get("quoted")


def is_null(value: Any) -> bool:
    """Tell whether a value is the word NULL."""
    return type(value) is exp.Null


def goes_by_literals(form: object) -> bool:
    """Tell whether a row change means something else with other literals: one is a condition (WHERE 1, 1 = 1)."""
    if not isinstance(form, Update | Delete):
        return False
    for node in form.tree.find_all(exp.Where, exp.And, exp.Or, exp.Not, exp.EQ):
        operands = [node.this] if isinstance(node, exp.Where | exp.Not) else [node.this, node.expression]
        literal = [isinstance(each.unnest(), exp.Literal) for each in operands]
        if all(literal) if isinstance(node, exp.EQ) else any(literal):
            return True
    return False


def null_targets(
    assignments: Any, sources: Mapping[str, TableName | None]
) -> tuple[tuple[tuple[TableName, ...], str], ...]:
    """Return the columns set to NULL, each with the tables (by alias in `sources`) that it may be of."""
    found = []
    for column in columns_set_to_null(assignments):
        aliases = [column.table.casefold()] if column.table else list(sources)
        found.append((tuple(name for alias in aliases if (name := sources.get(alias))), column.name))
    return tuple(found)


def _items(row: Any) -> Any:
    """Return the values of one row: (1, 2), or ROW(1, 2), which sqlglot wraps once more."""
    items = row.expressions if isinstance(row, exp.Tuple) else [row]
    if len(items) == 1 and isinstance(items[0], exp.Anonymous) and items[0].name.upper() == "ROW":
        return items[0].expressions
    return items


def _selects(tree: Any) -> Iterator[Any]:
    """Yield the SELECTs of a query: the one, or each of a UNION."""
    pending = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, exp.SetOperation):
            pending += [part.right, part.left]
        elif isinstance(part, exp.Subquery):
            pending.append(part.this)
        elif isinstance(part, exp.Select):
            yield part


def _wholes(tree: Any) -> Iterator[Any]:
    """Yield the UNIONs and parentheses of a query, which may have an ORDER BY and LIMIT of their own."""
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        yield tree
        tree = tree.this


def _is_star(item: Any) -> bool:
    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))


def _joins(table: Any) -> Iterator[Any]:
    for join in table.args.get("joins") or []:
        yield join
        yield from _joins(join.this)


def aliases(tree: Any) -> Iterator[str]:
    """Yield every alias in a statement, of columns, tables and CTEs."""
    for alias in tree.find_all(exp.Alias, exp.TableAlias):
        yield alias.alias if isinstance(alias, exp.Alias) else alias.name


def function_names(tree: Any) -> frozenset[str]:
    """Return the names, in capitals, of the functions that a statement calls; some also by their other names.

    sqlglot knows functions that MySQL does not have: these may be stored ones.
    """
    names: set[str] = set()
    for call in tree.find_all(exp.Func):
        if isinstance(call, exp.Anonymous):
            names.add(call.name.upper())
        elif not isinstance(call, exp.Binary):
            names.update(call.sql_names())
    return frozenset(names)
