"""An index is dropped that a foreign key needs, of this table or of another one that refers to it.

Some versions of MariaDB let a primary key go all the same, and then refuse every row of the table that refers to it.
"""

from collections.abc import Iterator

from inception.facts.dependencies import Going, needs_of_indexes
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.actions import DropIndex
from inception.schema.alter import AlterTable
from inception.schema.statements import DropIndexStatement

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 714


def check(change: AlterTable | DropIndexStatement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each key that would be left without an index."""
    table = scene.old
    if table is None or table.is_view:
        return
    actions = change.actions if isinstance(change, AlterTable) else (DropIndex(change.name),)
    for index, key in needs_of_indexes(table, Going.of(actions), scene.before, scene.world.server):
        yield f"Index '{index}' of table '{table.name.name}' can't be dropped: {key} needs it."
