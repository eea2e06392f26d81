"""An AUTO_INCREMENT column with a default."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import NewColumn, NewDefault

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 266


def check(new: NewColumn | NewDefault) -> Iterator[str]:
    """Yield a finding for each; DEFAULT NULL says nothing new."""
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if new.column.auto_increment and default is not None and not default.is_null:
        yield f"AUTO_INCREMENT can't have a default: {new.where}."
