"""A table without a primary key."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewKeys
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 310


def check(
    keys: NewKeys,
    *,
    inception_check_primary_key: Annotated[bool, Help("Every table needs a primary key.")] = True,
) -> Iterator[str]:
    """Yield a finding for a table that is made without, or whose key is dropped."""
    if inception_check_primary_key and keys.table.complete and keys.table.primary_key is None:
        yield f"Set a primary key for table '{keys.table.name.name}'."
