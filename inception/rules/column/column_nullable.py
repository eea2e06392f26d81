"""A column that may be NULL."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.types import LARGE
from inception.rule import Level
from inception.scene import NewColumn, Scene
from inception.schema.model import Column
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 220


def check(
    new: NewColumn,
    scene: Scene,
    *,
    inception_enable_nullable: Annotated[bool, Help("Columns may be NULL.")] = True,
) -> Iterator[str]:
    """Yield a finding for a nullable column; BLOB, TEXT, JSON, GEOMETRY and generated columns may be NULL."""
    if inception_enable_nullable or new.column.type in LARGE or new.column.generated:
        return
    settled = new.settled
    automatic = settled.type == "timestamp" and scene.world.server.automatic_timestamps and not new.column.null_written
    if settled.nullable and not automatic and not settled.auto_increment and not _of_the_system(new.column):
        yield f"Column '{new.column.name}' in table '{new.table.name.name}' is not allowed to be nullable."


def _of_the_system(column: Column) -> bool:
    return any(name == "generated_as_row" for name, _ in column.extra)
