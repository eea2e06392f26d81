"""A table is dropped, replaced or truncated, alone or with its database, that a foreign key of another one refers to.

The tables of one DROP TABLE may refer to each other; in MariaDB only to those that are named after them.
"""

from collections.abc import Iterator

from inception.facts.parents import obstacles
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.define import CreateTable
from inception.schema.statements import DropDatabase, DropTable, Truncate

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 173


def check(gone: DropTable | DropDatabase | Truncate | CreateTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such table, with one of the keys."""
    done = "truncated" if isinstance(gone, Truncate) else "dropped"
    for parent, keys in obstacles(gone, scene.statement.changes, scene.before, scene.world.server):
        if keys:
            child, key = keys[0]
            more = f", and {len(keys) - 1} more do" if len(keys) > 1 else ""
            yield f"Table '{parent.name}' can't be {done}: foreign key '{key.name}' of {child} refers to it{more}."
