"""A view where the statement needs a table, or a table where it needs a view."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import TableName
from inception.schema.statements import CreateIndex, CreateView, DropIndexStatement, DropTable, DropView, Truncate

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 35
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield an error for each, a warning where IF EXISTS lets it pass; what could not be looked at may be either."""
    level = LEVEL
    names: tuple[TableName, ...] = ()
    match statement.form:
        case AlterTable() | Truncate() | CreateIndex() | DropIndexStatement():
            names, view_wanted = statement.changes[:1], False
        case CreateTable(like=TableName()):
            names, view_wanted = statement.reads, False
        case CreateTable(or_replace=True):
            names, view_wanted = statement.changes, False
        case DropTable(if_exists=passes) | DropView(if_exists=passes):
            names, view_wanted = statement.changes, isinstance(statement.form, DropView)
            level = Level.WARNING if passes else LEVEL
        case CreateView(or_replace=True) | CreateView(alter=True):
            names, view_wanted = statement.changes, True
    for name in names:
        table = scene.before.table(name)
        if table is not None and (table.is_view or table.complete) and table.is_view is not view_wanted:
            yield Said(level, f"'{name}' is {'no view, but a table' if view_wanted else 'a view, no table'}.")
