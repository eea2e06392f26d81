"""A table is large enough to be altered online, and cannot be: the tool is not there, or would break something.

pt-online-schema-change copies the table, and keeps the copy up to date with triggers: it needs a unique key, a table
without triggers of its own, and foreign keys that it may change.
"""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.ERROR
FIRM = "the online schema change would fail or lose data"
ORDER = 731


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for each obstacle, with what to do."""
    yield from scene.way.problems
