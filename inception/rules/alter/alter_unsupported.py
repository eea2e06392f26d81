"""An action of ALTER TABLE outside the usual ones.

Usual are: add, drop, modify, change, rename a column; add, drop, rename an index; foreign keys; set and drop a
default; rename the table; options; CONVERT TO; actions on partitions where partitioned tables are allowed. Others are
executed when warnings are ignored."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema import actions as act
from inception.schema.model import Table
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 722


_Unusual = (
    act.ColumnVisibility | act.IndexVisibility | act.AddCheck | act.DropCheck | act.DropConstraint | act.EnforceCheck
    | act.PartitionAction | act.AddPeriod | act.DropPeriod | act.SystemVersioning | act.Maintain
)  # fmt: skip


def check(
    action: _Unusual,
    scene: Scene,
    *,
    inception_enable_partition_table: Annotated[bool, Help("Partitioned tables are allowed.")] = False,
) -> Iterator[str]:
    """Yield a finding for each."""
    if isinstance(action, act.PartitionAction) and (action.verb == "by" or inception_enable_partition_table):
        return
    if isinstance(action, act.DropConstraint) and _is_key(action.name, scene.old):
        return
    yield f"Not a usual action of ALTER TABLE: {_shown(action)}, on table '{scene.statement.changes[0].name}'."


def _is_key(name: str, table: Table | None) -> bool:
    """Tell whether a constraint of that name is an index or a foreign key, which may be dropped."""
    if table is None or any(check.name.casefold() == name.casefold() for check in table.checks):
        return False
    keys = [*(key.name for key in table.foreign_keys), *(index.name for index in table.indexes)]
    return name.casefold() in {key.casefold() for key in keys}


def _shown(action: object) -> str:
    match action:
        case act.Maintain(text=text):
            return text.upper()
        case act.PartitionAction(verb=verb):
            return f"{verb.upper()} PARTITION"
        case act.SystemVersioning(on=on):
            return f"{'ADD' if on else 'DROP'} SYSTEM VERSIONING"
    return _NAMES[type(action)]


_NAMES: dict[type, str] = {
    act.ColumnVisibility: "ALTER COLUMN … SET VISIBLE or INVISIBLE",
    act.IndexVisibility: "ALTER INDEX … VISIBLE or INVISIBLE",
    act.AddCheck: "ADD CHECK",
    act.DropCheck: "DROP CHECK",
    act.DropConstraint: "DROP CONSTRAINT",
    act.EnforceCheck: "ALTER CHECK",
    act.AddPeriod: "ADD PERIOD",
    act.DropPeriod: "DROP PERIOD",
}
