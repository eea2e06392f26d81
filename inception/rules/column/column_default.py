"""A column without a DEFAULT."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.types import LARGE
from inception.rule import Level
from inception.scene import NewColumn, NewDefault
from inception.schema.model import Column
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 230


def check(
    new: NewColumn | NewDefault,
    *,
    inception_check_column_default_value: Annotated[bool, Help("Every column needs a DEFAULT.")] = True,
) -> Iterator[str]:
    """Yield a finding for a column without one, or whose default is dropped.

    AUTO_INCREMENT, the primary key, BLOB, TEXT, JSON, GEOMETRY and generated columns need none.
    """
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if not inception_check_column_default_value or default is not None or new.in_primary_key:
        return
    column = new.column
    if column.auto_increment or column.generated or column.type in LARGE or _of_the_system(column):
        return
    yield f"Set Default value for column '{column.name}' in table '{new.table.name.name}'"


def _of_the_system(column: Column) -> bool:
    return any(name == "generated_as_row" for name, _ in column.extra)
