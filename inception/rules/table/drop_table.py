"""DROP TABLE: the table and its rows are gone. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.statements import DropTable

LEVEL = Level.NONE
ORDER = 170


def check(drop: DropTable) -> Iterator[str]:
    """Yield a finding for each table; temporary ones are no loss."""
    for name in () if drop.temporary else drop.tables:
        yield f"DROP TABLE '{name.name}': rename it first, and drop it when nobody has missed it."
