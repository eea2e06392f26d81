"""What is stored of tables that are altered, beyond their definitions: their size, and what decides how ALTER runs.

Read once for a batch. MySQL's facts stand in INNODB_TABLES and INNODB_FOREIGN, which need PROCESS: an account without
it is told nothing, and ALTERs are foreseen with less.
"""

import re
from collections.abc import Iterable, Mapping

from inception.batch.statement import Kind, Statement
from inception.blockers import blockers_of
from inception.catalog import Catalog
from inception.errors import ConnectionLost, ServerError
from inception.mysql import Connection
from inception.schema.model import TableName
from inception.sql import quote_text
from inception.world import Blocker, Server, Stored

# InnoDB's dictionary writes other characters of a name as @ and their codes.
_PLAIN = re.compile(r"[0-9A-Za-z_]+")


def stored_of(
    connection: Connection, statements: Iterable[Statement], catalog: Catalog, server: Server
) -> Mapping[TableName, Stored]:
    """Return what is stored of the tables that are altered."""
    altered = dict.fromkeys(
        catalog.key(statement.changes[0])
        for statement in statements
        if statement.kind is Kind.ALTER_TABLE and statement.changes
    )
    found: dict[TableName, Stored] = {}
    for key in altered:
        table = catalog.tables.get(key)
        if table is not None and not table.is_view:
            found[key] = Stored(*_of_innodb(connection, key, server), _size(connection, key))
    return found


def blockers(
    connection: Connection, statements: Iterable[Statement], catalog: Catalog
) -> Mapping[TableName, tuple[Blocker, ...]]:
    """Return who holds a lock now on the tables whose definitions are changed or whose rows go with TRUNCATE."""
    changed = dict.fromkeys(
        catalog.key(name)
        for statement in statements
        if statement.kind.is_ddl or statement.kind is Kind.TRUNCATE
        for name in statement.lasting_changes
    )
    found = {key: blockers_of(connection, key) for key in changed if key in catalog.tables}
    return {key: some for key, some in found.items() if some}


def _size(connection: Connection, key: TableName) -> int | None:
    size = connection.value(
        "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES "
        f"WHERE TABLE_SCHEMA = {quote_text(key.database)} AND TABLE_NAME = {quote_text(key.name)}"
    )
    return None if size is None else int(str(size))


def _of_innodb(connection: Connection, key: TableName, server: Server) -> tuple[int | None, bool | None]:
    """Return the table's row versions, the most of its partitions, and whether a foreign key refers to it."""
    plain = _PLAIN.fullmatch(key.database) and _PLAIN.fullmatch(key.name)
    if server.version.mariadb or not server.at_least(mysql=(8, 0, 29), mariadb=(0, 0, 0)) or not plain:
        return None, None
    name = f"{key.database}/{key.name}"
    partitions = quote_text(name.replace("_", "\\_") + "#p#%")
    try:
        versions = connection.value(
            "SELECT MAX(TOTAL_ROW_VERSIONS) FROM information_schema.INNODB_TABLES "
            f"WHERE NAME = {quote_text(name)} OR NAME LIKE {partitions}"
        )
        referenced = connection.value(
            f"SELECT COUNT(*) FROM information_schema.INNODB_FOREIGN WHERE REF_NAME = {quote_text(name)}"
        )
    except ConnectionLost:
        raise
    except ServerError:
        return None, None
    return None if versions is None else int(str(versions)), str(referenced) != "0"
