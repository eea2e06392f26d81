"""ALTER TABLE read into actions. Knows the syntax of MySQL 5.7 to 9 and MariaDB 10.5 to 11; judges nothing.

Manual: "ALTER TABLE Statement"; MariaDB: "ALTER TABLE".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inception.schema.actions import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPeriod,
    After,
    Algorithm,
    ChangeColumn,
    ColumnVisibility,
    ConvertCharset,
    DropCheck,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropForeignKey,
    DropIndex,
    DropPeriod,
    EnforceCheck,
    First,
    IndexVisibility,
    Lock,
    Maintain,
    PartitionAction,
    Position,
    RenameColumn,
    RenameIndex,
    RenameTable,
    SetDefault,
    SetOption,
    SystemVersioning,
)
from inception.schema.columns import WrittenColumn, read_column, read_default, read_definition
from inception.schema.define import read_period
from inception.schema.keys import Constraint, at_constraint, read_constraint
from inception.schema.model import Check, Index, TableName
from inception.schema.options import read_option, read_partitioning
from inception.schema.reader import Reader
from inception.schema.types import at_charset, charset_name, collation_name

_ALGORITHMS = ("DEFAULT", "INSTANT", "INPLACE", "NOCOPY", "COPY")
_LOCKS = ("DEFAULT", "NONE", "SHARED", "EXCLUSIVE")
_ON_PARTITIONS = {
    *("TRUNCATE", "COALESCE", "REORGANIZE", "EXCHANGE", "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD"),
    *("REPAIR", "DISCARD", "IMPORT", "ADD", "DROP", "CONVERT"),
}


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
    """Yield the actions; PARTITION BY and REMOVE PARTITIONING may follow the last without a comma."""
    while not reader.ended:
        yield from _action(reader, name)
        if reader.accept(","):
            if reader.ended:
                reader.fail("expected another action")
        elif reader.word not in ("PARTITION", "REMOVE"):
            return


def _action(reader: Reader, name: TableName) -> Iterator[Action]:
    word = reader.word
    if (
        word in _ON_PARTITIONS
        and reader.peek() in ("PARTITION", "TABLE")
        and (reader.peek() != "TABLE" or word == "CONVERT")
    ):
        yield PartitionAction(word.lower(), reader.rest())
        return
    read = _VERBS.get(word)
    if read is not None:
        reader.at += 1
        yield from read(reader)
    elif word == "RENAME":
        reader.at += 1
        yield _rename(reader, name)
    elif word == "PARTITION":
        yield PartitionAction("by", read_partitioning(reader) or reader.fail("expected PARTITION BY"))
    elif word in ("ENABLE", "DISABLE", "DISCARD", "IMPORT", "FORCE", "ORDER", "WITHOUT", "WITH") or word in _SECONDARY:
        yield _maintain(reader)
    else:
        option = read_option(reader)
        if option is None:
            reader.fail("unknown action of ALTER TABLE")
        while option:  # options may follow each other without a comma
            yield SetOption(*option)
            option = read_option(reader)


# ADD


def _add(reader: Reader) -> Iterator[Action]:
    if reader.accept_all("SYSTEM", "VERSIONING"):
        yield SystemVersioning(True)
    elif reader.accept_all("PERIOD", "FOR"):
        reader.if_not_exists()
        yield AddPeriod(read_period(reader))
    elif at_constraint(reader):
        yield _add_constraint_written(reader)
    else:
        reader.accept("COLUMN")
        if_not_exists = reader.if_not_exists()
        if reader.word == "(":
            yield from _add_several(reader, if_not_exists)
        else:
            written = read_column(reader)
            yield AddColumn(written.column, _position(reader), if_not_exists)
            yield from _inside(written)


def _add_constraint_written(reader: Reader) -> Action:
    """Read a constraint; whether IF NOT EXISTS stands in it is seen in its words."""
    first = reader.at
    constraint = read_constraint(reader)
    head = reader.words[first : first + 6]
    return _add_constraint(constraint, any(head[i : i + 2] == ["IF", "NOT"] for i in range(5)))


def _add_constraint(constraint: Constraint, if_not_exists: bool = False) -> Action:
    if isinstance(constraint, Index):
        return AddIndex(constraint, if_not_exists)
    if isinstance(constraint, Check):
        return AddCheck(constraint, if_not_exists)
    return AddForeignKey(constraint, if_not_exists)


def _add_several(reader: Reader, if_not_exists: bool) -> Iterator[Action]:
    reader.expect("(")
    while True:
        if at_constraint(reader):
            yield _add_constraint_written(reader)
        else:
            written = read_column(reader)
            yield AddColumn(written.column, None, if_not_exists)
            yield from _inside(written)
        if not reader.accept(","):
            break
    reader.expect(")")


def _inside(written: WrittenColumn) -> Iterator[Action]:
    constraints: tuple[Constraint, ...] = (*written.indexes, *written.foreign_keys, *written.checks)
    yield from map(_add_constraint, constraints)


def _position(reader: Reader) -> Position:
    if reader.accept("FIRST"):
        return First()
    if reader.accept("AFTER"):
        return After(reader.name("a column"))
    return None


# CHANGE, MODIFY


def _change(reader: Reader) -> Iterator[Action]:
    reader.accept("COLUMN")
    if_exists = reader.if_exists()
    old = reader.name("a column")
    written = read_column(reader)
    yield ChangeColumn(old, written.column, _position(reader), if_exists=if_exists)
    yield from _inside(written)


def _modify(reader: Reader) -> Iterator[Action]:
    reader.accept("COLUMN")
    if_exists = reader.if_exists()
    name = reader.name("a column")
    written = read_definition(reader, name)
    yield ChangeColumn(name, written.column, _position(reader), modify=True, if_exists=if_exists)
    yield from _inside(written)


# DROP


def _drop(reader: Reader) -> Iterator[Action]:
    if reader.accept_all("PRIMARY", "KEY"):
        reader.if_exists()
        yield DropIndex("PRIMARY")
    elif reader.accept_any("INDEX", "KEY"):
        if_exists = reader.if_exists()
        yield DropIndex(reader.name("an index"), if_exists)
    elif reader.accept("FOREIGN"):
        reader.expect("KEY")
        if_exists = reader.if_exists()
        yield DropForeignKey(reader.name("a foreign key"), if_exists)
    elif reader.accept("CHECK"):
        yield DropCheck(reader.name("a check"))
    elif reader.accept("CONSTRAINT"):
        yield _drop_constraint(reader)
    elif reader.accept_all("SYSTEM", "VERSIONING"):
        yield SystemVersioning(False)
    elif reader.accept_all("PERIOD", "FOR"):
        reader.if_exists()
        yield DropPeriod(reader.name("a period"))
    else:
        reader.accept("COLUMN")
        if_exists = reader.if_exists()
        yield DropColumn(reader.name("a column"), if_exists)
        reader.accept_any("RESTRICT", "CASCADE")


def _drop_constraint(reader: Reader) -> Action:
    if_exists = reader.if_exists()
    if reader.accept("PRIMARY"):
        return DropConstraint("PRIMARY", if_exists)
    return DropConstraint(reader.name("a constraint"), if_exists)


# ALTER COLUMN, INDEX, CHECK


def _alter(reader: Reader) -> Iterator[Action]:
    if reader.accept_any("INDEX", "KEY"):
        reader.if_exists()
        yield _index_visibility(reader, reader.name("an index"))
    elif reader.accept_any("CHECK", "CONSTRAINT"):
        name = reader.name("a check")
        enforced = not reader.accept("NOT")
        reader.expect("ENFORCED")
        yield EnforceCheck(name, enforced)
    else:
        reader.accept("COLUMN")
        reader.if_exists()
        yield _alter_column(reader, reader.name("a column"))


def _index_visibility(reader: Reader, name: str) -> Action:
    if reader.accept("NOT"):
        reader.expect("IGNORED")
        return IndexVisibility(name, False, ignored=True)
    word = reader.expect_any("VISIBLE", "INVISIBLE", "IGNORED")
    return IndexVisibility(name, word != "VISIBLE", ignored=word == "IGNORED")


def _alter_column(reader: Reader, name: str) -> Action:
    if reader.accept("DROP"):
        reader.expect("DEFAULT")
        return DropDefault(name)
    reader.expect("SET")
    word = reader.expect_any("DEFAULT", "VISIBLE", "INVISIBLE")
    if word == "DEFAULT":
        return SetDefault(name, read_default(reader))
    return ColumnVisibility(name, word == "INVISIBLE")


# the rest


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


def _remove(reader: Reader) -> Iterator[Action]:
    reader.expect("PARTITIONING")
    yield PartitionAction("remove", "REMOVE PARTITIONING")


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
    "ADD": _add,
    "ALTER": _alter,
    "CHANGE": _change,
    "MODIFY": _modify,
    "DROP": _drop,
    "CONVERT": _convert,
    "ALGORITHM": _algorithm,
    "LOCK": _lock,
    "REMOVE": _remove,
    "UPGRADE": _upgrade,
}
