"""Actions that are instant or in place one by one, but rebuild the table when given together.

A new column with its index; on MySQL 8.0.29 and later also a column that is dropped with an index on it, and a column
with a table option."""

from collections.abc import Iterator

from inception.facts.cost import cheaper_sequence
from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.NOTE
ORDER = 732


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a note that names the cheaper sequence."""
    table = scene.old
    if table is None or scene.world.catalog.table(table.name) is None:  # made in this batch: nothing to rebuild
        return
    sequence = cheaper_sequence(table, alter.actions, scene.world.server)
    if sequence:
        steps = ", then ".join(sequence)
        yield f"This rebuilds table '{table.name.name}'; in separate statements it would not: {steps}."
