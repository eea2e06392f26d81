"""ALTER TABLE read into actions. Knows the syntax of MySQL 5.7 to 9 and MariaDB 10.5 to 11; judges nothing.

Manual: "ALTER TABLE Statement"; MariaDB: "ALTER TABLE".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inception.schema import alter_definition as definition
from inception.schema.actions import (
    Action,
    Algorithm,
    ConvertCharset,
    Lock,
    Maintain,
    PartitionAction,
    RenameColumn,
    RenameIndex,
    RenameTable,
    SetOption,
)
from inception.schema.model import TableName
from inception.schema.options import read_option
from inception.schema.partitions import at_partition_action, read_partition_action, read_partitioning
from inception.schema.reader import Reader
from inception.schema.types import at_charset, charset_name, collation_name

_ALGORITHMS = ("DEFAULT", "INSTANT", "INPLACE", "NOCOPY", "COPY")
_LOCKS = ("DEFAULT", "NONE", "SHARED", "EXCLUSIVE")


@dataclass(frozen=True)
class AlterTable:
    """An ALTER TABLE statement. `body_start` is the offset of its first action in the text."""

    name: TableName
    actions: tuple[Action, ...]
    if_exists: bool = False
    ignore: bool = False
    online: bool = False
    wait: str = ""  # MariaDB: WAIT n or NOWAIT
    body_start: int = 0


def read_alter_table(reader: Reader, database: str = "") -> AlterTable | None:
    """Read a whole ALTER TABLE statement; None where the first words are another statement's."""
    start = reader.at
    reader.expect("ALTER")
    flags = set()
    while word := reader.accept_any("ONLINE", "IGNORE"):
        flags.add(word)
    if not reader.accept("TABLE"):
        reader.at = start
        return None
    if_exists = reader.if_exists()
    name = reader.table_name(database)
    wait = read_wait(reader)
    body_start = reader.token.start
    actions = tuple(_actions(reader, name))
    reader.expect_end()
    return AlterTable(name, actions, if_exists, "IGNORE" in flags, "ONLINE" in flags, wait, body_start)


def read_wait(reader: Reader) -> str:
    """Read MariaDB's WAIT n or NOWAIT and return it; '' if none comes."""
    if reader.accept("NOWAIT"):
        return "NOWAIT"
    if reader.accept("WAIT"):
        return f"WAIT {reader.integer('seconds')}"
    return ""


def _actions(reader: Reader, name: TableName) -> Iterator[Action]:
    """Yield the actions; PARTITION BY and REMOVE PARTITIONING follow the last, without a comma."""
    if not reader.ended and not _at_partitioning(reader):
        yield from _action(reader, name)
        while reader.accept(","):
            yield from _action(reader, name)
    if _at_partitioning(reader):
        yield _partitioning(reader)


def _at_partitioning(reader: Reader) -> bool:
    return (reader.word, reader.peek()) in (("PARTITION", "BY"), ("REMOVE", "PARTITIONING"))


def _partitioning(reader: Reader) -> Action:
    if reader.accept_all("REMOVE", "PARTITIONING"):
        return PartitionAction("remove", "REMOVE PARTITIONING")
    return PartitionAction("by", read_partitioning(reader))


def _action(reader: Reader, name: TableName) -> Iterator[Action]:
    word = reader.word
    if at_partition_action(reader):
        yield read_partition_action(reader)
        return
    read = _VERBS.get(word)
    if read is not None:
        reader.at += 1
        yield from read(reader)
    elif word == "RENAME":
        reader.at += 1
        yield _rename(reader, name)
    elif word in ("ENABLE", "DISABLE", "DISCARD", "IMPORT", "FORCE", "ORDER", "WITHOUT", "WITH") or word in _SECONDARY:
        yield _maintain(reader)
    else:
        option = read_option(reader)
        if option is None:
            reader.fail("unknown action of ALTER TABLE")
        while option:  # options may follow each other without a comma
            yield SetOption(*option)
            option = read_option(reader)


def _rename(reader: Reader, table: TableName) -> Action:
    if reader.accept("COLUMN"):
        reader.if_exists()
        old = reader.name("a column")
        reader.expect("TO")
        return RenameColumn(old, reader.name("a column"))
    if reader.accept_any("INDEX", "KEY"):
        reader.if_exists()
        old = reader.name("an index")
        reader.expect("TO")
        return RenameIndex(old, reader.name("an index"))
    reader.accept_any("TO", "AS", "=")
    return RenameTable(reader.table_name(table.database))


def _convert(reader: Reader) -> Iterator[Action]:
    reader.expect("TO")
    if not at_charset(reader):
        reader.fail("expected CHARACTER SET")
    charset = charset_name(reader)
    collation = ""
    if reader.accept("COLLATE"):
        reader.accept("=")
        collation = collation_name(reader)
    yield ConvertCharset(charset, collation)


def _algorithm(reader: Reader) -> Iterator[Action]:
    reader.accept("=")
    yield Algorithm(reader.expect_any(*_ALGORITHMS).lower())


def _lock(reader: Reader) -> Iterator[Action]:
    reader.accept("=")
    yield Lock(reader.expect_any(*_LOCKS).lower())


def _upgrade(reader: Reader) -> Iterator[Action]:
    reader.expect("PARTITIONING")
    yield PartitionAction("upgrade", "UPGRADE PARTITIONING")


_SECONDARY = ("SECONDARY_LOAD", "SECONDARY_UNLOAD")


def _maintain(reader: Reader) -> Action:
    """Read an action that changes no definition."""
    first = reader.at
    word = reader.word
    reader.at += 1
    if word in ("ENABLE", "DISABLE"):
        reader.expect("KEYS")
    elif word in ("DISCARD", "IMPORT"):
        reader.expect("TABLESPACE")
    elif word in ("WITH", "WITHOUT"):
        reader.expect("VALIDATION")
    elif word == "ORDER":
        _order_by(reader)
    return Maintain(reader.source(first))


def _order_by(reader: Reader) -> None:
    reader.expect("BY")
    while True:
        reader.name("a column")
        while reader.accept("."):
            reader.name_after_point("a column")
        reader.accept_any("ASC", "DESC")
        if reader.word != "," or reader.tokens[reader.at + 1].word in _VERBS:
            return
        reader.at += 1


_VERBS: dict[str, Callable[[Reader], Iterator[Action]]] = {
    "ADD": definition.read_add,
    "ALTER": definition.read_alter,
    "CHANGE": definition.read_change,
    "MODIFY": definition.read_modify,
    "DROP": definition.read_drop,
    "CONVERT": _convert,
    "ALGORITHM": _algorithm,
    "LOCK": _lock,
    "UPGRADE": _upgrade,
}
