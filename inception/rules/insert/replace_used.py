"""REPLACE deletes a row and inserts another one: columns not given lose values. Off unless it is given a level."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import Level

LEVEL = Level.NONE
ORDER = 432


def check(insert: Insert) -> Iterator[str]:
    """Yield a finding for each REPLACE."""
    if insert.replaces:
        yield "REPLACE deletes the old row: INSERT … ON DUPLICATE KEY UPDATE keeps it."
