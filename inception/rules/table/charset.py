"""A table or database character set that is not in inception_support_charset; none written counts as missing."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import ConvertCharset, SetOption
from inception.schema.databases import AlterDatabase, CreateDatabase
from inception.schema.define import CreateTable
from inception.variables import Help

LEVEL = Level.WARNING
ORDER = 120
SupportCharset = Annotated[tuple[str, ...], Help("The character sets allowed for tables, databases and SET NAMES.")]


def check(
    change: CreateTable | CreateDatabase | AlterDatabase | SetOption | ConvertCharset,
    scene: Scene,
    *,
    inception_support_charset: SupportCharset = ("utf8mb4",),
) -> Iterator[str]:
    """Yield a finding for the character set that the change gives."""
    charset: str | None
    what, name = "table", scene.statement.changes[0].name if scene.statement.changes else ""
    match change:
        case CreateTable(like=None, table=table):
            charset = _charset(table.option("charset"), table.option("collation"))
        case CreateDatabase():
            what, name = "database", change.name
            options = dict(change.options)
            charset = _charset(options.get("charset"), options.get("collation"))
        case AlterDatabase(options=pairs) if dict(pairs).keys() & {"charset", "collation"}:
            what, name = "database", change.name or scene.statement.database
            charset = _charset(dict(pairs).get("charset"), dict(pairs).get("collation"))
        case SetOption(name="charset" | "collation"):
            charset = change.value if change.name == "charset" else _charset(None, change.value)
        case ConvertCharset(charset=charset) if charset != "default":
            pass
        case _:
            return
    if (charset or "").lower() not in inception_support_charset:
        allowed = ",".join(inception_support_charset)
        yield f"Set charset to one of '{allowed}' for {what} '{name}'."


def _charset(charset: str | None, collation: str | None) -> str | None:
    return charset or (collation.split("_", 1)[0] if collation else None)
