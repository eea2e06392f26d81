"""Queries made from a row change's tree: how many rows it will change, and one that reads them. Pure.

The text of a tree is only asked where reading it gives the same tree again, so nothing is counted that is not meant.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from inception.batch.dialect import parse, written
from inception.batch.statement import Delete, Insert, Update
from inception.catalog import Catalog
from inception.errors import DefinitionError
from inception.lexer import Syntax
from inception.resolve import column_count, resolve
from inception.schema.model import TableName


def counting_queries(form: object, text: str, database: str, catalog: Catalog, syntax: Syntax) -> tuple[str, ...]:
    """Return queries whose results together are the number of rows that an UPDATE, DELETE or INSERT … SELECT changes.

    Nothing where that cannot be asked: a statement of several tables one of which has no primary key, or a tree that is
    not certain.
    """

    def queries(tree: Any) -> list[Any]:
        if isinstance(form, Insert):
            return [_of_query(tree.expression, database, catalog)] if form.has_query else []
        return _of_change(tree, form, database, catalog) if isinstance(form, Update | Delete) else []

    return _certainly(queries, text, syntax)


def reading_query(form: object, text: str, syntax: Syntax) -> str:
    """Return the query that reads what an UPDATE, DELETE or INSERT … SELECT changes; '' where it is not certain."""

    def queries(tree: Any) -> list[Any]:
        if isinstance(form, Insert):
            return [tree.expression] if form.has_query else []
        return [_ordered(tree)] if isinstance(form, Update | Delete) else []

    return next(iter(_certainly(queries, text, syntax)), "")


def _certainly(queries: Callable[[Any], list[Any]], text: str, syntax: Syntax) -> tuple[str, ...]:
    """Return the texts of the queries that are made from a statement's tree; none where one is not certain."""
    try:
        tree = parse(text, syntax, exact=True)  # not that of its form, which may have another statement's literals
        return tuple(_certain(query, syntax) for query in queries(tree))
    except (_Unsure, DefinitionError, RecursionError):
        return ()
    except Exception as error:
        if type(error).__module__.startswith("sqlglot"):
            return ()
        raise


class _Unsure(Exception):
    """The question cannot be put."""


def _certain(query: Any, syntax: Syntax) -> str:
    for node in query.find_all(exp.Identifier, exp.Anonymous):  # as they will be read again
        if isinstance(node, exp.Identifier):
            node.set("quoted", True)
        else:
            node.set("this", node.name.upper())
    text = written(query, syntax)
    if parse(text, syntax, exact=True) != query:
        raise _Unsure
    return text


def _of_query(query: Any, database: str, catalog: Catalog) -> Any:
    """Count the rows of a query as a CTE, whose columns have names of their own."""
    count = column_count(query, database, catalog)
    if not count or query.args.get("with_"):
        raise _Unsure
    names = [exp.to_identifier(f"c{number}") for number in range(count)]
    cte = exp.CTE(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier("counted"), columns=names))
    counted = _count(exp.Star())
    counted.set("from_", exp.From(this=exp.Table(this=exp.to_identifier("counted"))))
    counted.set("with_", exp.With(expressions=[cte]))
    return counted


def _of_change(tree: Any, form: Update | Delete, database: str, catalog: Catalog) -> list[Any]:
    if form.single:
        return [_limited(tree)] if form.has_limit else [_select(tree, exp.Star())]
    found = resolve(tree, database, catalog)
    sources = [table for table in tree.find_all(exp.Table) if found.tables.get(id(table)) is not None]
    queries = []
    for target in form.targets:
        name = TableName(target.database or database, target.name)
        aliases = [table.alias_or_name for table in sources if found.tables[id(table)] == name]
        queries.append(_select(tree, _key(name, aliases, catalog)))
    return queries


def _key(name: TableName, aliases: list[str], catalog: Catalog) -> Any:
    """Return DISTINCT and the primary key of a table that a statement reads once, under its alias."""
    table = catalog.table(name)
    key = table.primary_key if table is not None else None
    parts = dict.fromkeys(aliases)
    if key is None or len(parts) != 1 or any(not part.column for part in key.parts):
        raise _Unsure
    [alias] = parts
    columns = [exp.column(exp.to_identifier(part.column), table=exp.to_identifier(alias)) for part in key.parts]
    return exp.Distinct(expressions=columns)


def _ordered(tree: Any) -> Any:
    """Return a row for each row that is read, as far as a LIMIT leaves it."""
    rows = _select(tree, None)
    for part in ("order", "limit"):
        if tree.args.get(part) is not None:
            rows.set(part, tree.args[part].copy())
    return rows


def _limited(tree: Any) -> Any:
    """Count what a LIMIT leaves."""
    rows = _ordered(tree)
    counted = _count(exp.Star())
    alias = exp.TableAlias(this=exp.to_identifier("counted"))
    counted.set("from_", exp.From(this=exp.Subquery(this=rows, alias=alias)))
    return counted


def _select(tree: Any, what: Any) -> Any:
    """Return the SELECT of what a row change reads: COUNT of something, or, for None, a row for each row."""
    made = _count(what) if what is not None else exp.Select(expressions=[exp.Literal.number(1)])
    first, *others = [table.copy() for table in (tree.args.get("using") or [tree.this])]
    joins = [*(first.args.get("joins") or []), *(exp.Join(this=other) for other in others)]
    first.set("joins", None)
    made.set("from_", exp.From(this=first))
    if joins:
        made.set("joins", joins)
    for part in ("where", "with_"):
        if tree.args.get(part) is not None:
            made.set(part, tree.args[part].copy())
    return made


def _count(what: Any) -> Any:
    return exp.Select(expressions=[exp.Anonymous(this="COUNT", expressions=[what])])
