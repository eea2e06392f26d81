"""An AUTO_INCREMENT column that is not called id (in any case)."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 272


def check(
    new: NewColumn,
    *,
    inception_check_autoincrement_name: Annotated[bool, Help("AUTO_INCREMENT columns must be called id.")] = True,
) -> Iterator[str]:
    """Yield a finding for each."""
    if inception_check_autoincrement_name and new.column.auto_increment and new.column.name.lower() != "id":
        yield f"Call the auto-increment column 'id', not '{new.column.name}', in table '{new.table.name.name}'."
