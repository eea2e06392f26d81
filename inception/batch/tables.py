"""Which tables a definition change touches."""

from collections.abc import Iterator

from inception.schema.actions import AddForeignKey, RenameTable
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import ForeignKey, TableName
from inception.schema.statements import (
    CreateIndex,
    CreateView,
    DropIndexStatement,
    DropTable,
    DropView,
    RenameTables,
    Truncate,
)


def tables_changed(form: object) -> tuple[TableName, ...]:
    """Return the tables whose definition or rows change, the first one first; renamed ones under both names."""
    match form:
        case CreateTable(table=table):
            return (table.name,)
        case AlterTable(name=name, actions=actions):
            return (name, *(action.new for action in actions if isinstance(action, RenameTable)))
        case CreateIndex(table=name) | DropIndexStatement(table=name) | Truncate(table=name):
            return (name,)
        case RenameTables(pairs=pairs):
            return tuple(name for pair in pairs for name in pair)
        case DropTable(tables=names) | DropView(views=names):
            return names
        case CreateView(name=name):
            return (name,)
    return ()


def tables_read(form: object) -> tuple[TableName, ...]:
    """Return the tables that must exist besides: the source of LIKE, the parents of foreign keys."""
    match form:
        case CreateTable(like=TableName() as source):
            return (source,)
        case CreateTable(table=table):
            return tuple(dict.fromkeys(_parents(table.name, table.foreign_keys)))
        case AlterTable(name=name, actions=actions):
            added = tuple(action.foreign_key for action in actions if isinstance(action, AddForeignKey))
            return tuple(dict.fromkeys(_parents(name, added)))
    return ()


def tables_needed(form: object, changes: tuple[TableName, ...]) -> tuple[TableName, ...]:
    """Return those of the changed tables that must exist before the statement."""
    match form:
        case CreateTable() | CreateView(alter=False):
            return ()
        case AlterTable(name=name):
            return (name,)
        case RenameTables(pairs=pairs):
            made: set[TableName] = set()
            needed = []
            for old, new in pairs:
                if old not in made:
                    needed.append(old)
                made.add(new)
            return tuple(needed)
    return changes


def _parents(child: TableName, keys: tuple[ForeignKey, ...]) -> Iterator[TableName]:
    for key in keys:
        parent = key.parent if key.parent.database else TableName(child.database, key.parent.name)
        if parent != child:
            yield parent
