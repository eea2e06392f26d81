"""A comparison with NULL by = or another sign: it is true for no row. So is NOT IN with NULL in the list."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Select, Update
from inception.facts.conditions import compared_with_null
from inception.rule import Level

LEVEL = Level.WARNING
ORDER = 610


def check(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield a finding for each kind of comparison."""
    for comparison in dict.fromkeys(compared_with_null(form)):
        yield f"'{comparison}' is true for no row: use IS NULL or IS NOT NULL."
