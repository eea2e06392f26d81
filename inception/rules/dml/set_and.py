"""AND between the assignments of an UPDATE: SET a = 1 AND b = 2 assigns one column, to a truth value."""

from collections.abc import Iterator

from inception.batch.statement import Update
from inception.facts.conditions import joined_by_and
from inception.rule import Level

LEVEL = Level.WARNING
ORDER = 522


def check(update: Update) -> Iterator[str]:
    """Yield a finding for each such assignment; parentheses say that it is meant."""
    for name in joined_by_and(update):
        yield f"Column '{name}' gets the truth value of what stands around AND: separate assignments by commas."
