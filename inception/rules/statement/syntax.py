"""The statement is not valid SQL for the target.

The target itself is asked (PREPARE); without its answer our own reader decides.
"""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import REFUSED, Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 10
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield the target's message, or our own where the target was not asked."""
    verdict = scene.world.verdicts.get(statement.number)
    if verdict is not None and verdict.is_syntax_error:
        place = f" ({statement.problem})" if statement.problem else ""
        yield f"Syntax error: {verdict.message}{place}"
    elif verdict is None and statement.problem is not None:
        yield f"Syntax error: {statement.problem}."
