"""An execution that will not be done: this server or the account may only audit."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = "nothing is executed where only audits are allowed"
ORDER = 5
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield the reason on the batch's first statement."""
    if scene.first and scene.intent.executing and scene.intent.refusal:
        yield scene.intent.refusal
