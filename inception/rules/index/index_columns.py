"""An index on more columns than inception_max_key_parts."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewIndex
from inception.schema.model import IndexKind
from inception.settings.variables import Between, Help

LEVEL = Level.WARNING
ORDER = 322


def check(
    new: NewIndex,
    *,
    inception_max_key_parts: Annotated[int, Help("An index of more columns gets a warning."), Between(1, 64)] = 5,
) -> Iterator[str]:
    """Yield a finding for each; the primary key has a limit of its own."""
    if new.index.kind is not IndexKind.PRIMARY and len(new.index.parts) > inception_max_key_parts:
        yield f"Too many key parts in {new.where}: max {inception_max_key_parts} parts allowed."
