"""A column of a foreign key, on either side, gets another type, or the table another engine or partitions.

The key has to be dropped first, and made again afterwards.
"""

from collections.abc import Iterator

from inception.facts.dependencies import Going, keys_on
from inception.facts.references import is_innodb, keeps_type, keys_are_checked
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.actions import PartitionAction, SetOption
from inception.schema.alter import AlterTable
from inception.schema.apply import renames
from inception.schema.model import ForeignKey, Table

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 317


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for each column and key, and for the table."""
    table, server = scene.old, scene.world.server
    after = scene.after.table(scene.statement.changes[-1])
    minded = server.version.mariadb or keys_are_checked(server)  # MariaDB minds always
    if table is None or after is None or not minded or not is_innodb(table, server):
        return
    if table.is_view or not table.complete or table.option("unreadable") is not None:
        return
    keys = list(_keys(alter, table, scene))
    moved = any(
        (isinstance(action, PartitionAction) and action.verb == "by")
        or (isinstance(action, SetOption) and action.name == "engine" and action.value.lower() != "innodb")
        for action in alter.actions
    )
    if keys and moved:
        yield f"Table '{table.name.name}' can't get another engine or partitions: {keys[0][0]} needs it as it is."
    new = {old.casefold(): name for name, old in renames(alter.actions).items()}
    for named, key, columns in keys:
        for name in columns:
            old, changed = table.column(name), after.column(new.get(name.casefold(), name))
            if old is None or changed is None:
                continue
            if not keeps_type(old, table, changed, after, server):
                yield f"Column '{old.name}' of table '{table.name.name}' can't get another type: {named} needs it."
            elif old.nullable and not changed.nullable and columns is key.columns and _sets_null(key):
                yield f"Column '{old.name}' of table '{table.name.name}' can't be NOT NULL: {named} sets NULL."
            elif old.nullable and not changed.nullable and not (server.version.mariadb or server.strict):
                yield (
                    f"Column '{old.name}' of table '{table.name.name}' can't become NOT NULL where sql_mode is not "
                    f"strict: {named} needs it."
                )


def _keys(alter: AlterTable, table: Table, scene: Scene) -> Iterator[tuple[str, ForeignKey, tuple[str, ...]]]:
    """Yield the foreign keys that stay, and this table's columns of them."""
    going = Going.of(alter.actions)
    for key in table.foreign_keys:
        if key.name.casefold() not in going.constraints:
            yield f"foreign key '{key.name}'", key, key.columns
    for named, key in keys_on(table, going, scene.before, scene.world.server):
        yield named, key, key.parent_columns


def _sets_null(key: ForeignKey) -> bool:
    return "SET NULL" in (key.on_delete.upper(), key.on_update.upper())
