"""A storage engine other than InnoDB, or none written."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import SetOption
from inception.schema.define import CreateTable
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 110


def check(
    change: CreateTable | SetOption,
    scene: Scene,
    *,
    inception_enable_not_innodb: Annotated[bool, Help("Storage engines other than InnoDB are allowed.")] = False,
) -> Iterator[str]:
    """Yield a finding for a CREATE TABLE, or an ALTER TABLE that sets the engine."""
    if inception_enable_not_innodb:
        return
    if isinstance(change, SetOption):
        engine: str | None = change.value if change.name == "engine" else "innodb"
    else:
        engine = "innodb" if change.like else change.table.option("engine")
    if (engine or "").lower() != "innodb":
        yield f"Set engine to innodb for table '{scene.statement.changes[0].name}'."
