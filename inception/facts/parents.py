"""Which foreign keys keep a table from being dropped, replaced or truncated. Pure.

Manual: "FOREIGN KEY Constraints", "DROP TABLE Statement"; judged by servers in tests/rules/parents.sql.
"""

from collections.abc import Collection, Iterator, Sequence

from inception.catalog import Catalog
from inception.facts.references import concerns
from inception.schema.define import CreateTable
from inception.schema.model import ForeignKey, TableName
from inception.schema.rename import parent_of
from inception.schema.statements import DropDatabase, DropTable, Truncate
from inception.world import Server

Keys = list[tuple[TableName, ForeignKey]]
"""Foreign keys, each with the table that has it."""


def obstacles(
    form: DropTable | DropDatabase | Truncate | CreateTable, names: Sequence[TableName], before: Catalog, server: Server
) -> Iterator[tuple[TableName, Keys]]:
    """Yield each table that goes although foreign keys of tables that stay refer to it, with these keys.

    `names` are the tables that the statement names. MySQL drops those of one DROP TABLE together, MariaDB in order.
    """
    match form:
        case DropDatabase(name=database):
            yield from _of_database(database, before, server).items()
        case DropTable(temporary=False):
            for place, name in enumerate(names, 1):
                yield name, _of_table(name, names[:place] if server.version.mariadb else names, before, server)
        case Truncate() | CreateTable(or_replace=True, temporary=False):
            yield names[0], _of_table(names[0], names[:1], before, server)


def _of_table(name: TableName, together: Collection[TableName], before: Catalog, server: Server) -> Keys:
    table = before.table(name)
    if table is None or table.is_view or table.temporary:
        return []
    gone = {before.key(each) for each in together}
    return [
        (child.name, key)
        for child, key in before.referring_to(name)
        if before.key(child.name) not in gone and concerns(child, server)
    ]


def _of_database(name: str, before: Catalog, server: Server) -> dict[TableName, Keys]:
    found: dict[TableName, Keys] = {}
    database = before.key(TableName(name, "")).database
    for table in before.tables.values():
        if before.key(table.name).database == database or not concerns(table, server):
            continue
        for key in table.foreign_keys:
            parent = before.key(parent_of(key, table))
            if parent.database == database:
                found.setdefault(parent, []).append((table.name, key))
    return found
