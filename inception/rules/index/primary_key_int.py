"""A primary key column that is not INT or BIGINT."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import NewColumn, NewIndex
from inception.schema.model import Column, IndexKind, Table
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 326


def check(
    new: NewIndex | NewColumn,
    *,
    inception_enable_pk_columns_only_int: Annotated[bool, Help("Primary key columns must be INT or BIGINT.")] = False,
) -> Iterator[str]:
    """Yield a finding for each column of a new key, and for a column of the key that is given another type."""
    if not inception_enable_pk_columns_only_int:
        return
    if isinstance(new, NewIndex):
        if new.index.kind is IndexKind.PRIMARY:
            yield from _not_integers([new.table.column(part.column) for part in new.index.parts], new.table)
    elif new.old is not None and new.in_primary_key:
        yield from _not_integers([new.column], new.table)


def _not_integers(columns: list[Column | None], table: Table) -> Iterator[str]:
    for column in columns:
        if column is not None and column.type not in ("int", "bigint", ""):
            yield f"Primary key column '{column.name}' is not int or bigint type in table '{table.name.name}'."
