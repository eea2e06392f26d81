"""A TIMESTAMP column without a default."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn, NewDefault
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 276


def check(
    new: NewColumn | NewDefault,
    *,
    inception_check_timestamp_default: Annotated[bool, Help("TIMESTAMP columns need a DEFAULT.")] = True,
) -> Iterator[str]:
    """Yield a finding for one that is made without, or whose default is dropped."""
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if not inception_check_timestamp_default or new.column.type != "timestamp" or default is not None:
        return
    if not new.column.generated and not any(name == "generated_as_row" for name, _ in new.column.extra):
        yield f"Set default value for timestamp {new.where}."
