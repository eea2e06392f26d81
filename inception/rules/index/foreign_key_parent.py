"""A foreign key that does not fit the table that it refers to.

Its columns are not there, are of other types, or have no index; SET NULL on a NOT NULL column; partitioned and
temporary tables, views, and other engines than InnoDB take no part."""

from collections.abc import Iterator

from inception.facts.references import concerns, misfits
from inception.rule import REFUSED, Level
from inception.scene import NewForeignKey, Scene
from inception.schema.model import TableName

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 316


def check(new: NewForeignKey, scene: Scene) -> Iterator[str]:
    """Yield a finding for each reason."""
    key, table, server = new.foreign_key, new.table, scene.world.server
    name = TableName(key.parent.database or table.name.database, key.parent.name)
    itself = scene.before.key(name) == scene.before.key(table.name)
    parent = table if itself else scene.before.table(name)
    if parent is None or not concerns(table, server):
        return
    shown = f" '{key.name}'" if key.name else ""
    for reason in misfits(key, table, parent, server):
        yield f"Foreign key{shown} of table '{table.name.name}' can't be made: {reason}."
