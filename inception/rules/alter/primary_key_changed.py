"""The primary key of a table is dropped or made anew: the whole table is rebuilt. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import DropIndex

LEVEL = Level.NONE
ORDER = 744


def check(drop: DropIndex, scene: Scene) -> Iterator[str]:
    """Yield a finding for DROP PRIMARY KEY, with or without a new one in the same statement."""
    if drop.name.upper() == "PRIMARY":
        yield f"The primary key of table '{scene.statement.changes[0].name}' changes: the whole table is rebuilt."
