"""A table is altered online: what that needs and changes besides, such as disk space for the copy."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.NOTE
ORDER = 732


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield what is worth knowing before it begins."""
    yield from scene.way.notes
