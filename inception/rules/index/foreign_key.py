"""A foreign key."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewForeignKey
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 314


def check(
    new: NewForeignKey,
    *,
    inception_enable_foreign_key: Annotated[bool, Help("Foreign keys are allowed.")] = True,
) -> Iterator[str]:
    """Yield a finding for each."""
    if not inception_enable_foreign_key:
        yield f"Foreign key is not allowed in table '{new.table.name.name}'."
