"""A large UPDATE or DELETE runs in ranges of a key (--batch-rows), each committed by itself: a part may stay done."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 541
ALIKE = True


def check(_: Statement, scene: Scene) -> Iterator[str]:
    """Yield how many ranges there will probably be, and what else is different."""
    chunking = scene.chunking
    if chunking is None or chunking.key is None:
        return
    yield (
        f"It runs in about {chunking.count} ranges of {chunking.rows} rows of the table, each committed by itself, and "
        "is not atomic any more: if it fails or is stopped, the ranges before stay changed (and can be rolled back), "
        "and --resume goes on behind them."
    )
    yield from chunking.notes
