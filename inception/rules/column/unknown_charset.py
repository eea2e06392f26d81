"""A character set or collation that the target does not have, or that do not fit each other."""

from collections.abc import Iterator

from inception.batch.statement import SetNames
from inception.rule import REFUSED, Level
from inception.scene import NewColumn, Scene
from inception.schema.actions import ConvertCharset, SetOption
from inception.schema.alter import AlterTable
from inception.schema.databases import AlterDatabase, CreateDatabase
from inception.schema.define import CreateTable
from inception.world import World

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 256


def check(
    change: CreateTable | AlterTable | CreateDatabase | AlterDatabase | ConvertCharset | NewColumn | SetNames,
    scene: Scene,
) -> Iterator[str]:
    """Yield a finding for each; nothing where the target's character sets are not known."""
    if not scene.world.charsets:
        return
    match change:
        case CreateTable(table=table):
            charset, collation = table.option("charset"), table.option("collation")
        case AlterTable(actions=actions):
            options = {action.name: action.value for action in actions if isinstance(action, SetOption)}
            charset, collation = options.get("charset"), options.get("collation")
        case CreateDatabase(options=pairs) | AlterDatabase(options=pairs):
            charset, collation = dict(pairs).get("charset"), dict(pairs).get("collation")
        case NewColumn(column=column):
            charset, collation = column.charset, column.collation
        case _:
            charset, collation = change.charset, change.collation
    if not charset and (collation or "").startswith("uca1400_"):
        charset = _in_force(change, scene)
    yield from _problems(charset or "", collation or "", scene.world)


def _in_force(change: object, scene: Scene) -> str | None:
    """Return the character set that a collation of MariaDB takes where it names none: of the table, of the database."""
    match change:
        case NewColumn(column=column, table=table):
            return table.charset_of(column)
        case AlterTable():
            return scene.old.option("charset") if scene.old is not None else None
        case CreateTable(name=name):
            database = scene.before.database(name.database)
        case AlterDatabase(name=name):
            database = scene.before.database(name or scene.statement.database)
        case _:
            database = None
    return database.charset if database is not None else None


def _problems(charset: str, collation: str, world: World) -> Iterator[str]:
    if charset and charset not in ("default", "binary") and _canonical(charset, world) not in world.charsets:
        yield f"Unknown character set: '{charset}'."
        return
    if not collation or collation in ("default", "binary"):
        if collation == "binary" and charset not in ("", "binary"):
            yield f"COLLATION 'binary' is not valid for CHARACTER SET '{charset}'."
        return
    names = (collation, _renamed(collation, "utf8_", "utf8mb3_"), _renamed(collation, "utf8mb3_", "utf8_"))
    known = next((world.collations[name] for name in names if name in world.collations), None)
    if known is None:
        yield f"Unknown collation: '{collation}'."
    elif charset and charset != "default" and _canonical(charset, world) not in known:
        yield f"COLLATION '{collation}' is not valid for CHARACTER SET '{charset}'."


def _canonical(charset: str, world: World) -> str:
    """Return a character set's name as the target lists it: utf8 and utf8mb3 are one."""
    if charset in ("utf8", "utf8mb3"):
        return next((name for name in ("utf8mb3", "utf8") if name in world.charsets), charset)
    return charset


def _renamed(name: str, old: str, new: str) -> str:
    return new + name[len(old) :] if name.startswith(old) else name
