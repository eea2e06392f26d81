"""A column without a comment."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 210


def check(
    new: NewColumn,
    *,
    inception_check_column_comment: Annotated[bool, Help("Every column needs a comment.")] = True,
) -> Iterator[str]:
    """Yield a finding for a column that is made or changed without a comment."""
    if inception_check_column_comment and not new.column.comment:
        yield f"Column '{new.column.name}' in table '{new.table.name.name}' have no comments."
