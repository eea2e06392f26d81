"""A large UPDATE or DELETE is to run in ranges of a key (--batch-rows), and would do something else that way.

Ranges must give what the whole statement gives: one InnoDB table with a key of exact values, no LIMIT or ORDER BY, no
functions that change from one range to the next, no triggers or cascades, no unique key set.
"""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = "run in ranges the statement would do something else"
ORDER = 540
ALIKE = True


def check(_: Statement, scene: Scene) -> Iterator[str]:
    """Yield what is in the way, and what to do."""
    if scene.chunking is not None and scene.chunking.problem:
        yield scene.chunking.problem
