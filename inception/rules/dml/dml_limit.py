"""LIMIT in an UPDATE or DELETE: which rows it changes is not sure."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Delete, Update
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 512


CheckLimit = Annotated[bool, Help("UPDATE, DELETE and INSERT … SELECT must not have a LIMIT.")]


def check(change: Update | Delete, *, inception_check_dml_limit: CheckLimit = True) -> Iterator[str]:
    """Yield a finding for it."""
    if inception_check_dml_limit and change.has_limit:
        yield "Limit is not allowed in update/delete statement."
