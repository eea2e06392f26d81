"""A column is dropped, or in MySQL renamed, that something needs which stays.

A generated column or default that is computed from it, a check that it shares with other columns, a foreign key of
this table or of one that refers to it, an index on an expression, the partitions; in MariaDB a unique index of several
columns too."""

from collections.abc import Iterator
from itertools import chain

from inception.facts.dependencies import Going, keys_on, uses_of_columns, uses_of_renamed
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.alter import AlterTable

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 713


def check(alter: AlterTable, scene: Scene) -> Iterator[str]:
    """Yield a finding for each use."""
    table = scene.old
    if table is None or table.is_view:
        return
    mariadb = scene.world.server.version.mariadb
    if not mariadb:
        for column, user in uses_of_renamed(table, alter.actions):
            yield f"Column '{column}' of table '{table.name.name}' can't be renamed: {user} needs it."
    going = Going.of(alter.actions)
    referring = (
        (name, named)
        for named, key in keys_on(table, going, scene.before, scene.world.server)
        for name in key.parent_columns
        if name.casefold() in going.columns
    )
    for column, user in chain(uses_of_columns(table, going, mariadb=mariadb), referring):
        yield f"Column '{column}' of table '{table.name.name}' can't be dropped: {user} needs it."
