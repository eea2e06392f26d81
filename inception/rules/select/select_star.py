"""SELECT *: what it gives changes with the table."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Insert, Select
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 604


def check(
    query: Insert | Select,
    *,
    inception_enable_select_star: Annotated[bool, Help("SELECT * is allowed.")] = True,
) -> Iterator[str]:
    """Yield a finding for `*` or `t.*` among the columns of a SELECT or INSERT … SELECT."""
    if not inception_enable_select_star and query.query is not None and query.query.star:
        yield "Select only star is not allowed."
