"""An index or foreign key without a name, or with one that misleads.

A primary key needs no name: it is called PRIMARY, and nothing else is."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewForeignKey, NewIndex
from inception.schema.model import IndexKind, same

LEVEL = Level.ERROR
ORDER = 312


def check(new: NewIndex | NewForeignKey) -> Iterator[str]:
    """Yield a finding for each."""
    table = new.table.name.name
    if isinstance(new, NewForeignKey):
        if not new.foreign_key.name:
            yield f"Set a name for the foreign key on {_listed(new.foreign_key.columns)} in table '{table}'."
    elif new.index.kind is IndexKind.PRIMARY:
        if new.index.written_name and not same(new.index.written_name, "PRIMARY"):
            yield f"The primary key of table '{table}' is called PRIMARY, not '{new.index.written_name}'."
    elif not new.index.name:
        columns = tuple(part.column or "an expression" for part in new.index.parts)
        yield f"Set a name for the index on {_listed(columns)} in table '{table}'."
    elif same(new.index.name, "PRIMARY"):
        yield f"Only the primary key may be called PRIMARY: table '{table}'."


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"'{column}'" for column in columns)
