"""The real tables that a tree names: no common table expressions, and not DUAL; and the query inside a definition."""

import re
from collections.abc import Iterator
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from inception.batch.dialect import parse
from inception.lexer import Syntax, UnreadableSql
from inception.schema.define import CreateTable
from inception.schema.model import TableName
from inception.schema.statements import CreateView

_CHECK_OPTION = re.compile(r"\bWITH\s++(?:(?:CASCADED|LOCAL)\s++)?CHECK\s++OPTION\s*+\Z", re.I)


def real_tables(tree: Any) -> Iterator[TableName]:
    """Yield every real table that a tree names, '' for the current database."""
    for table in tree.find_all(exp.Table):
        if is_real(table):
            yield TableName(table.db, table.name)


def is_real(table: Any) -> bool:
    """Tell whether a table of a tree is one of the server."""
    is_dual = table.name.upper() == "DUAL" and not table.db and not table.this.args.get("quoted")
    return bool(table.name) and not is_dual and not _is_cte(table)


def _is_cte(table: Any) -> bool:
    """Tell whether a table is a common table expression that is known where it stands.

    One of a WITH knows those before it only, with RECURSIVE all of them.
    """
    if table.db:
        return False
    name, node, came_from = table.name.casefold(), table.parent, table
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None and clause is not came_from and name in _names(clause.expressions):
            return True
        if isinstance(node, exp.With):
            known = node.expressions
            if not node.args.get("recursive"):
                known = known[: [each is came_from for each in known].index(True)]
            if name in _names(known):
                return True
        node, came_from = node.parent, node
    return False


def _names(ctes: Any) -> set[str]:
    return {cte.alias_or_name.casefold() for cte in ctes}


def query_inside(form: object, text: str, syntax: Syntax) -> Any:
    """Return the tree of the query that a table or view is made from; None for none, or one that we cannot read."""
    start = form.select_start if isinstance(form, CreateTable | CreateView) else None
    if start is None:
        return None
    try:
        tree = parse(_CHECK_OPTION.sub("", text[start:]), syntax)
    except (SqlglotError, UnreadableSql, RecursionError):
        return None
    return tree if isinstance(tree, exp.Query) else None
