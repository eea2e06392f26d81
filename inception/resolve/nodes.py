"""Questions to single nodes of sqlglot's tree."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp


def is_star(item: Any) -> bool:
    """Tell whether an item of a select list is `*` or `t.*`."""
    return isinstance(item.this if isinstance(item, exp.Column) else item, exp.Star)


def is_group(table: Any) -> bool:
    """Tell whether this is a parenthesis around joined tables, no query."""
    return isinstance(table, exp.Paren) or (isinstance(table, exp.Subquery) and isinstance(table.this, exp.Table))


def is_dual(table: Any) -> bool:
    """Tell whether this is DUAL, which is no table."""
    if not isinstance(table, exp.Table) or table.db or table.name.upper() != "DUAL":
        return False
    return not table.this.args.get("quoted")


def items_of_row(row: Any) -> list[Any]:
    """Return the values of a row of VALUES: (1, 2), or ROW(1, 2), which sqlglot wraps once more."""
    items: list[Any] = row.expressions if isinstance(row, exp.Tuple) else [row]
    if len(items) == 1 and isinstance(items[0], exp.Anonymous) and items[0].name.upper() == "ROW":
        return list(items[0].expressions)
    return items


def columns_of_json_table(table: Any) -> Iterator[str]:
    """Yield the names of the columns of a JSON_TABLE, nested ones too."""
    for definition in table.args["schema"].find_all(exp.JSONColumnDef):
        if definition.name:
            yield definition.name


def shown(column: Any) -> str:
    """Return a column's name as it is written."""
    return ".".join(part.name for part in column.parts)
