"""It is not known how many rows the statement will change, so that the limit on them says nothing.

A warning where the target was asked and refused, or took too long; a note where it must not be asked, or cannot be
since the batch changes the table first.
"""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Statement, Update
from inception.rule import Level, Said
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 51
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield why there is no estimate; nothing where the statement itself is what the target refuses."""
    unknown = scene.world.unestimated.get(statement.number)
    if unknown is None or not isinstance(statement.form, Insert | Update | Delete):
        return
    as_found = scene.untouched(statement.changes + statement.reads)
    verdict = scene.world.verdicts.get(statement.number)
    if as_found and verdict is not None and verdict.is_about_statement:
        return
    level = LEVEL if unknown.asked and as_found else Level.NOTE
    yield Said(level, f"Not checked how many rows will be changed: {unknown.reason.rstrip('.')}.")
