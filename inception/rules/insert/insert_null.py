"""NULL for a NOT NULL column."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.facts.nulls import listed_columns, refuses_null
from inception.rule import REFUSED, Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 420
_MOST = 10  # places listed one by one


def check(insert: Insert, scene: Scene) -> Iterator[str]:
    """Yield a finding for each, up to ten, that names column and row."""
    if not insert.nulls:
        return
    table = scene.old
    columns = listed_columns(insert.columns, table)
    if table is None or columns is None:
        return
    refusing = [column is not None and refuses_null(column, table, "INSERT", scene) for column in columns]
    wrong = [(row, place) for row, place in insert.nulls if place < len(columns) and refusing[place]]
    for row, place in wrong[:_MOST]:
        column = columns[place]
        yield f"Column '{column.name if column else ''}' cannot be null in row {row}."
    if len(wrong) > _MOST:
        yield f"NULL for a NOT NULL column in {len(wrong) - _MOST} more places."
