"""NULL for a NOT NULL column: an error, or a warning where the target makes 0 or '' of it."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice, repeat

from inception.batch.statement import Insert
from inception.facts.nulls import level_of_null, listed_columns, refuses_null
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 420
_MOST = 10  # places listed one by one


def check(insert: Insert, scene: Scene) -> Iterator[Said]:
    """Yield a finding for each, up to ten, that names column and row."""
    if not insert.nulls:
        return
    table = scene.old
    columns = listed_columns(insert.columns, table)
    if table is None or columns is None:
        return
    refusing = [column is not None and refuses_null(column, table, "INSERT", scene) for column in columns]
    refused = [place for place in insert.nulls if place < len(columns) and refusing[place]]
    wrong = sum(len(insert.nulls[place]) for place in refused)
    level = level_of_null(insert, scene)
    first = merge(*(zip(insert.nulls[place], repeat(place)) for place in refused))
    for row, place in islice(first, _MOST):
        column = columns[place]
        yield Said(level, f"Column '{column.name if column else ''}' cannot be null in row {row}.")
    if wrong > _MOST:
        yield Said(level, f"NULL for a NOT NULL column in {wrong - _MOST} more places.")
