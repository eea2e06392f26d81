"""INSERT … SELECT with LIMIT: which rows it takes is not sure."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import Level
from inception.rules.dml.dml_limit import CheckLimit

LEVEL = Level.WARNING
ORDER = 606


def check(insert: Insert, *, inception_check_dml_limit: CheckLimit = True) -> Iterator[str]:
    """Yield a finding for it."""
    if inception_check_dml_limit and insert.query is not None and insert.query.limit:
        yield "Limit is not allowed in insert select statement."
