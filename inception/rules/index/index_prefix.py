"""A UNIQUE index not named uniq_…, another index not named idx_… (in any case)."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewIndex
from inception.schema.model import IndexKind
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 320


def check(
    new: NewIndex,
    *,
    inception_check_index_prefix: Annotated[bool, Help("Index names start with idx_, unique ones with uniq_.")] = True,
) -> Iterator[str]:
    """Yield a finding for a named index with another prefix; an index without a name is index_name's business."""
    index = new.index
    if not inception_check_index_prefix or index.kind is IndexKind.PRIMARY or not index.name:
        return
    prefix = "uniq_" if index.kind is IndexKind.UNIQUE else "idx_"
    if not index.name.lower().startswith(prefix):
        yield f"Index '{index.name}' in table '{new.table.name.name}' needs the prefix '{prefix}'."
