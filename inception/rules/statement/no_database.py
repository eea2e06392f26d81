"""A table without its database while no database is current."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import REFUSED, Level

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 30
ALIKE = True


def check(statement: Statement) -> Iterator[str]:
    """Yield a finding for the first such table."""
    for name in (*statement.changes, *statement.reads):
        if not name.database:
            yield f"No database selected for table '{name.name}': write 'use <database>;' or the table's full name."
            return
