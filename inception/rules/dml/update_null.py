"""NULL is assigned to a NOT NULL column, by UPDATE or ON DUPLICATE KEY UPDATE: an error, or a warning where the target
makes 0 or '' of it."""

from collections.abc import Iterator

from inception.batch.statement import Insert, Update
from inception.facts.nulls import level_of_null, refuses_null
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.model import TableName

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 520


def check(change: Update | Insert, scene: Scene) -> Iterator[Said]:
    """Yield a finding for each assignment."""
    if isinstance(change, Insert):
        nulls: list[tuple[tuple[TableName, ...], str]] = [((change.table,), name) for name in change.null_updates]
    else:
        nulls = list(change.nulls)
    for names, column_name in nulls:
        tables = [table for name in names if (table := scene.before.table(_full(name, scene))) is not None]
        found = [(table, column) for table in tables if (column := table.column(column_name)) is not None]
        if len(found) == 1 and len(tables) == len(names) and refuses_null(found[0][1], found[0][0], "UPDATE", scene):
            yield Said(level_of_null(change, scene), f"Column '{column_name}' cannot be null.")


def _full(name: TableName, scene: Scene) -> TableName:
    return name if name.database else TableName(scene.statement.database, name.name)
