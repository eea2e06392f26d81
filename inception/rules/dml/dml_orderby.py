"""ORDER BY in an UPDATE or DELETE."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Delete, Update
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 514


def check(
    change: Update | Delete,
    *,
    inception_check_dml_orderby: Annotated[bool, Help("UPDATE and DELETE must not have an ORDER BY.")] = True,
) -> Iterator[str]:
    """Yield a finding for it."""
    if inception_check_dml_orderby and change.has_order:
        yield "Order by is not allowed in update/delete statement."
