"""MariaDB refuses to change the columns of a table that keeps the history of its rows, and to empty it.

The columns may be changed with system_versioning_alter_history=KEEP.
"""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.statements import Truncate

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 716
_OFF = (None, "off")


def check(change: AlterTable | Truncate, scene: Scene) -> Iterator[str]:
    """Yield a finding for what is refused."""
    table = scene.old
    if table is None or not scene.world.server.version.mariadb:
        return
    versioned = table.option("system_versioning") not in _OFF
    where = f"Table '{table.name.name}' is system-versioned"
    if isinstance(change, Truncate):
        if versioned:
            yield f"{where}: TRUNCATE is not for such tables."
        return
    switches = [action.on for action in change.actions if isinstance(action, act.SystemVersioning)]
    if switches and switches[0] is versioned:
        yield f"{where} already." if versioned else f"Table '{table.name.name}' is not system-versioned."
    columns = act.AddColumn | act.ChangeColumn | act.DropColumn
    keeps = (scene.world.server.variables.get("system_versioning_alter_history") or "").upper() == "KEEP"
    if versioned and not keeps and any(isinstance(action, columns) for action in change.actions):
        yield f"{where}: its columns can't be changed unless system_versioning_alter_history is KEEP."
