"""More than one automatic TIMESTAMP, on servers up to 5.5, which refuse it."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import Reshaped, Scene
from inception.schema.model import Table

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 282


def check(shape: Reshaped, scene: Scene) -> Iterator[str]:
    """Yield a finding for a table with several; MySQL takes them from 5.6.5, MariaDB from 10.0.1 on."""
    if scene.world.server.at_least(mysql=(5, 6, 5), mariadb=(10, 0, 1)):
        return
    if _automatic(shape.written or shape.table) > 1 and (shape.before is None or _automatic(shape.before) < 2):
        yield f"The target allows only one automatic TIMESTAMP column: table '{shape.table.name.name}'."


def _automatic(table: Table) -> int:
    """Count the TIMESTAMP columns with CURRENT_TIMESTAMP in DEFAULT or ON UPDATE."""
    stamps = [column for column in table.columns if column.type == "timestamp"]
    return sum(bool(column.on_update or (column.default and column.default.expression)) for column in stamps)
