"""The DDL statements that we know, each read into a frozen value: `read_ddl` is the one door.

CREATE and ALTER TABLE, databases and views have modules of their own. Manual: "Data Definition Statements".
"""

from dataclasses import dataclass

from inception.lexer import SERVER_PRINTED, Syntax
from inception.schema.actions import Algorithm, Lock
from inception.schema.alter import AlterTable, read_alter_table, read_wait
from inception.schema.databases import (
    AlterDatabase,
    CreateDatabase,
    DropDatabase,
    read_alter_database,
    read_create_database,
    read_drop_database,
)
from inception.schema.define import CreateTable, read_create_table
from inception.schema.keys import KINDS, read_index_body
from inception.schema.model import Index, IndexKind, TableName
from inception.schema.reader import Reader
from inception.schema.views import CreateView, DropView, read_view, skip_view_words

__all__ = [
    "AlterDatabase",
    "AlterTable",
    "CreateDatabase",
    "CreateIndex",
    "CreateTable",
    "CreateView",
    "Ddl",
    "DropDatabase",
    "DropIndexStatement",
    "DropTable",
    "DropView",
    "RenameTables",
    "Truncate",
    "read_ddl",
]


@dataclass(frozen=True)
class CreateIndex:
    """CREATE INDEX."""

    table: TableName
    index: Index
    if_not_exists: bool = False
    or_replace: bool = False
    modifiers: tuple[Algorithm | Lock, ...] = ()


@dataclass(frozen=True)
class DropIndexStatement:
    """DROP INDEX … ON."""

    table: TableName
    name: str
    if_exists: bool = False
    modifiers: tuple[Algorithm | Lock, ...] = ()


@dataclass(frozen=True)
class RenameTables:
    """RENAME TABLE: (old, new) in order."""

    pairs: tuple[tuple[TableName, TableName], ...]


@dataclass(frozen=True)
class DropTable:
    """DROP TABLE."""

    tables: tuple[TableName, ...]
    if_exists: bool = False
    temporary: bool = False


@dataclass(frozen=True)
class Truncate:
    """TRUNCATE TABLE."""

    table: TableName


Ddl = (
    CreateTable
    | AlterTable
    | CreateIndex
    | DropIndexStatement
    | RenameTables
    | DropTable
    | Truncate
    | CreateDatabase
    | AlterDatabase
    | DropDatabase
    | CreateView
    | DropView
)


def read_ddl(text: str, *, database: str = "", syntax: Syntax = SERVER_PRINTED) -> Ddl | None:
    """Read one statement; None where its first words are no DDL of ours.

    `database` stands in where a table is written without one. Raises UnreadableSql at what is malformed or unknown.
    """
    reader = Reader(text, syntax)
    word = reader.word
    if word == "CREATE":
        return _create(reader, database)
    if word == "ALTER":
        return _alter(reader, database)
    if word == "DROP":
        return _drop(reader, database)
    if word == "RENAME" and reader.peek() in ("TABLE", "TABLES"):
        return _rename(reader, database)
    return _truncate(reader, database) if word == "TRUNCATE" else None


# Kinds of object that have a CREATE, ALTER or DROP of their own, which is not ours to read.
_OTHERS = {
    *("AGGREGATE", "DEFINER", "EVENT", "FUNCTION", "INSTANCE", "JSON", "LIBRARY", "LOGFILE", "MATERIALIZED", "PACKAGE"),
    *("PREPARE", "PROCEDURE", "RESOURCE", "ROLE", "SEQUENCE", "SERVER", "SPATIAL", "TABLESPACE", "TRIGGER", "UNDO"),
    "USER",
}


def _demand_other_kind(reader: Reader) -> None:
    """Raise UnreadableSql where the statement is on no kind of object that there is."""
    at = reader.at + 1
    while reader.words[at] in ("OR", "REPLACE", "ONLINE", "IGNORE", "TEMPORARY"):
        at += 1
    if reader.words[at] not in _OTHERS:
        reader.fail("unknown statement", at)


