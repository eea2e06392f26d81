"""A row with another number of values than columns, or a SELECT with another number of columns."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.resolve import column_count
from inception.rule import REFUSED, Level
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 410
_MOST = 10  # rows listed one by one


def check(insert: Insert, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such row, up to ten, with its number; rows that are all () take every default."""
    wanted = _wanted(insert, scene)
    if wanted is None:
        return
    if insert.has_query:
        found = column_count(insert.tree.expression, scene.statement.database, scene.before)
        if found is not None and found != wanted:
            yield f"Column count doesn't match: {wanted} columns, but the SELECT has {found}."
        return
    empty_allowed = not insert.columns and not any(insert.row_sizes)
    wrong = [
        (number, size)
        for number, size in enumerate(insert.row_sizes, 1)
        if size != wanted and not (size == 0 and empty_allowed)
    ]
    for number, size in wrong[:_MOST]:
        yield f"Column count doesn't match value count at row {number}: {wanted} columns, {size} values."
    if len(wrong) > _MOST:
        yield f"Column count doesn't match value count in {len(wrong) - _MOST} more rows."


def _wanted(insert: Insert, scene: Scene) -> int | None:
    """The number of columns that a row must fill; None where the table is not known."""
    if insert.columns:
        return len(insert.columns)
    table = scene.before.table(scene.statement.changes[0])
    if table is None or not table.complete or not table.columns:
        return None
    return sum(not column.invisible for column in table.columns)
