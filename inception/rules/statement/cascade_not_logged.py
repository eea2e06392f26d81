"""FOREIGN KEY … ON DELETE or ON UPDATE CASCADE or SET NULL changes rows that the target does not log.

InnoDB does so itself, unseen by the binary log, up to MySQL 9.5 and in MariaDB. Only in an execution with backup.
"""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Update
from inception.cascades import cascades_are_logged, unlogged_cascade
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 72


def check(_: Insert | Update | Delete, scene: Scene) -> Iterator[str]:
    """Yield a finding where a foreign key would act on the statement's rows."""
    if not (scene.intent.executing and scene.intent.backup) or not scene.world.references:
        return
    if cascades_are_logged(scene.world.server):
        return
    changed = {scene.before.key(name) for name in scene.statement.lasting_changes}
    references = [each for each in scene.world.references if scene.before.key(each.parent) in changed]
    reason = unlogged_cascade(scene.statement, references)
    if reason:
        yield reason
