"""A column of type BLOB or TEXT."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.types import BLOBS, TEXTS
from inception.rule import Level
from inception.scene import NewColumn
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 240


def check(
    new: NewColumn,
    *,
    inception_enable_blob_type: Annotated[bool, Help("BLOB and TEXT are allowed.")] = True,
) -> Iterator[str]:
    """Yield a finding for each."""
    if not inception_enable_blob_type and new.column.type in BLOBS | TEXTS:
        yield f"Type blob/text is used in {new.where}."
