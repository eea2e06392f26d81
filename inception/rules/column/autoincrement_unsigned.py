"""An AUTO_INCREMENT column that is not UNSIGNED."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 268


def check(
    new: NewColumn,
    *,
    inception_enable_autoincrement_unsigned: Annotated[bool, Help("AUTO_INCREMENT columns must be UNSIGNED.")] = True,
) -> Iterator[str]:
    """Yield a finding for each."""
    if inception_enable_autoincrement_unsigned and new.column.auto_increment and not new.column.unsigned:
        yield f"Set unsigned attribute on auto increment {new.where}."
