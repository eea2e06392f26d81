"""UPDATE of a primary key column: others know the row by its old key. Off unless it is given a level."""

from collections.abc import Iterator

from inception.batch.facts import assignments
from inception.batch.statement import Update
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.NONE
ORDER = 528


def check(update: Update, scene: Scene) -> Iterator[str]:
    """Yield a finding for each column of the key that an UPDATE of one table assigns to."""
    table = scene.old
    if table is None or not update.single or table.primary_key is None:
        return
    key = {part.column.casefold() for part in table.primary_key.parts}
    for name in dict.fromkeys(column for column, _ in assignments(update)):
        if name.casefold() in key:
            yield f"Column '{name}' is in the primary key of table '{table.name.name}': the row becomes another one."
