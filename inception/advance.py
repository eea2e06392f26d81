"""What a statement leaves behind: the catalog before → the catalog after. Pure."""

from dataclasses import replace

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.schema import statements
from inception.schema.actions import Action, AddIndex, DropIndex
from inception.schema.alter import AlterTable
from inception.schema.apply import apply
from inception.schema.databases import AlterDatabase
from inception.schema.define import CreateTable
from inception.schema.model import Database, Table, TableName, collation_charset
from inception.schema.options import Option
from inception.schema.settle import settle


def advance(catalog: Catalog, statement: Statement, server: Syntax) -> Catalog:
    """Return the catalog as it will stand after a statement; one that would fail changes nothing."""
    if not statement.kind.is_ddl or statement.form is None:
        return catalog
    name = statement.changes[0] if statement.changes else TableName("", "")
    actions = actions_of(statement.form)
    if actions:
        return _alter(catalog, name, actions, server)
    match statement.form:
        case statements.CreateDatabase(name=database, options=options):
            made = _with_charset(Database(database, catalog.charset), options, catalog)
            return catalog if catalog.database(database) else catalog.with_database(made)
        case AlterDatabase(name=database, options=options):
            altered = catalog.database(database or statement.database)
            return catalog if altered is None else catalog.with_database(_with_charset(altered, options, catalog))
        case statements.DropDatabase(name=database):
            return catalog.without_database(database)
        case CreateTable() as create:
            return _created(catalog, name, create, server)
        case statements.CreateView(or_replace=or_replace):
            taken = catalog.table(name) is not None and not or_replace
            return catalog if taken else catalog.with_table(Table(name, is_view=True, complete=False))
        case statements.DropTable() | statements.DropView():
            for dropped in statement.changes:
                catalog = catalog.without_table(dropped)
            return catalog
        case statements.RenameTables(pairs=pairs):
            for old, new in pairs:
                catalog = catalog.renamed(old, new)
            return catalog
    return catalog


def _with_charset(database: Database, options: tuple[Option, ...], catalog: Catalog) -> Database:
    """Return the database with the character set that options of CREATE or ALTER DATABASE give it."""
    given = dict(options)
    if not given.keys() & {"charset", "collation"}:
        return database
    collation = given.get("collation", "")
    charset = given.get("charset") or collation_charset(collation) or database.charset
    return replace(database, charset=catalog.charset if charset == "default" else charset, collation=collation)


def _created(catalog: Catalog, name: TableName, create: CreateTable, server: Syntax) -> Catalog:
    if catalog.table(name) is not None and not create.or_replace:
        return catalog
    if create.like is not None:
        source = catalog.table(TableName(create.like.database or name.database, create.like.name))
        return catalog if source is None else catalog.with_table(replace(source, name=name))
    return catalog.with_table(new_table(create.table, catalog, server))


def new_table(table: Table, catalog: Catalog, server: Syntax) -> Table:
    """Return what the server makes of a written definition, in a database of the catalog."""
    return settle(_with_default_charset(table, catalog.database(table.name.database)), server)


def _with_default_charset(table: Table, database: Database | None) -> Table:
    """Return the table with its database's character set where it is written without one."""
    collation = table.option("collation")
    if database is None or not database.charset or table.option("charset") or collation_charset(collation):
        return table
    own = {"charset": database.charset, "collation": collation or database.collation}
    return replace(table, options=tuple({**dict(table.options), **own}.items()))


def actions_of(form: object) -> tuple[Action, ...]:
    """Return what an ALTER TABLE, or a statement that stands for one, does to its table."""
    match form:
        case AlterTable(actions=actions):
            return actions
        case statements.CreateIndex(index=index, if_not_exists=passes):
            return (AddIndex(index, passes),)
        case statements.DropIndexStatement(name=name, if_exists=passes):
            return (DropIndex(name, passes),)
    return ()


def _alter(catalog: Catalog, name: TableName, actions: tuple[Action, ...], server: Syntax) -> Catalog:
    table = catalog.table(name)
    if table is None:
        return catalog
    return catalog.without_table(name).with_table(apply(table, actions, server))
