"""A table or database character set that is not in inception_support_charset; none written counts as missing."""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import ConvertCharset, SetOption
from inception.schema.databases import AlterDatabase, CreateDatabase
from inception.schema.define import CreateTable
from inception.schema.model import collation_charset
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 120
SupportCharset = Annotated[tuple[str, ...], Help("The character sets allowed for tables, databases and SET NAMES.")]
_Change = CreateTable | CreateDatabase | AlterDatabase | SetOption | ConvertCharset


def check(
    change: _Change,
    scene: Scene,
    *,
    inception_support_charset: SupportCharset = ("utf8mb4",),
) -> Iterator[str]:
    """Yield a finding for the character set that the change gives."""
    written = _written(change)
    if written is None:
        return
    charset, collation = written
    if collation_charset(collation) is None and not charset and not isinstance(change, CreateTable | CreateDatabase):
        return  # MariaDB's uca1400_…: the character set stays
    if _one_name(charset or collation_charset(collation) or "") not in map(_one_name, inception_support_charset):
        allowed = ",".join(inception_support_charset)
        yield f"Set charset to one of '{allowed}' for {_what(change, scene)}."


def _written(change: _Change) -> tuple[str | None, str | None] | None:
    """Return the character set and collation that a change gives; None where it leaves them alone."""
    match change:
        case CreateTable(like=None, table=table):
            return table.option("charset"), table.option("collation")
        case CreateDatabase(options=pairs):
            return dict(pairs).get("charset"), dict(pairs).get("collation")
        case AlterDatabase(options=pairs) if dict(pairs).keys() & {"charset", "collation"}:
            return dict(pairs).get("charset"), dict(pairs).get("collation")
        case SetOption(name="charset", value=charset):
            return charset, None
        case SetOption(name="collation", value=collation):
            return None, collation
        case ConvertCharset(charset=charset, collation=collation) if charset != "default":
            return charset, collation
    return None


def _what(change: _Change, scene: Scene) -> str:
    if isinstance(change, CreateDatabase | AlterDatabase):
        return f"database '{change.name or scene.statement.database}'"
    return f"table '{scene.statement.changes[0].name}'"


def _one_name(charset: str) -> str:
    """utf8 and utf8mb3 are one character set."""
    return "utf8mb3" if charset.lower() == "utf8" else charset.lower()
