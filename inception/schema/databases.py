"""CREATE, ALTER and DROP DATABASE. Manual: "CREATE DATABASE Statement" and its neighbours."""

from dataclasses import dataclass

from inception.schema.options import Option, read_option
from inception.schema.reader import Reader


@dataclass(frozen=True)
class CreateDatabase:
    """CREATE DATABASE; options by lower-case name: charset, collation, encryption, …"""

    name: str
    options: tuple[Option, ...] = ()
    if_not_exists: bool = False
    or_replace: bool = False


@dataclass(frozen=True)
class AlterDatabase:
    """ALTER DATABASE; the name is '' for the current one."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class DropDatabase:
    """DROP DATABASE."""

    name: str
    if_exists: bool = False


def read_create_database(reader: Reader, *, or_replace: bool) -> CreateDatabase:
    """Read from behind CREATE DATABASE to the end."""
    if_not_exists = reader.if_not_exists()
    return CreateDatabase(reader.name("a database"), _options(reader), if_not_exists, or_replace)


def read_alter_database(reader: Reader) -> AlterDatabase:
    """Read from behind ALTER DATABASE to the end."""
    named = reader.at_name() and (reader.word not in _OPTION_WORDS)
    name = reader.name("a database") if named else ""
    options = _options(reader)
    return AlterDatabase(name, options or reader.fail("expected a database option"))


def read_drop_database(reader: Reader) -> DropDatabase:
    """Read from behind DROP DATABASE to the end."""
    if_exists = reader.if_exists()
    name = reader.name("a database")
    reader.expect_end()
    return DropDatabase(name, if_exists)


_OPTION_WORDS = ("CHARSET", "COMMENT", "ENCRYPTION")


def _options(reader: Reader) -> tuple[Option, ...]:
    options: list[Option] = []
    while not reader.ended:
        if reader.accept_all("READ", "ONLY"):
            reader.accept("=")
            value = "DEFAULT" if reader.accept("DEFAULT") else str(reader.integer("0 or 1"))
            options.append(("read_only", value))
            continue
        if reader.word == "DEFAULT" and reader.peek() == "ENCRYPTION":
            reader.at += 1
        option = read_option(reader)
        if option is None or option[0] not in ("charset", "collation", "encryption", "comment"):
            reader.fail("expected a database option")
        options.append(option)
    return tuple(options)
