"""The tables whose foreign keys refer to those that a batch drops or alters: asked in one question for all of them."""

import logging
from collections.abc import Iterable, Iterator

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.errors import ConnectionLost, ServerError
from inception.mysql import Connection, Row
from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import ForeignKey, Table, TableName, same
from inception.schema.statements import DropDatabase, DropIndexStatement, DropTable, RenameTables, Truncate
from inception.sql import quote_text

log = logging.getLogger(__name__)


def with_children(connection: Connection, statements: Iterable[Statement], catalog: Catalog) -> Catalog:
    """Return the catalog with the tables that refer to what the statements drop or alter; nothing is asked without.

    Of tables that the batch does not name only these foreign keys are known. Those that the account may not see, and
    all where the target takes too long to answer, are missing.
    """
    condition = " OR ".join(_conditions(tuple(statements), catalog))
    if not condition:
        return catalog
    try:
        rows = connection.query(
            "SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, "
            "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
            f"WHERE {condition} ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"
        )
    except ConnectionLost:
        raise
    except ServerError as error:
        log.warning("it is not known what refers to the tables that are dropped or altered: %s", error.message)
        return catalog
    for child in _children(rows):
        if catalog.table(child.name) is None:
            catalog = catalog.with_table(child)
    return catalog


def _children(rows: Iterable[Row]) -> Iterator[Table]:
    columns: dict[TableName, dict[tuple[str, TableName], list[tuple[str, str]]]] = {}
    for database, table, name, column, parent_database, parent, parent_column in (map(str, row) for row in rows):
        keys = columns.setdefault(TableName(database, table), {})
        keys.setdefault((name, TableName(parent_database, parent)), []).append((column, parent_column))
    for child, keys in columns.items():
        found = tuple(
            ForeignKey(name, tuple(own for own, _ in pairs), parent, tuple(other for _, other in pairs))
            for (name, parent), pairs in keys.items()
        )
        yield Table(child, foreign_keys=found, options=(("engine", "InnoDB"),), complete=False)


def _conditions(statements: tuple[Statement, ...], catalog: Catalog) -> Iterator[str]:
    """Yield what is true of a foreign key that may forbid a statement; renamed tables are followed where one may."""
    forbidden = dict.fromkeys(name for each in statements for name in _may_be_forbidden(each, catalog))
    databases = {each.form.name for each in statements if isinstance(each.form, DropDatabase)}
    if not forbidden and not databases:
        return
    renamed = (name for each in statements for name in _renamed(each))
    names: dict[str, dict[str, None]] = {}
    for key in map(catalog.key, (*forbidden, *renamed)):
        if key in catalog.tables:
            names.setdefault(key.database, {})[key.name] = None
    for database, found in names.items():
        listed = ", ".join(map(quote_text, found))
        yield f"(REFERENCED_TABLE_SCHEMA = {quote_text(database)} AND REFERENCED_TABLE_NAME IN ({listed}))"
    for database in sorted(databases):
        yield f"REFERENCED_TABLE_SCHEMA = {quote_text(database)}"


def _may_be_forbidden(statement: Statement, catalog: Catalog) -> tuple[TableName, ...]:
    """Return the tables that foreign keys of others may keep a statement from dropping or altering."""
    match statement.form:
        case DropTable(temporary=False) | Truncate() | CreateTable(or_replace=True) | DropIndexStatement():
            return statement.changes
        case AlterTable(actions=actions):
            table = catalog.table(statement.changes[0])
            matters = table is not None and any(_matters(action, table) for action in actions)
            return statement.changes[:1] if matters else ()
    return ()


def _matters(action: act.Action, table: Table) -> bool:
    """Tell whether an action may touch what foreign keys refer to: only columns that have an index are."""
    match action:
        case act.ChangeColumn(old=name) | act.DropColumn(name=name) | act.RenameColumn(old=name):
            return any(same(part.column, name) for index in table.indexes for part in index.parts)
        case act.SetOption(name=name):
            return name == "engine"
        case act.PartitionAction(verb=verb):
            return verb == "by"
    return isinstance(action, act.DropIndex | act.DropConstraint | act.ConvertCharset)


def _renamed(statement: Statement) -> tuple[TableName, ...]:
    match statement.form:
        case RenameTables():
            return statement.changes[::2]
        case AlterTable(actions=actions) if any(isinstance(action, act.RenameTable) for action in actions):
            return statement.changes[:1]
    return ()
