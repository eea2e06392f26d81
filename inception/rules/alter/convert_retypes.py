"""MySQL does not take a TEXT or BLOB type as written where CONVERT TO CHARACTER SET is in the same ALTER TABLE.

It takes the smallest type for the length of the old column: a VARCHAR(100) that is to become TEXT becomes TINYTEXT."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewColumn, Scene
from inception.schema.actions import ConvertCharset
from inception.schema.alter import AlterTable

LEVEL = Level.WARNING
ORDER = 738


def check(new: NewColumn, scene: Scene) -> Iterator[str]:
    """Yield a finding where the column will have another type than the one that is written."""
    form, written, settled = scene.statement.form, new.column, new.settled
    if new.old is None or written.length is not None or scene.world.server.version.mariadb:
        return
    if not isinstance(form, AlterTable) or not any(isinstance(action, ConvertCharset) for action in form.actions):
        return
    if written.type.endswith(("text", "blob")) and written.type[:-4] != settled.type[:-4]:
        yield (
            f"MySQL makes {new.where} {settled.type.upper()}, not {written.type.upper()}, since the same ALTER TABLE "
            "converts the character set: change the column's type in one of its own."
        )
