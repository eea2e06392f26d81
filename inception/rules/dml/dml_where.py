"""UPDATE or DELETE without WHERE: every row would change. An inner JOIN with a condition counts as one."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Delete, Update
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 510
CheckWhere = Annotated[bool, Help("UPDATE, DELETE and INSERT … SELECT need a WHERE.")]


def check(
    change: Update | Delete,
    *,
    inception_check_dml_where: CheckWhere = True,
) -> Iterator[str]:
    """Yield a finding for a change of all rows."""
    if inception_check_dml_where and not change.has_where:
        yield "Set the where condition: without it every row is changed."
