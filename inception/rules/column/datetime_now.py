"""A DATETIME column that takes the current time, on servers up to 5.5, which refuse it."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import NewColumn, NewDefault, Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 280


def check(new: NewColumn | NewDefault, scene: Scene) -> Iterator[str]:
    """Yield a finding for DEFAULT or ON UPDATE CURRENT_TIMESTAMP. MySQL has both from 5.6.5, MariaDB from 10.0.1 on."""
    if new.column.type != "datetime" or scene.world.server.at_least(mysql=(5, 6, 5), mariadb=(10, 0, 1)):
        return
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if (default is not None and default.expression) or (isinstance(new, NewColumn) and new.column.on_update):
        yield f"The target has no CURRENT_TIMESTAMP for DATETIME: {new.where}."
