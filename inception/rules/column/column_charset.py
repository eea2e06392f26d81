"""A column with a character set or collation of its own."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 250


def check(
    new: NewColumn,
    *,
    inception_enable_column_charset: Annotated[
        bool, Help("Columns may have a character set or collation of their own.")
    ] = False,
) -> Iterator[str]:
    """Yield a finding where one is written."""
    column = new.column
    own = column.charset or column.collation or any(name == "binary" for name, _ in column.extra)
    if own and not inception_enable_column_charset:
        yield f"Leave the character set and collation of {new.where} to its table."
