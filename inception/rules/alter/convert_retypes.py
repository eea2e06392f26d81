"""A column is not made as written where CONVERT TO CHARACTER SET is in the same ALTER TABLE.

It gets the character set of CONVERT TO, whatever is written. And MySQL takes the smallest TEXT or BLOB type for the
length of the old column: a VARCHAR(100) that is to become TEXT becomes TINYTEXT."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import NewColumn, Scene
from inception.schema.actions import ConvertCharset
from inception.schema.alter import AlterTable
from inception.schema.model import collation_charset

LEVEL = Level.WARNING
ORDER = 738


def check(new: NewColumn, scene: Scene) -> Iterator[str]:
    """Yield a finding where the column will have another type or character set than what is written."""
    form, written, settled = scene.statement.form, new.column, new.settled
    if not isinstance(form, AlterTable) or not any(isinstance(action, ConvertCharset) for action in form.actions):
        return
    why = "since the same ALTER TABLE converts the character set: change the column in one of its own."
    if written.type.endswith(("text", "blob")) and written.length is None and written.type[:-4] != settled.type[:-4]:
        yield f"MySQL makes {new.where} {settled.type.upper()}, not {written.type.upper()}, {why}"
    own = written.charset or collation_charset(written.collation)
    given = new.table.charset_of(settled)
    if written.is_text and own not in (None, "binary", given):
        yield f"{new.where.capitalize()} gets the character set {given}, not {own}, {why}"
