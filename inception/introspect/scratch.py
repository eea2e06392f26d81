"""Asks a target how it will run an ALTER TABLE, by trying it on an empty copy of the table in a scratch database.

The one thing that an audit may write on a target, and only where a variable names the database. Tried is what is not
known otherwise, and what can touch nothing but the copy: no other table is named by it. Asserted from the cheapest
algorithm on; the copy is dropped whatever happens. An empty copy has no rows that could refuse, and no row versions.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.errors import ConnectionLost, ServerError
from inception.facts.online_ddl import Work, foresee
from inception.mysql import Connection, connect
from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.model import Table, TableName
from inception.sql import quote_name, quote_text
from inception.world import Server, Tried

_HARMLESS = (
    act.AddColumn | act.ChangeColumn | act.RenameColumn | act.DropColumn | act.SetDefault | act.DropDefault
    | act.ColumnVisibility | act.AddIndex | act.DropIndex | act.RenameIndex | act.IndexVisibility | act.AddCheck
    | act.DropCheck | act.EnforceCheck | act.ConvertCharset
)  # fmt: skip
_OPTIONS = frozenset(
    ("comment", "charset", "collation", "row_format", "key_block_size", "compression", "stats_persistent")
)
_CHEAPEST_FIRST = (
    ("INSTANT", ""), ("NOCOPY", "NONE"), ("NOCOPY", "SHARED"), ("INPLACE", "NONE"), ("INPLACE", "SHARED"),
)  # fmt: skip
_WITHOUT_NOCOPY = tuple(each for each in _CHEAPEST_FIRST if each[0] != "NOCOPY")


def tried(
    connection: Connection, statements: Iterable[Statement], catalog: Catalog, server: Server, database: str
) -> Mapping[int, Tried]:
    """Return how ALTERs will run of which that is not known, by statement number; asked in the given database."""
    found: dict[int, Tried] = {}
    changed: set[TableName] = set()
    for statement in statements:
        key = catalog.key(statement.changes[0]) if statement.changes else None
        table = catalog.tables.get(key) if key is not None else None
        form = statement.form
        if isinstance(form, AlterTable) and table is not None and key not in changed and _worth_it(form, table, server):
            answer = _try(connection, statement.text[form.body_start :], table, database)
            if answer is not None:
                found[statement.number] = answer
        changed |= {catalog.key(name) for name in statement.changes}
    return found


def _worth_it(form: AlterTable, table: Table, server: Server) -> bool:
    safe = all(
        isinstance(action, _HARMLESS) or (isinstance(action, act.SetOption) and action.name in _OPTIONS)
        for action in form.actions
    )
    plain = not (form.ignore or form.online or table.is_view or table.temporary)
    return safe and plain and foresee(table, form.actions, server).work is Work.UNKNOWN


def _try(connection: Connection, actions: str, table: Table, database: str) -> Tried | None:
    """Return what the target takes; None where it refuses all, or cannot be asked."""
    copy = TableName(database, f"_inception_{connection.thread_id}")
    try:
        with _copied(connection, table.name, copy):
            return next(_taken(connection, copy, actions), None)
    except ConnectionLost:
        raise
    except ServerError:
        return None


@contextmanager
def _copied(connection: Connection, table: TableName, copy: TableName) -> Iterator[None]:
    """While inside there is an empty copy of a table."""
    with suppress(ServerError):  # replicas need not see it; without the privilege they do
        connection.query("SET SESSION sql_log_bin = 0")
    dropping = f"DROP TABLE IF EXISTS {quote_name(copy.database, copy.name)}"
    connection.query(dropping)
    try:
        connection.query(
            f"CREATE TABLE {quote_name(copy.database, copy.name)} LIKE {quote_name(table.database, table.name)}"
        )
        yield
    finally:
        try:
            connection.query(dropping)
        except ConnectionLost:
            with connect(connection.address) as another:
                another.query(dropping)
            raise


def _taken(connection: Connection, copy: TableName, actions: str) -> Iterator[Tried]:
    """Yield the cheapest algorithm and lock that the target takes."""
    altering = f"ALTER TABLE {quote_name(copy.database, copy.name)} "
    before = _table_id(connection, copy)
    for algorithm, lock in _CHEAPEST_FIRST if connection.version.mariadb else _WITHOUT_NOCOPY:
        clause = f"ALGORITHM={algorithm}, LOCK={lock}" if lock else f"ALGORITHM={algorithm}"
        with suppress(ServerError):
            connection.query(f"{altering}{clause}, {actions}")
            yield Tried(algorithm, lock != "SHARED", _table_id(connection, copy) != before)
            return
    connection.query(altering + actions)
    yield Tried("COPY", concurrent=False, rebuilt=True)


def _table_id(connection: Connection, table: TableName) -> object:
    view = "INNODB_SYS_TABLES" if connection.version.mariadb else "INNODB_TABLES"
    name = quote_text(f"{table.database}/{table.name}")
    return connection.value(f"SELECT TABLE_ID FROM information_schema.{view} WHERE NAME = {name}")
