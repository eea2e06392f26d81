"""A Galera cluster stands still while a table is altered natively.

Each node applies the ALTER TABLE at the same place in the order of all changes (total order isolation): whatever is
committed meanwhile waits on every node, whichever table it changes.
"""

from collections.abc import Iterator

from inception.osc.command import is_galera
from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.WARNING
ORDER = 733


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for an ALTER TABLE that copies or builds something natively on a node of a cluster."""
    if not is_galera(scene.world.server) or scene.way.job is not None or scene.way.instant or scene.old is None:
        return
    if scene.world.catalog.table(scene.statement.changes[0]) is None:
        return  # made in the batch: there is nothing to copy
    yield (
        f"The target is a node of a Galera cluster: altering table '{alter.name.name}' natively blocks all writes "
        f"on all nodes until it is done ({scene.way.reason})."
    )
