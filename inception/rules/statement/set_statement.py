"""Any SET but SET NAMES and SET CHARACTER SET."""

from collections.abc import Iterator

from inception.batch.statement import Kind, Statement
from inception.rule import Level

LEVEL = Level.ERROR
FIRM = "it would change the session that the batch runs in"
ORDER = 21
ALIKE = True


def check(statement: Statement) -> Iterator[str]:
    """Yield a finding for a SET."""
    if statement.kind is Kind.SET:
        yield "Only SET NAMES and SET CHARACTER SET may be used in a batch."
