"""TRUNCATE TABLE, TRUNCATE PARTITION, DROP PARTITION: rows go without a trace. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import PartitionAction
from inception.schema.statements import Truncate

LEVEL = Level.NONE
ORDER = 172


def check(change: Truncate | PartitionAction, scene: Scene) -> Iterator[str]:
    """Yield a finding for each."""
    if isinstance(change, PartitionAction) and change.verb not in ("truncate", "drop"):
        return
    what = "TRUNCATE TABLE" if isinstance(change, Truncate) else f"{change.verb.upper()} PARTITION"
    yield f"{what} on '{scene.statement.changes[0].name}': no rollback brings the rows back."
