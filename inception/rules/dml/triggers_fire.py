"""A row change of a table with triggers: they change more than the statement says."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Update
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.NOTE
ORDER = 530


def check(_: Insert | Update | Delete, scene: Scene) -> Iterator[str]:
    """Yield a note that names the triggers of the statement's own kind."""
    event = {"REPLACE": "INSERT"}.get(scene.statement.kind.value, scene.statement.kind.value)
    for name in scene.statement.lasting_changes:
        fired = [each.name for each in scene.world.triggers.get(scene.before.key(name), ()) if each.event == event]
        if fired:
            yield f"Triggers of table '{name.name}' fire: {', '.join(fired)}."
