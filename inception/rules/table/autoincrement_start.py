"""AUTO_INCREMENT= other than 1 in CREATE TABLE."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.schema.define import CreateTable
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 165


def check(
    create: CreateTable,
    *,
    inception_check_autoincrement_init_value: Annotated[
        bool, Help("CREATE TABLE begins with AUTO_INCREMENT=1.")
    ] = True,
) -> Iterator[str]:
    """Yield a finding for another start; 0 means 1 to the server."""
    start = create.table.option("auto_increment")
    if inception_check_autoincrement_init_value and start is not None and start not in ("0", "1"):
        yield f"Set auto-increment initialize value to 1 for table '{create.name.name}'."
