"""INSERT … SELECT without WHERE."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import Level
from inception.rules.dml.dml_where import CheckWhere

LEVEL = Level.WARNING
ORDER = 602


def check(insert: Insert, *, inception_check_dml_where: CheckWhere = True) -> Iterator[str]:
    """Yield a finding for one that reads a table whole; an inner JOIN with a condition counts as a WHERE."""
    if inception_check_dml_where and insert.query is not None and insert.query.unrestricted:
        yield "Set the where condition for select statement."
