"""An index whose name the table has already."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level, Said
from inception.scene import NewIndex, Scene
from inception.schema.actions import AddIndex
from inception.schema.alter import AlterTable
from inception.schema.model import IndexKind, find
from inception.schema.statements import CreateIndex

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 332


def check(new: NewIndex, scene: Scene) -> Iterator[Said]:
    """Yield an error, or a warning where IF NOT EXISTS lets the statement pass."""
    index = new.index
    if index.kind is IndexKind.PRIMARY or not index.name or find((*new.kept, *new.earlier), index.name) is None:
        return
    match scene.statement.form:
        case CreateIndex(or_replace=True):
            return
        case CreateIndex(if_not_exists=True):
            passes = True
        case AlterTable(actions=actions):
            passes = any(isinstance(act, AddIndex) and act.index is index and act.if_not_exists for act in actions)
        case _:
            passes = False
    yield Said(Level.WARNING if passes else LEVEL, f"Duplicate index '{index.name}' in table '{new.table.name.name}'.")
