"""Another connection holds a lock on a table whose definition is changed: the change would wait for it.

As it is at the time of the audit, where the target tells (performance_schema.metadata_locks, metadata_lock_info)."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Kind, Statement
from inception.rule import Level
from inception.scene import Scene
from inception.settings.variables import Between, Help
from inception.world import blocked_by

LEVEL = Level.NOTE
ORDER = 738
ALIKE = True  # row changes are none of its


def check(
    statement: Statement,
    scene: Scene,
    *,
    inception_blocker_age: Annotated[
        int, Help("Seconds that a transaction holds a lock before an audit speaks of it."), Between(0)
    ] = 10,
) -> Iterator[str]:
    """Yield a note for each table that is locked."""
    if not statement.kind.is_ddl and statement.kind is not Kind.TRUNCATE:
        return
    for name in statement.changes:
        found = scene.world.blockers.get(scene.before.key(name), ())
        blockers = blocked_by(each for each in found if each.seconds >= inception_blocker_age)
        if blockers:
            yield f"The change of table '{name.name}' would wait: {blockers}."
