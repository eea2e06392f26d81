"""More indexes than inception_max_keys, the primary key counted."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Reshaped
from inception.settings.variables import Between, Help

LEVEL = Level.WARNING
ORDER = 328


def check(
    shape: Reshaped,
    *,
    inception_max_keys: Annotated[
        int, Help("A table with more indexes, the primary key counted, gets a warning."), Between(1, 1024)
    ] = 16,
) -> Iterator[str]:
    """Yield a finding for a table that is made with more, or gets more."""
    count = len(shape.table.indexes)
    if shape.added and count > inception_max_keys:
        yield f"Too many keys in table '{shape.table.name.name}': {count}, max {inception_max_keys} keys allowed."
