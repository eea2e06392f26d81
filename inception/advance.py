"""What a statement leaves behind: the catalog before → the catalog after. Pure."""

from dataclasses import replace

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.resolve import output_columns
from inception.schema import statements
from inception.schema.actions import Action, AddIndex, DropIndex
from inception.schema.alter import AlterTable
from inception.schema.apply import apply, renames
from inception.schema.databases import AlterDatabase
from inception.schema.define import CreateTable
from inception.schema.model import Column, Database, Table, TableName, collation_charset
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
        case CreateTable() as create:
            return _created(catalog, create, statement, server)
        case statements.CreateView() as view:
            present = catalog.table(name)
            taken = present is not None and not ((view.or_replace or view.alter) and _may_be(present, view=True))
            return catalog if taken else catalog.with_table(_view(name, view.columns, statement, catalog))
        case statements.DropTable() | statements.DropView() as drop:
            return _dropped(catalog, drop, statement.changes)
        case statements.RenameTables(pairs=pairs):
            for old, new in pairs:
                catalog = catalog.renamed(old, new)
            return catalog
    return _databases(catalog, statement)


def _databases(catalog: Catalog, statement: Statement) -> Catalog:
    """Return the catalog after CREATE, ALTER or DROP DATABASE."""
    match statement.form:
        case statements.CreateDatabase(name=database, options=options):
            made = _with_charset(Database(database, catalog.charset), options, catalog)
            return catalog if catalog.database(database) else catalog.with_database(made)
        case AlterDatabase(name=database, options=options):
            altered = catalog.database(database or statement.database)
            return catalog if altered is None else catalog.with_database(_with_charset(altered, options, catalog))
        case statements.DropDatabase(name=database):
            return catalog.without_database(database)
    return catalog


def _dropped(
    catalog: Catalog, drop: statements.DropTable | statements.DropView, names: tuple[TableName, ...]
) -> Catalog:
    view = isinstance(drop, statements.DropView)
    only_temporary = isinstance(drop, statements.DropTable) and drop.temporary
    for name in names:
        table = catalog.table(name)
        if table is not None and table.temporary >= only_temporary and _may_be(table, view):
            catalog = catalog.without_table(name)
    return catalog


def _may_be(table: Table, view: bool) -> bool:
    """Tell whether something is a view, or a table, as far as it could be looked at."""
    return table.is_view is view or not (table.is_view or table.complete)


def _with_charset(database: Database, options: tuple[Option, ...], catalog: Catalog) -> Database:
    """Return the database with the character set that options of CREATE or ALTER DATABASE give it."""
    given = dict(options)
    if not given.keys() & {"charset", "collation"}:
        return database
    collation = given.get("collation", "")
    charset = given.get("charset") or collation_charset(collation) or database.charset
    return replace(database, charset=catalog.charset if charset == "default" else charset, collation=collation)


def _created(catalog: Catalog, create: CreateTable, statement: Statement, server: Syntax) -> Catalog:
    name, present = statement.changes[0], catalog.table(statement.changes[0])
    if present is not None and not create.or_replace and present.temporary >= create.temporary:
        return catalog
    if create.like is not None:
        source = catalog.table(TableName(create.like.database or name.database, create.like.name))
        made = None if source is None else replace(source, name=name, temporary=create.temporary)
        return catalog if made is None else catalog.with_table(made)
    table = new_table(create.table, catalog, server)
    return catalog.with_table(table if table.complete else _named(table, statement, catalog))


def _view(name: TableName, listed: tuple[str, ...], statement: Statement, catalog: Catalog) -> Table:
    """Return a view with the names of its columns: those that are listed, or of its query."""
    names = listed or _given(statement, catalog)
    return Table(name, tuple(Column(each, "") for each in names or ()), is_view=True, complete=names is not None)


def _named(table: Table, statement: Statement, catalog: Catalog) -> Table:
    """Return a table made from a query with the names of the query's columns besides its own."""
    names = _given(statement, catalog)
    if names is None:
        return table
    added = tuple(Column(name, "") for name in names if table.column(name) is None)
    return replace(table, columns=(*table.columns, *added), named=True)


def _given(statement: Statement, catalog: Catalog) -> tuple[str, ...] | None:
    """Return the names of the columns that a statement's query gives; None where they are not all known."""
    return None if statement.query is None else output_columns(statement.query, statement.database, catalog)


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
    altered = apply(table, actions, server)
    columns = {old.casefold(): new for new, old in renames(actions).items()}
    catalog = catalog.without_table(name).with_table(altered)
    return catalog.followed(name, altered.name, columns) if columns or altered.name != name else catalog
