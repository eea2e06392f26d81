"""A column, index or key is dropped or changed that does not exist; AFTER a column that does not."""

from collections.abc import Iterator

from inception.facts.altering import missing
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.statements import DropIndexStatement

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 710


def check(change: AlterTable | DropIndexStatement, scene: Scene) -> Iterator[str | Said]:
    """Yield an error for each, a warning where IF EXISTS lets the statement pass."""
    table = scene.old
    if table is None or table.is_view:
        return
    if isinstance(change, AlterTable):
        yield from missing(table, change.actions)
    elif table.index(change.name) is None:
        level = Level.WARNING if change.if_exists else LEVEL
        yield Said(level, f"Table '{table.name.name}' has no index '{change.name}'.")
