"""An AUTO_INCREMENT column of a type other than INT or BIGINT."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 270


def check(
    new: NewColumn,
    *,
    inception_check_autoincrement_datatype: Annotated[
        bool, Help("AUTO_INCREMENT columns must be INT or BIGINT.")
    ] = True,
) -> Iterator[str]:
    """Yield a finding for each."""
    wrong = new.column.auto_increment and new.column.type not in ("int", "bigint")
    if inception_check_autoincrement_datatype and wrong:
        yield f"Set auto-increment data type to int or bigint: {new.where}."
