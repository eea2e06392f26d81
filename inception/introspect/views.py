"""What views are made of: their queries, and the tables and views that those read. Read for --masking."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from inception.batch.parse import read_statement
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.schema.model import Table, TableName
from inception.sql import quote_text


def read_views(
    connection: Connection, table: Callable[[TableName], Table | None], catalog: Catalog, syntax: Syntax
) -> tuple[Catalog, Mapping[TableName, str]]:
    """Return the catalog with all that its views are made of, and the query of each view by its key.

    `table` reads a definition. A view whose query the account may not see has none.
    """
    plain = replace(syntax, ansi_quotes=False, backslash_escapes=True)
    queries: dict[TableName, str] = {}
    pending = [name for name, each in catalog.tables.items() if each.is_view]
    while pending:
        name = pending.pop()
        text = _query(connection, name)
        if name in queries or not text:
            continue
        queries[name] = text
        for read in read_statement(0, text, name.database, plain).reads:
            known = catalog.table(read) or table(read)
            if known is not None:
                catalog = catalog.with_table(known)
                pending += [catalog.key(read)] if known.is_view else []
    return catalog, queries


def _query(connection: Connection, name: TableName) -> str:
    """Return a view's query, with every name in full as the server prints it there; '' where it cannot be seen."""
    found = connection.value(
        f"SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = {quote_text(name.database)} "
        f"AND TABLE_NAME = {quote_text(name.name)}"
    )
    return found.decode("utf-8", "surrogateescape") if isinstance(found, bytes) else str(found or "")
