"""A primary key of more columns than inception_max_primary_key_parts."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewIndex
from inception.schema.model import IndexKind
from inception.settings.variables import Between, Help

LEVEL = Level.WARNING
ORDER = 324


def check(
    new: NewIndex,
    *,
    inception_max_primary_key_parts: Annotated[
        int, Help("A primary key of more columns gets a warning."), Between(1, 64)
    ] = 5,
) -> Iterator[str]:
    """Yield a finding for each."""
    if new.index.kind is IndexKind.PRIMARY and len(new.index.parts) > inception_max_primary_key_parts:
        name = new.table.name.name
        yield f"Too many primary key parts in table '{name}': max {inception_max_primary_key_parts} parts allowed."
