"""An INSERT of very many rows, which replicas take at once. Off unless it is given a level."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Insert
from inception.rule import Level
from inception.settings.variables import Between, Help

LEVEL = Level.NONE
ORDER = 438


def check(
    insert: Insert,
    *,
    inception_max_insert_rows: Annotated[
        int, Help("An INSERT … VALUES may have as many rows as this, where insert_rows has a level."), Between(1, None)
    ] = 10000,
) -> Iterator[str]:
    """Yield a finding where there are more rows."""
    if len(insert.row_sizes) > inception_max_insert_rows:
        yield f"{len(insert.row_sizes)} rows in one INSERT, more than the {inception_max_insert_rows} allowed at once."
