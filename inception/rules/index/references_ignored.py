"""REFERENCES behind a column on MySQL before 9.0: the server takes no notice of it, and there is no foreign key."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import AddForeignKey
from inception.schema.define import CreateTable

LEVEL = Level.WARNING
ORDER = 318


def check(change: CreateTable | AddForeignKey, scene: Scene) -> Iterator[str]:
    """Yield a finding for each; MariaDB makes a foreign key of it, as MySQL does from 9.0 on."""
    if scene.world.server.at_least(mysql=(9, 0, 0), mariadb=(10, 5, 0)):
        return
    keys = change.table.foreign_keys if isinstance(change, CreateTable) else (change.foreign_key,)
    for key in keys:
        if key.inline:
            yield f"REFERENCES behind column '{key.columns[0]}' is ignored: write FOREIGN KEY ('{key.columns[0]}') …"
