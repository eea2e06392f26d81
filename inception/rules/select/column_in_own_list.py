"""A column in the list that it is compared with, as in a IN (1, a): a quoted text was meant, or the list is wrong."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Select, Update
from inception.facts.conditions import in_own_list
from inception.rule import Level

LEVEL = Level.WARNING
ORDER = 614


def check(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield a finding for each such column."""
    for name in dict.fromkeys(in_own_list(form)):
        yield f"Column '{name}' is compared with a list in which it stands itself: every row with a value passes."
