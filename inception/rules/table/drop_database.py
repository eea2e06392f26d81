"""DROP DATABASE: all its tables are gone. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.statements import DropDatabase

LEVEL = Level.NONE
ORDER = 171


def check(drop: DropDatabase) -> Iterator[str]:
    """Yield a finding for it."""
    yield f"DROP DATABASE '{drop.name}': no rollback brings its tables back."
