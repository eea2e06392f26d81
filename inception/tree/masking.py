"""`--masking`: from which columns of tables each column of a query's answer is computed. Pure.

A column cannot hide: every column that an expression names counts, in the queries inside it also those of their
conditions, which could be asked about a value. What only picks rows (WHERE, JOIN … ON, GROUP BY) of the query itself
does not count.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from inception.advance import advance
from inception.batch.facts import function_names
from inception.batch.statement import Select, Statement
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.resolve import Real, Resolution, problems_of, resolve
from inception.resolve.nodes import is_star, items_of_row
from inception.schema.model import TableName
from inception.schema.render import render_type
from inception.tree.printed import SILENT, Printed
from inception.tree.views import Views

NO_VIEWS: Mapping[TableName, str] = MappingProxyType({})
_UNSURE = "Not every column that is read is known: what cannot be named here might be shown."


def masked(
    statements: Iterable[Statement],
    catalog: Catalog,
    syntax: Syntax,
    views: Mapping[TableName, str] = NO_VIEWS,
    functions: frozenset[str] = frozenset(),
) -> Iterator[Printed]:
    """Yield every statement but USE and SET NAMES with its list, in the schema that those before it leave.

    `views` has the queries of views, as the server prints them, by catalog key; `functions` the names of the stored
    functions, in capitals: what those read is not known.
    """
    known = Views.printed(views, syntax)
    for statement in statements:
        if statement.kind not in SILENT:
            listed, problems = columns_shown(statement, catalog, known, functions)
            yield Printed(statement.number, statement.text, listed, problems)
        catalog = advance(catalog, statement, syntax)
        known.advance(statement, catalog, syntax)


Items = list[dict[str, object]]


def columns_shown(
    statement: Statement, catalog: Catalog, views: Views, functions: frozenset[str]
) -> tuple[Items, tuple[str, ...]]:
    """Return an item for every column of a table behind every column of the answer, and what is wrong.

    `index` counts columns of the answer from 0. A statement that answers no rows gives an empty list.
    """
    if statement.problem is not None:
        return [], (f"{statement.problem}.",)
    if not isinstance(statement.form, Select):
        return [], ()
    tree = statement.form.tree
    try:
        found = resolve(tree, statement.database, catalog)
        outputs = found.outputs.get(id(tree))
        names = list(_names(tree, found))
    except RecursionError:
        return [], ("The statement is nested too deeply.",)
    problems = problems_of(found)
    if outputs is None or any(each is None for each in found.outputs.values()):
        problems = (*problems, _UNSURE)
    views.called.clear()
    listed = [
        _item(index, real, name or output.name, catalog)
        for index, (output, name) in enumerate(zip(outputs or (), names, strict=False))
        for real in dict.fromkeys(real for source in output.sources for real in views.behind(source, catalog))
    ]
    if called := sorted((views.called | function_names(tree)) & functions):
        problems = (*problems, f"What the stored function {called[0]} reads is not known: it might be shown.")
    return listed, problems


def _item(index: int, real: Real, alias: str, catalog: Catalog) -> dict[str, object]:
    table = catalog.table(TableName(real.database, real.table))
    column = table.column(real.column) if table is not None else None
    return {
        "index": index, "field": real.column, "type": render_type(column) if column is not None else "",
        "table": real.table, "schema": real.database, "alias": alias,
    }  # fmt: skip


def _names(tree: Any, found: Resolution) -> Iterator[str]:
    """Yield the name of each column of a query where it is written; an expression without one is its text."""
    while isinstance(tree, exp.Subquery | exp.SetOperation):
        tree = tree.this
    if isinstance(tree, exp.Values):
        yield from (f"column_{place}" for place, _ in enumerate(items_of_row(tree.expressions[0])))
        return
    for item in tree.expressions:
        if is_star(item):
            yield from (each.name for each in found.stars.get(id(item)) or ())
        else:
            yield item.alias_or_name if isinstance(item, exp.Alias | exp.Column) else item.sql(dialect="mysql")
