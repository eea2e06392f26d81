"""ON DUPLICATE KEY UPDATE of a table with several unique keys: which row is updated is not certain. Off by default."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.rule import Level
from inception.scene import Scene
from inception.schema.model import IndexKind

LEVEL = Level.NONE
ORDER = 436


def check(insert: Insert, scene: Scene) -> Iterator[str]:
    """Yield a finding where rows may be the duplicates of two."""
    table = scene.old
    if table is None or insert.tree.args.get("conflict") is None:
        return
    unique = [index for index in table.indexes if index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE)]
    if len(unique) > 1:
        yield f"Table '{table.name.name}' has {len(unique)} unique keys: a row may be the duplicate of several rows."
