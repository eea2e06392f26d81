"""More than one primary key."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import NewIndex
from inception.schema.model import IndexKind

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 305


def check(new: NewIndex) -> Iterator[str]:
    """Yield a finding for each after the first."""
    others = (*new.kept, *new.earlier)
    if new.index.kind is IndexKind.PRIMARY and any(other.kind is IndexKind.PRIMARY for other in others):
        yield f"Multiple primary key defined in table '{new.table.name.name}'."
