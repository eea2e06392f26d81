"""A table without a comment."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import SetOption
from inception.schema.define import CreateTable
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 130


def check(
    change: CreateTable | SetOption,
    scene: Scene,
    *,
    inception_check_table_comment: Annotated[bool, Help("Every table needs a comment.")] = True,
) -> Iterator[str]:
    """Yield a finding for a CREATE TABLE without one, or an ALTER TABLE that empties it."""
    if not inception_check_table_comment:
        return
    if isinstance(change, SetOption):
        missing = change.name == "comment" and not change.value
    else:
        missing = not change.like and not change.table.option("comment")
    if missing:
        yield f"Set comments for table '{scene.statement.changes[0].name}'."
