"""A column of type ENUM, SET or BIT."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 246


def check(
    new: NewColumn,
    *,
    inception_enable_enum_set_bit: Annotated[bool, Help("ENUM, SET and BIT are allowed.")] = False,
) -> Iterator[str]:
    """Yield a finding for each."""
    if not inception_enable_enum_set_bit and new.column.type in ("enum", "set", "bit"):
        yield f"Type {new.column.type} is used in {new.where}."
