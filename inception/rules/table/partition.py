"""A partitioned table."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import PartitionAction
from inception.schema.define import CreateTable
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 140


def check(
    change: CreateTable | PartitionAction,
    scene: Scene,
    *,
    inception_enable_partition_table: Annotated[bool, Help("Partitioned tables are allowed.")] = False,
) -> Iterator[str]:
    """Yield a finding for a table that is made so, or partitioned by ALTER TABLE."""
    if inception_enable_partition_table:
        return
    partitioned = change.table.partitioning if isinstance(change, CreateTable) else change.verb == "by"
    if partitioned:
        yield f"Partition is not allowed in table '{scene.statement.changes[0].name}'."
