"""How many columns a query gives, `*` counted: names resolved on the batch's catalog. Pure."""

from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.schema.model import TableName


def column_count(tree: Any, database: str, catalog: Catalog) -> int | None:
    """Return how many columns a query gives, `*` counted; None where that is not known."""
    while isinstance(tree, exp.Subquery):
        tree = tree.this
    if isinstance(tree, exp.SetOperation):
        return column_count(tree.left, database, catalog)
    if not isinstance(tree, exp.Select):
        return None
    total = 0
    for item in tree.expressions:
        if not isinstance(item.this if isinstance(item, exp.Column) else item, exp.Star):
            total += 1
            continue
        stars = _star_size(tree, item.table.casefold() if isinstance(item, exp.Column) else "", database, catalog)
        if stars is None:
            return None
        total += stars
    return total


def _star_size(tree: Any, qualifier: str, database: str, catalog: Catalog) -> int | None:
    """Count what `*` or `t.*` stands for where the query reads plain tables only; None elsewhere."""
    origin = tree.args.get("from_")
    tables = [origin.this] if origin is not None else []
    for join in tree.args.get("joins") or []:
        if join.args.get("using") or join.method:
            return None
        tables.append(join.this)
    size = 0
    for source in tables:
        if not isinstance(source, exp.Table) or source.args.get("joins") or tree.args.get("with_") is not None:
            return None
        if qualifier and source.alias_or_name.casefold() != qualifier:
            continue
        table = catalog.table(TableName(source.db or database, source.name))
        if table is None or not table.complete or not table.columns:
            return None
        size += sum(not column.invisible for column in table.columns)
    return size
