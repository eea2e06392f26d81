"""The DDL statements that we know, each read into a frozen value: `read_ddl` is the one door.

CREATE and ALTER TABLE have modules of their own; views are read up to their name. Manual: "Data Definition Statements".
"""

from dataclasses import dataclass

from inception.lexer import SERVER_PRINTED, Syntax
from inception.schema.actions import Algorithm, Lock
from inception.schema.alter import AlterTable, read_alter_table, read_wait
from inception.schema.define import CreateTable, read_create_table
from inception.schema.keys import KINDS, read_index_body
from inception.schema.model import Index, IndexKind, TableName
from inception.schema.options import Option, read_option
from inception.schema.reader import Reader


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


@dataclass(frozen=True)
class CreateView:
    """CREATE VIEW or ALTER VIEW (`alter`); `select_start` is the offset of its query."""

    name: TableName
    columns: tuple[str, ...]
    select_start: int
    or_replace: bool = False
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True)
class DropView:
    """DROP VIEW."""

    views: tuple[TableName, ...]
    if_exists: bool = False


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
        if_not_exists = reader.if_not_exists()
        return CreateDatabase(reader.name("a database"), _database_options(reader), if_not_exists, or_replace)
    word = reader.accept_any("UNIQUE", "FULLTEXT", "SPATIAL", "ONLINE", "OFFLINE")
    if word in ("ONLINE", "OFFLINE"):
        word = reader.accept_any("UNIQUE", "FULLTEXT", "SPATIAL")
    if reader.accept("INDEX"):
        return _create_index(reader, database, KINDS.get(word, IndexKind.PLAIN), or_replace)
    if not word and _skip_view_words(reader):
        return _view(reader, database, or_replace=or_replace)
    reader.at = start
    _demand_other_kind(reader)
    return None


def _database_options(reader: Reader) -> tuple[Option, ...]:
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


def _skip_view_words(reader: Reader) -> bool:
    """Step over ALGORITHM, DEFINER and SQL SECURITY as far as VIEW, if a view it is."""
    while True:
        if reader.accept("ALGORITHM"):
            reader.expect("=")
            reader.expect_any("UNDEFINED", "MERGE", "TEMPTABLE")
        elif reader.accept("DEFINER"):
            reader.expect("=")
            _account(reader)
        elif reader.accept_all("SQL", "SECURITY"):
            reader.expect_any("DEFINER", "INVOKER")
        else:
            return reader.accept("VIEW")


def _account(reader: Reader) -> None:
    reader.accept("CURRENT_USER")
    while reader.word not in ("SQL", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "AGGREGATE", "PACKAGE"):
        if reader.ended:
            reader.fail("expected an account")
        reader.at += 1


def _view(reader: Reader, database: str, *, or_replace: bool = False, alter: bool = False) -> CreateView:
    if_not_exists = reader.if_not_exists()
    name = reader.table_name(database, "a view name")
    columns = reader.names("a column") if reader.word == "(" else ()
    reader.expect("AS")
    start = reader.token.start
    if not reader.rest():
        reader.fail("expected SELECT")
    return CreateView(name, columns, start, or_replace, if_not_exists, alter)


def _alter(reader: Reader, database: str) -> Ddl | None:
    table = read_alter_table(reader, database)
    if table is not None:
        return table
    start = reader.at
    reader.expect("ALTER")
    if reader.accept_any("DATABASE", "SCHEMA"):
        named = reader.at_name() and reader.word not in ("CHARSET", "COMMENT", "ENCRYPTION")
        name = reader.name("a database") if named else ""
        options = _database_options(reader)
        return AlterDatabase(name, options or reader.fail("expected a database option"))
    if _skip_view_words(reader):
        return _view(reader, database, alter=True)
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
        if_exists = reader.if_exists()
        name = reader.name("a database")
        reader.expect_end()
        return DropDatabase(name, if_exists)
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
