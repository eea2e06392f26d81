"""Whether a row change changes one row at most, so that nobody need ask: it has a whole unique key, or sums up."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from inception.batch.statement import Delete, Insert, Update
from inception.schema.model import Column, Index, IndexKind, Table

_NUMBERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal"))


def names_one_row(form: object, table: Table | None) -> bool:
    """Tell whether an UPDATE or DELETE of one table, or an INSERT … SELECT, can change one row at most."""
    if isinstance(form, Insert) and form.has_query:
        return _sums_up(form.tree.expression)
    if not isinstance(form, Update | Delete) or not form.single or table is None:
        return False
    where = form.tree.args.get("where")
    named = set(_equalities(where.this, table)) if where is not None else set()
    keys = ({part.column.casefold() for part in index.parts} for index in table.indexes if _is_unique(index, table))
    return any(key <= named for key in keys)  # also a key on a prefix: equal values have equal prefixes


def _sums_up(query: Any) -> bool:
    """Tell whether a query makes one row of all that it reads: it aggregates and has no GROUP BY."""
    query = query.unnest()
    if not isinstance(query, exp.Select) or query.args.get("group") is not None:
        return False
    nodes = (node for item in query.expressions for node in item.walk(prune=_apart) if not _apart(node))
    return any(isinstance(node, exp.AggFunc) for node in nodes)


def _apart(node: Any) -> bool:
    """Tell whether what is inside has other rows than the query around it."""
    return isinstance(node, exp.Query | exp.Window)


def _equalities(condition: Any, table: Table) -> Iterator[str]:
    """Yield the columns, case folded, that an AND chain compares with a literal of their own kind."""
    pending = [condition]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.And):
            pending += [node.left, node.right]
        elif isinstance(node, exp.Paren):
            pending.append(node.this)
        elif isinstance(node, exp.EQ) and isinstance(node.this, exp.Column):
            column = table.column(node.this.name)
            if column is not None and _fits(column, node.expression):
                yield column.name.casefold()


def _fits(column: Column, value: Any) -> bool:
    """A text compared with a number is equal to many texts; a number compared with a text may be, too."""
    value = value.this if isinstance(value, exp.Neg) else value
    if not isinstance(value, exp.Literal):
        return False
    return value.is_string if column.is_text else not value.is_string and column.type in _NUMBERS


def _is_unique(index: Index, table: Table) -> bool:
    if index.kind is IndexKind.PRIMARY:
        return all(not part.expression for part in index.parts)
    columns = [table.column(part.column) for part in index.parts]
    return index.kind is IndexKind.UNIQUE and all(column is not None and not column.nullable for column in columns)
