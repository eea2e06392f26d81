"""A value for a generated column, which takes DEFAULT alone; MariaDB takes NULL too, and warns if it is not strict."""

from collections.abc import Iterator

from inception.batch.facts import assignments, is_default, is_null, values_of
from inception.batch.statement import Insert, Update
from inception.facts.nulls import listed_columns
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.model import Column

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 424


def check(change: Insert | Update, scene: Scene) -> Iterator[Said]:
    """Yield a finding for each column."""
    mariadb = scene.world.server.version.mariadb
    level = Level.WARNING if mariadb and (change.ignore or not scene.world.server.strict) else LEVEL
    given = _inserted(change, scene) if isinstance(change, Insert) else ()
    for column, value in (*given, *_assigned(change, scene)):
        if column.generated and not is_default(value) and not (mariadb and is_null(value)):
            yield Said(level, f"Column '{column.name}' is generated: it takes no value.")


def _inserted(insert: Insert, scene: Scene) -> Iterator[tuple[Column, object]]:
    """Yield a column that is filled with a value for it: one that is no DEFAULT where there is any."""
    columns = listed_columns(insert.columns, scene.old) or ()
    for place, column in enumerate(columns):
        if column is not None and column.generated:
            values = [None] if insert.has_query else values_of(insert, place)
            others = [value for value in values if not is_default(value) and not is_null(value)]
            yield from ((column, value) for value in (others or values)[:1])


def _assigned(change: Insert | Update, scene: Scene) -> Iterator[tuple[Column, object]]:
    tables = [table for name in scene.statement.changes if (table := scene.before.table(name)) is not None]
    for name, value in assignments(change):
        columns = [column for table in tables if not table.is_view and (column := table.column(name)) is not None]
        if columns and all(column.generated for column in columns):
            yield columns[0], value
