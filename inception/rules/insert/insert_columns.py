"""An INSERT or REPLACE without a column list."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Insert
from inception.rule import Level
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 402


def check(
    insert: Insert,
    *,
    inception_check_insert_field: Annotated[bool, Help("INSERT and REPLACE need a column list.")] = True,
) -> Iterator[str]:
    """Yield a finding for it; INSERT … SET names its columns."""
    if inception_check_insert_field and insert.columns is None:
        yield "Set field list for insert statements."
