"""A row change that reads other tables: at REPEATABLE READ it locks the rows that it reads there. Off by default."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import Level

LEVEL = Level.NONE
ORDER = 529
ALIKE = True


def check(statement: Statement) -> Iterator[str]:
    """Yield a finding that names the tables."""
    read = [name for name in statement.reads if name not in statement.changes]
    if statement.kind.is_dml and read:
        named = ", ".join(f"'{name.name}'" for name in read)
        yield f"Rows of {named} are locked while this runs."
