"""The target can read the statement, we cannot: which rules could not look is said, nothing is passed silently."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
FIRM = "no other rule has looked at such statements"
ORDER = 11
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding where only the target could read the statement."""
    verdict = scene.world.verdicts.get(statement.number)
    if statement.problem is not None and verdict is not None and not verdict.is_syntax_error:
        yield (
            f"Understood only by the server: {statement.problem}. "
            "No rule on tables, columns, indexes or rows has looked at this statement."
        )
