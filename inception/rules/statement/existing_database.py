"""A database is created although it exists."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.statements import CreateDatabase

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 32


def check(create: CreateDatabase, scene: Scene) -> Iterator[Said]:
    """Yield an error, or a warning for IF NOT EXISTS."""
    if scene.before.database(create.name) is not None:
        yield Said(Level.WARNING if create.if_not_exists else LEVEL, f"Database '{create.name}' already exists.")
