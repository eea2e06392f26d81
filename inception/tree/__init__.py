"""`--query-print`: the syntax tree of a statement as JSON, its names resolved. Pure. docs/tree.md shows every node.

The form is that of older servers, which lost NOT and DESC, printed `<` as `>` and broke on quotes: this one does not.
"""

from collections.abc import Iterable, Iterator

from inception.advance import advance
from inception.batch.statement import Delete, Insert, Select, Statement, Update
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.resolve import problems_of, resolve
from inception.tree.changes import Changes
from inception.tree.expressions import Node
from inception.tree.printed import SILENT, Printed


def trees(statements: Iterable[Statement], catalog: Catalog, syntax: Syntax) -> Iterator[Printed]:
    """Yield every statement but USE and SET NAMES with its tree, in the schema that those before it leave."""
    for statement in statements:
        if statement.kind not in SILENT:
            tree, problems = tree_of(statement, catalog)
            yield Printed(statement.number, statement.text, tree, problems)
        catalog = advance(catalog, statement, syntax)


def tree_of(statement: Statement, catalog: Catalog) -> tuple[Node, tuple[str, ...]]:
    """Return a statement's tree, {} where it could not be read, and what is wrong with it.

    One that neither queries nor changes rows has its kind, and the tables that it changes.
    """
    if statement.problem is not None:
        return {}, (f"{statement.problem}.",)
    form = statement.form
    if not isinstance(form, Insert | Update | Delete | Select):
        tables = [{"db": name.database, "table": name.name} for name in statement.changes]
        return {"command": statement.kind.value.lower(), **({"table_object": tables} if tables else {})}, ()
    try:
        found = resolve(form.tree, statement.database, catalog)
        tree = Changes(found).statement(form)
    except RecursionError:
        return {}, ("The statement is nested too deeply.",)
    return tree, problems_of(found)
