"""A column that does not exist at that point of the batch, or that is ambiguous.

Where the tables stand as on the target its own answer to PREPARE decides; tables that the batch has changed before
are resolved by us.
"""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Select, Statement, Update
from inception.resolve import unknown_columns
from inception.rule import REFUSED, Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 35
ALIKE = True
_NAME_ERRORS = frozenset({1052, 1054, 1166})  # ambiguous, unknown, unknown in the column list


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such column."""
    verdict = scene.world.verdicts.get(statement.number)
    if verdict is not None and scene.untouched((*statement.changes, *statement.reads)):
        if verdict.errno in _NAME_ERRORS:
            yield verdict.message.rstrip(".") + "."
        if verdict.errno == 0 or verdict.errno in _NAME_ERRORS:
            return
    match statement.form:
        case Insert(tree=tree) | Update(tree=tree) | Delete(tree=tree) | Select(tree=tree):
            yield from unknown_columns(tree, statement.database, scene.before)
