"""ORDER BY RAND() in a SELECT or INSERT … SELECT: it sorts all rows."""

from collections.abc import Iterator

from inception.batch.statement import Insert, Select
from inception.rule import Level
from inception.rules.dml.dml_order_rand import EnableRand

LEVEL = Level.WARNING
ORDER = 608


def check(query: Insert | Select, *, inception_enable_orderby_rand: EnableRand = True) -> Iterator[str]:
    """Yield a finding for it."""
    if not inception_enable_orderby_rand and query.query is not None and query.query.order_rand:
        yield "Order by rand is not allowed in select statement."
