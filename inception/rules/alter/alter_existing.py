"""A column or key is added that exists, or something renamed onto a name that is taken."""

from collections.abc import Iterator

from inception.facts.altering import existing
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.actions import RenameTable
from inception.schema.alter import AlterTable
from inception.schema.model import TableName
from inception.schema.statements import RenameTables

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 712


def check(change: AlterTable | RenameTables, scene: Scene) -> Iterator[str | Said]:
    """Yield an error for each, a warning where IF NOT EXISTS lets the statement pass."""
    if isinstance(change, RenameTables):
        yield from _renames(change, scene)
        return
    table = scene.old
    if table is None or table.is_view:
        return
    yield from existing(table, change.actions)
    for action in change.actions:
        if isinstance(action, RenameTable):
            name = scene.statement.changes[-1]
            if scene.before.key(name) != scene.before.key(table.name) and scene.before.table(name) is not None:
                yield f"Table '{name}' exists already."


def _renames(change: RenameTables, scene: Scene) -> Iterator[str]:
    made: set[TableName] = set()
    gone: set[TableName] = set()
    for old, new in change.pairs:
        source, name = scene.before.key(_full(old, scene)), _full(new, scene)
        key = scene.before.key(name)
        made.discard(source)
        gone.add(source)
        if key == source or key in made or (key not in gone and scene.before.table(name) is not None):
            yield f"Table '{name}' exists already."
        made.add(key)
        gone.discard(key)


def _full(name: TableName, scene: Scene) -> TableName:
    return name if name.database else TableName(scene.statement.database, name.name)
