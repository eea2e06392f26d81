"""Whether a row change names at most one row, by equality on a whole unique key: then nobody need ask how many."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from inception.batch.statement import Delete, Update
from inception.schema.model import Column, Index, IndexKind, Table

_NUMBERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal"))


def names_one_row(form: object, table: Table | None) -> bool:
    """Tell whether an UPDATE or DELETE of one table can change one row at most."""
    if not isinstance(form, Update | Delete) or not form.single or table is None:
        return False
    where = form.tree.args.get("where")
    named = set(_equalities(where.this, table)) if where is not None else set()
    keys = ({part.column.casefold() for part in index.parts} for index in table.indexes if _is_unique(index, table))
    return any(key <= named for key in keys)  # also a key on a prefix: equal values have equal prefixes


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
