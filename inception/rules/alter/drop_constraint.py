"""A foreign key or check is dropped: nothing keeps the rows consistent any more. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import DropCheck, DropForeignKey

LEVEL = Level.NONE
ORDER = 746


def check(drop: DropForeignKey | DropCheck, scene: Scene) -> Iterator[str]:
    """Yield a finding for each."""
    what = "foreign key" if isinstance(drop, DropForeignKey) else "check"
    yield f"The {what} '{drop.name}' of table '{scene.statement.changes[0].name}' is dropped: wrong rows can come in."
