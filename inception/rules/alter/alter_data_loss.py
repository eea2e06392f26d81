"""Data goes: a column is dropped, or made so that not every value fits any more."""

from collections.abc import Iterator

from inception.facts.narrowing import narrows, text_may_be_lost
from inception.rule import Level
from inception.scene import NewColumn, Scene
from inception.schema.actions import ConvertCharset, DropColumn
from inception.schema.model import Table

LEVEL = Level.NOTE
ORDER = 740


def check(change: DropColumn | NewColumn | ConvertCharset, scene: Scene) -> Iterator[str]:
    """Yield a note that says what may be lost."""
    table = scene.old
    if table is None:
        return
    name = table.name.name
    match change:
        case DropColumn(name=column_name):
            if table.column(column_name) is not None:
                yield f"Dropping column '{column_name}' of table '{name}' loses its data."
        case ConvertCharset():
            yield from _converted(change, table)
        case NewColumn(old=old) if old is not None:
            settled, new_table = change.settled, change.table
            for reason in narrows(old, settled, table.charset_of(old), new_table.charset_of(settled)):
                yield f"Data may be lost in column '{old.name}' of table '{name}': {reason}."


def _converted(change: ConvertCharset, table: Table) -> Iterator[str]:
    for column in table.columns:
        if change.charset != "default" and text_may_be_lost(column, table.charset_of(column), change.charset):
            yield (
                f"Data may be lost in column '{column.name}' of table '{table.name.name}': "
                f"{change.charset} cannot hold every text of {table.charset_of(column)}."
            )
