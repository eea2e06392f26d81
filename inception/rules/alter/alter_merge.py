"""A second ALTER TABLE of one table in the batch, where one would do.

Not where together they would rebuild a table that each alone does not: see alter_split_cheaper."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.cost import cheaper_sequence
from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 730


def check(
    alter: AlterTable,
    scene: Scene,
    *,
    inception_merge_alter_table: Annotated[bool, Help("A table is altered once in a batch.")] = True,
) -> Iterator[str]:
    """Yield a finding for every ALTER TABLE of a table after the first."""
    if not inception_merge_alter_table or not scene.earlier:
        return
    merged = tuple(action for each in scene.earlier for action in each.actions) + alter.actions
    if not cheaper_sequence(scene.earlier[0].table, merged, scene.world.server):
        yield f"Merge the alter statement for table '{scene.statement.changes[0].name}' to ONE."
