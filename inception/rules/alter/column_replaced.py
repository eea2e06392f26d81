"""A column is dropped and added again in one ALTER TABLE: its values are lost, where MODIFY keeps them."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import AddColumn, DropColumn
from inception.schema.alter import AlterTable
from inception.schema.model import same

LEVEL = Level.WARNING
ORDER = 741


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such column."""
    dropped = [action.name for action in alter.actions if isinstance(action, DropColumn)]
    for action in alter.actions:
        if isinstance(action, AddColumn) and any(same(name, action.column.name) for name in dropped):
            table = scene.statement.changes[0].name
            yield f"Column '{action.column.name}' of table '{table}' is made anew, and empty: MODIFY keeps its values."
