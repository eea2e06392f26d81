"""A value for an AUTO_INCREMENT column: the server should choose it. Off unless it is given a level."""

from collections.abc import Iterator

from inception.batch.statement import Insert
from inception.facts.nulls import listed_columns
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.NONE
ORDER = 430


def check(insert: Insert, scene: Scene) -> Iterator[str]:
    """Yield a finding where the column is among those that are filled, unless NULL is given in every row."""
    rows = max(len(insert.row_sizes), 1)
    for place, column in enumerate(listed_columns(insert.columns, scene.old) or ()):
        if column is not None and column.auto_increment and len(insert.nulls.get(place, ())) < rows:
            yield f"Column '{column.name}' is AUTO_INCREMENT: leave it out."
