"""A NOT NULL column without a default is left out: an error in strict sql_mode, else a warning."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.facts.nulls import has_default
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 422


def check(insert: Insert, scene: Scene) -> Iterator[Said]:
    """Yield a finding for each such column."""
    table = scene.old
    if table is None or table.is_view or not table.complete:
        return
    if scene.fires("BEFORE", "INSERT"):
        return  # a trigger may set it
    if insert.columns is None and (insert.has_query or any(insert.row_sizes)):
        return
    listed = {column.casefold() for column in insert.columns or ()}
    level = LEVEL if scene.world.server.strict and not insert.ignore else Level.WARNING
    for column in table.columns:
        if column.name.casefold() not in listed and not has_default(column, scene.world.server):
            yield Said(level, f"Field '{column.name}' doesn't have a default value.")
