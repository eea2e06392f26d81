"""UPDATE or DELETE with a WHERE that every row passes: a number, 1 = 1, a = a, or one of these in an OR."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Update
from inception.facts.conditions import always_true
from inception.rule import Level
from inception.rules.dml.dml_where import CheckWhere

LEVEL = Level.WARNING
ORDER = 511


def check(change: Update | Delete, *, inception_check_dml_where: CheckWhere = True) -> Iterator[str]:
    """Yield a finding for it; an inner JOIN with a condition counts as one."""
    if inception_check_dml_where and always_true(change):
        yield "The where condition is true for every row."
