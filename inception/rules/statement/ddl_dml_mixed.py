"""One batch changes the definition and the rows of one table: rows could not be undone exactly. Split it.

Of a temporary table that may be: neither is ever undone."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level, Said
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = "rows could not be rolled back exactly"
ORDER = 40
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield an error in an execution, a note in a check."""
    level = LEVEL if scene.intent.executing else Level.NOTE
    for name in dict.fromkeys(statement.lasting_changes):
        if scene.before.key(name) in scene.mixed:
            yield Said(
                level,
                f"This batch changes both the definition and the rows of table '{name}': "
                "execute it in the parts that --split gives.",
            )
