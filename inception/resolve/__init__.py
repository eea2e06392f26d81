"""What the columns that a query or row change names are: names resolved as MySQL does, on the batch's catalog. Pure.

Only complains where it is sure: a source whose columns are not known (a table function, a view that could not be
read) may have any column.
"""

from typing import Any

from inception.catalog import Catalog
from inception.resolve.changes import resolve
from inception.resolve.resolution import Resolution
from inception.resolve.scope import Output, Real

__all__ = [
    "Output",
    "Real",
    "Resolution",
    "column_count",
    "output_columns",
    "problems_of",
    "resolve",
    "unknown_columns",
]


def unknown_columns(tree: Any, database: str, catalog: Catalog, *, derived_see_outside: bool = True) -> list[str]:
    """Return a sentence for every column that a statement names and that does not exist, or is ambiguous.

    `derived_see_outside`: derived tables may name columns of the query around them (MySQL from 8.0.14 on).
    """
    return list(dict.fromkeys(resolve(tree, database, catalog, derived_see_outside=derived_see_outside).problems))


def output_columns(tree: Any, database: str, catalog: Catalog) -> tuple[str, ...] | None:
    """Return the names of the columns that a query gives; None where they are not all known."""
    columns = resolve(tree, database, catalog).outputs.get(id(tree))
    return None if columns is None or not all(each.name for each in columns) else tuple(each.name for each in columns)


def problems_of(found: Resolution) -> tuple[str, ...]:
    """Return a sentence for every table and column that does not exist or is ambiguous."""
    missing = [f"Table '{name}' doesn't exist." if name.database else "No database selected." for name in found.missing]
    return tuple(dict.fromkeys((*missing, *found.problems)))


def column_count(tree: Any, database: str, catalog: Catalog) -> int | None:
    """Return how many columns a query gives, `*` counted; None where that is not known."""
    columns = resolve(tree, database, catalog).outputs.get(id(tree))
    return None if columns is None else len(columns)
