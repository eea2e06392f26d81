"""A NOT NULL column without a default is left out, or given DEFAULT: an error in strict sql_mode, else a warning."""

from collections.abc import Iterator

from inception.batch.facts import is_default, values_of
from inception.batch.statement import Insert
from inception.facts.nulls import has_default, listed_columns
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.model import Column, Table

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
    level = LEVEL if scene.world.server.strict and not insert.ignore else Level.WARNING
    for column in (*_left_out(insert, table), *_given_default(insert, table)):
        if not has_default(column, scene.world.server):
            yield Said(level, f"Field '{column.name}' doesn't have a default value.")


def _left_out(insert: Insert, table: Table) -> Iterator[Column]:
    if insert.columns is None and (insert.has_query or any(insert.row_sizes)):
        return
    listed = {column.casefold() for column in insert.columns or ()}
    yield from (column for column in table.columns if column.name.casefold() not in listed)


def _given_default(insert: Insert, table: Table) -> Iterator[Column]:
    for place, column in enumerate(listed_columns(insert.columns, table) or ()):
        if column is not None and not insert.has_query and any(map(is_default, values_of(insert, place))):
            yield column
