"""A table that does not exist at that point of the batch."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.batch.tables import tables_needed
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import TableName
from inception.schema.statements import DropTable, DropView

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 33
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[str | Said]:
    """Yield a finding for each unknown table; a warning where IF EXISTS lets the statement pass."""
    level = LEVEL
    needed = [*tables_needed(statement.form, statement.changes), *statement.reads]
    match statement.form:
        case CreateTable(like=TableName()):  # the business of like_source
            return
        case DropTable(if_exists=True) | DropView(if_exists=True) | AlterTable(if_exists=True):
            level = Level.WARNING
    temporary = isinstance(statement.form, DropTable) and statement.form.temporary
    for name in dict.fromkeys(needed):
        if not name.database or scene.before.database(name.database) is None:
            continue
        table = scene.before.table(name)
        if table is None or (temporary and not table.temporary):
            yield Said(level, f"{'Temporary table' if temporary else 'Table'} '{name}' doesn't exist.")
