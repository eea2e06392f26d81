"""ORDER BY RAND() in an UPDATE or DELETE: it sorts all rows, and changes some of them."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Delete, Update
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 516


EnableRand = Annotated[bool, Help("ORDER BY RAND() is allowed.")]


def check(change: Update | Delete, *, inception_enable_orderby_rand: EnableRand = True) -> Iterator[str]:
    """Yield a finding for it."""
    if not inception_enable_orderby_rand and change.order_rand:
        yield "Order by rand is not allowed in update/delete statement."
