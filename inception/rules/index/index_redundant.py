"""An index that is not unique and a left prefix of another of its kind."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewIndex
from inception.schema.model import Index, IndexKind

LEVEL = Level.NOTE
ORDER = 336


def check(new: NewIndex) -> Iterator[str]:
    """Yield a note where a new index begins as another does, or makes another one needless."""
    if new.index.kind is not IndexKind.PLAIN:
        return
    table = new.table.name.name
    for other in (*new.kept, *new.earlier, *new.later):
        if other.kind is IndexKind.PLAIN and _begins(other, new.index):
            yield _redundant(new.index, other, table)
    for other in new.kept:
        if other.kind is IndexKind.PLAIN and _begins(new.index, other):
            yield _redundant(other, new.index, table)


def _redundant(shorter: Index, longer: Index, table: str) -> str:
    return f"Index '{shorter.name}' in table '{table}' is redundant: index '{longer.name}' begins with its columns."


def _begins(longer: Index, shorter: Index) -> bool:
    wanted = _key(shorter)
    return len(longer.parts) > len(wanted) and _key(longer)[: len(wanted)] == wanted


def _key(index: Index) -> list[tuple[object, ...]]:
    return [(part.column.casefold(), part.prefix, part.descending, part.expression) for part in index.parts]
