"""CREATE TABLE … LIKE a table that does not exist."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.define import CreateTable

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 150


def check(create: CreateTable, scene: Scene) -> Iterator[str]:
    """Yield a finding where it does not."""
    if create.like is None:
        return
    for name in scene.statement.reads:
        if name.database and scene.before.database(name.database) is not None and scene.before.table(name) is None:
            yield f"Table '{name}' doesn't exist."
