"""The actions of ALTER TABLE on columns, keys and constraints: ADD, CHANGE, MODIFY, DROP, ALTER; see alter.py."""

from collections.abc import Iterator

from inception.schema.actions import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPeriod,
    After,
    ChangeColumn,
    ColumnVisibility,
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
    Position,
    SetDefault,
    SystemVersioning,
)
from inception.schema.columns import WrittenColumn, read_column, read_definition
from inception.schema.defaults import read_default
from inception.schema.define import read_period
from inception.schema.keys import Constraint, at_constraint, read_constraint
from inception.schema.model import Check, Index
from inception.schema.reader import Reader

# ADD


def read_add(reader: Reader) -> Iterator[Action]:
    """Read what ADD adds; the word ADD is read already."""
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


def read_change(reader: Reader) -> Iterator[Action]:
    """Read CHANGE COLUMN; the word CHANGE is read already."""
    reader.accept("COLUMN")
    if_exists = reader.if_exists()
    old = reader.name("a column")
    written = read_column(reader)
    yield ChangeColumn(old, written.column, _position(reader), if_exists=if_exists)
    yield from _inside(written)


def read_modify(reader: Reader) -> Iterator[Action]:
    """Read MODIFY COLUMN; the word MODIFY is read already."""
    reader.accept("COLUMN")
    if_exists = reader.if_exists()
    name = reader.name("a column")
    written = read_definition(reader, name)
    yield ChangeColumn(name, written.column, _position(reader), modify=True, if_exists=if_exists)
    yield from _inside(written)


# DROP


def read_drop(reader: Reader) -> Iterator[Action]:
    """Read what DROP drops; the word DROP is read already."""
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


def read_alter(reader: Reader) -> Iterator[Action]:
    """Read ALTER COLUMN, INDEX or CHECK; the word ALTER is read already."""
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
