"""An index of the same kind on the same columns, in the same order and with the same prefixes as another."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewIndex
from inception.schema.model import Index

LEVEL = Level.ERROR
ORDER = 334


def check(new: NewIndex) -> Iterator[str]:
    """Yield a finding for the later of two."""
    for other in (*new.kept, *new.earlier):
        same_name = bool(new.index.name) and other.name.casefold() == new.index.name.casefold()
        if not same_name and other.kind is new.index.kind and _key(other) == _key(new.index):
            yield f"{new.where[:1].upper()}{new.where[1:]} is a duplicate of index '{other.name}'."
            return


def _key(index: Index) -> list[tuple[object, ...]]:
    return [(part.column.casefold(), part.prefix, part.descending, part.expression) for part in index.parts]
