"""Two AUTO_INCREMENT columns, or one that is not the first of a key."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import Reshaped, Scene
from inception.schema.model import Column, Table, same

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 274
_ANYWHERE = frozenset(("myisam", "aria", "mrg_myisam", "merge"))


def check(shape: Reshaped, scene: Scene) -> Iterator[str]:
    """Yield a finding for each table where the target would refuse it."""
    found = [column for column in (shape.written or shape.table).columns if column.auto_increment]
    name = shape.table.name.name
    if len(found) > 1:
        listed = ", ".join(f"'{column.name}'" for column in found)
        yield f"There can be only one AUTO_INCREMENT column in table '{name}': {listed}."
    elif found and not _begins_a_key(found[0], shape.table, scene):
        yield f"AUTO_INCREMENT column '{found[0].name}' in table '{name}' must be the first column of a key."


def _begins_a_key(column: Column, table: Table, scene: Scene) -> bool:
    """Tell whether it does; for engines that need no more, whether a key has it at all."""
    engine = table.option("engine") or scene.world.server.variables.get("default_storage_engine") or "innodb"
    needed = None if engine.lower() in _ANYWHERE else 1
    return any(same(part.column, column.name) for index in table.indexes for part in index.parts[:needed])
