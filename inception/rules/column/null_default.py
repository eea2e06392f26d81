"""NOT NULL, or in the primary key, with DEFAULT NULL; on MySQL also a primary key column that is declared NULL."""

from collections.abc import Iterator

from inception.rule import REFUSED, Level
from inception.scene import NewColumn, NewDefault, Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 262


def check(new: NewColumn | NewDefault, scene: Scene) -> Iterator[str]:
    """Yield a finding for a default that the column cannot hold."""
    default = new.column.default if isinstance(new, NewColumn) else new.default
    written = isinstance(new, NewColumn)
    if default is not None and default.is_null:
        if not new.column.auto_increment and (not new.column.nullable or (written and new.in_primary_key)):
            yield f"NULL can't be the default of NOT NULL {new.where}."
            return
    elif not written or not new.column.null_written:
        return
    if written and new.in_primary_key and not scene.world.server.version.mariadb:
        yield f"A primary key can't be NULL: {new.where}."
