"""Triggers or a _new table that an earlier online schema change left on the table."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.WARNING
ORDER = 734


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding that names them."""
    key = scene.before.key(scene.statement.changes[0])
    tables = scene.world.leftovers.get(key, ())
    triggers = [each.name for each in scene.world.triggers.get(key, ()) if each.name.lower().startswith("pt_osc_")]
    if tables or triggers:
        found = [*(f"trigger '{name}'" for name in triggers), *(f"table '{name}'" for name in tables)]
        yield (
            f"An earlier online schema change of table '{alter.name.name}' left {', '.join(found)}: "
            "when it does not run any more, remove them with "
            f"inception clean osc '{key.database}.{key.name}'."
        )