def _create(reader: Reader, database: str) -> Ddl | None:
    table = read_create_table(reader, database)
    if table is not None:
        return table
    start = reader.at
    reader.expect("CREATE")
    or_replace = reader.accept_all("OR", "REPLACE")
    if reader.accept_any("DATABASE", "SCHEMA"):
        return read_create_database(reader, or_replace=or_replace)
    word = reader.accept_any("UNIQUE", "FULLTEXT", "SPATIAL", "ONLINE", "OFFLINE")
    if word in ("ONLINE", "OFFLINE"):
        word = reader.accept_any("UNIQUE", "FULLTEXT", "SPATIAL")
    if reader.accept("INDEX"):
        return _create_index(reader, database, KINDS.get(word, IndexKind.PLAIN), or_replace)
    if not word and skip_view_words(reader):
        return read_view(reader, database, or_replace=or_replace)
    reader.at = start
    _demand_other_kind(reader)
    return None


def _create_index(reader: Reader, database: str, kind: IndexKind, or_replace: bool) -> CreateIndex:
    if_not_exists = reader.if_not_exists()
    name = reader.name("an index name")
    using = ""
    if reader.accept_any("USING", "TYPE"):
        using = reader.expect_any("BTREE", "HASH", "RTREE").lower()
    reader.expect("ON")
    table = reader.table_name(database)
    index = read_index_body(reader, name, kind, using)
    read_wait(reader)
    modifiers = _modifiers(reader)
    return CreateIndex(table, index, if_not_exists, or_replace, modifiers)


def _modifiers(reader: Reader) -> tuple[Algorithm | Lock, ...]:
    found: list[Algorithm | Lock] = []
    while word := reader.accept_any("ALGORITHM", "LOCK"):
        reader.accept("=")
        if word == "LOCK":
            found.append(Lock(reader.expect_any("DEFAULT", "NONE", "SHARED", "EXCLUSIVE").lower()))
        else:
            found.append(Algorithm(reader.expect_any("DEFAULT", "INSTANT", "INPLACE", "NOCOPY", "COPY").lower()))
    reader.expect_end()
    return tuple(found)


def _alter(reader: Reader, database: str) -> Ddl | None:
    table = read_alter_table(reader, database)
    if table is not None:
        return table
    start = reader.at
    reader.expect("ALTER")
    if reader.accept_any("DATABASE", "SCHEMA"):
        return read_alter_database(reader)
    if skip_view_words(reader):
        return read_view(reader, database, alter=True)
    reader.at = start
    _demand_other_kind(reader)
    return None


def _drop(reader: Reader, database: str) -> Ddl | None:
    start = reader.at
    reader.expect("DROP")
    temporary = reader.accept("TEMPORARY")
    if reader.accept_any("TABLE", "TABLES"):
        if_exists, tables = _dropped(reader, database)
        return DropTable(tables, if_exists, temporary)
    if not temporary and reader.accept("VIEW"):
        if_exists, views = _dropped(reader, database)
        return DropView(views, if_exists)
    if not temporary and reader.accept_any("DATABASE", "SCHEMA"):
        return read_drop_database(reader)
    if not temporary and reader.accept("INDEX"):
        return _drop_index(reader, database)
    reader.at = start
    _demand_other_kind(reader)
    return None


def _dropped(reader: Reader, database: str) -> tuple[bool, tuple[TableName, ...]]:
    if_exists = reader.if_exists()
    tables = reader.table_names(database)
    read_wait(reader)
    reader.accept_any("RESTRICT", "CASCADE")
    reader.expect_end()
    return if_exists, tables


def _drop_index(reader: Reader, database: str) -> DropIndexStatement:
    if_exists = reader.if_exists()
    name = reader.name("an index")
    reader.expect("ON")
    table = reader.table_name(database)
    read_wait(reader)
    return DropIndexStatement(table, name, if_exists, _modifiers(reader))


def _rename(reader: Reader, database: str) -> RenameTables:
    reader.at += 2
    reader.if_exists()
    pairs: list[tuple[TableName, TableName]] = []
    while not pairs or reader.accept(","):
        old = reader.table_name(database)
        read_wait(reader)
        reader.expect("TO")
        pairs.append((old, reader.table_name(database)))
    reader.expect_end()
    return RenameTables(tuple(pairs))


def _truncate(reader: Reader, database: str) -> Truncate:
    reader.expect("TRUNCATE")
    reader.accept("TABLE")
    table = reader.table_name(database)
    read_wait(reader)
    reader.expect_end()
    return Truncate(table)
