"""A comparison that is compared again, as in a = b = c or 1 < a < 5: its result, 0 or 1, is what is compared."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Select, Update
from inception.facts.conditions import chained
from inception.rule import Level

LEVEL = Level.WARNING
ORDER = 612


def check(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield a finding for a statement with one; parentheses say that it is meant."""
    if chained(form):
        yield "A comparison is compared again: write AND between the two, or parentheses around the first."
