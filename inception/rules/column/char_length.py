"""A long CHAR column, which VARCHAR would suit better."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Between, Help

LEVEL = Level.WARNING
ORDER = 248


def check(
    new: NewColumn,
    *,
    inception_max_char_length: Annotated[
        int, Help("A CHAR longer than this many characters should be a VARCHAR."), Between(1, None)
    ] = 16,
) -> Iterator[str]:
    """Yield a finding for a CHAR over the limit."""
    if new.column.type == "char" and (new.column.length or 1) > inception_max_char_length:
        yield f"Make {new.where} a VARCHAR: CHAR is for at most {inception_max_char_length} characters."
