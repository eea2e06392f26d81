"""CREATE TABLE, as people write it and as servers print it, read into a Table.

Reading only: the Table holds what is written (see settle.py for what a server makes of it). Everything from MySQL 5.7
and MariaDB 10.5 on is read; what is not understood raises UnreadableSql with its place.
"""

from dataclasses import dataclass, field

from inception.lexer import SERVER_PRINTED, Syntax
from inception.schema.columns import WrittenColumn, read_column
from inception.schema.keys import Constraint, at_constraint, read_constraint
from inception.schema.model import Check, Column, ForeignKey, Index, Period, Table, TableName
from inception.schema.options import read_options
from inception.schema.partitions import read_partitioning
from inception.schema.reader import Reader


@dataclass(frozen=True)
class CreateTable:
    """A CREATE TABLE statement. `table` holds what is written; `complete` is false with LIKE or a SELECT."""

    table: Table
    if_not_exists: bool = False
    or_replace: bool = False
    like: TableName | None = None
    select_start: int | None = None  # offset of the SELECT that fills it (or of its parenthesis, WITH, TABLE, VALUES)

    @property
    def name(self) -> TableName:
        """The name of the new table."""
        return self.table.name

    @property
    def temporary(self) -> bool:
        """Whether it is a temporary table."""
        return self.table.temporary


@dataclass
class _Body:
    """The parts of a definition while they are read."""

    columns: list[Column] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def add_column(self, written: WrittenColumn) -> None:
        self.columns.append(written.column)
        self.indexes += written.indexes
        self.foreign_keys += written.foreign_keys
        self.checks += written.checks

    def add_constraint(self, constraint: Constraint) -> None:
        if isinstance(constraint, Index):
            self.indexes.append(constraint)
        elif isinstance(constraint, ForeignKey):
            self.foreign_keys.append(constraint)
        else:
            self.checks.append(constraint)


def define(sql: str, *, database: str = "", syntax: Syntax = SERVER_PRINTED) -> Table:
    """Return the table that a CREATE TABLE statement defines, as written. `database` stands in where none is.

    Without `syntax` the text is what a server of ours printed. Raises UnreadableSql; so does LIKE and AS SELECT.
    """
    reader = Reader(sql, syntax)
    created = read_create_table(reader, database)
    if created is None or not created.table.complete:
        raise reader.fail("expected a table's definition", 0)
    return created.table


def read_create_table(reader: Reader, database: str = "") -> CreateTable | None:
    """Read a whole CREATE TABLE statement; None where the first words are another statement's."""
    start = reader.at
    reader.expect("CREATE")
    or_replace = reader.accept_all("OR", "REPLACE")
    temporary = reader.accept("TEMPORARY")
    if not reader.accept("TABLE"):
        reader.at = start
        return None
    if_not_exists = reader.if_not_exists()
    name = reader.table_name(database)
    like = _like(reader, database)
    if like is not None:
        reader.expect_end()
        return CreateTable(Table(name, temporary=temporary, complete=False), if_not_exists, or_replace, like)
    table, select = _definition(reader, name, temporary)
    return CreateTable(table, if_not_exists, or_replace, None, select)


def _like(reader: Reader, database: str) -> TableName | None:
    closing = reader.word == "(" and reader.peek() == "LIKE"
    reader.at += 1 if closing else 0
    if not reader.accept("LIKE"):
        return None
    like = reader.table_name(database)
    if closing:
        reader.expect(")")
    return like


def _definition(reader: Reader, name: TableName, temporary: bool) -> tuple[Table, int | None]:
    body = _Body()
    if reader.word == "(" and not _at_query(reader, reader.at + 1):
        _read_body(reader, body)
    options = read_options(reader)
    partitioning = read_partitioning(reader)
    select = _select(reader)
    if select is None and not body.columns:
        reader.fail("expected the columns")
    table = Table(
        name,
        tuple(body.columns),
        tuple(body.indexes),
        tuple(body.foreign_keys),
        tuple(body.checks),
        options,
        partitioning,
        temporary=temporary,
        complete=select is None,
        periods=tuple(body.periods),
    )
    return table, select


def _read_body(reader: Reader, body: _Body) -> None:
    reader.expect("(")
    while True:
        if at_constraint(reader):
            body.add_constraint(read_constraint(reader))
        elif reader.word == "PERIOD" and reader.peek() == "FOR":
            reader.at += 2
            body.periods.append(read_period(reader))
        else:
            body.add_column(read_column(reader))
        if not reader.accept(","):
            break
    if not reader.accept(")"):
        reader.fail("expected , or )")


def read_period(reader: Reader) -> Period:
    """Read a period of MariaDB from its name on."""
    name = reader.name("a period")
    columns = reader.names("a column")
    if len(columns) != 2:
        reader.fail("expected two columns")
    return Period(name, *columns)


def _at_query(reader: Reader, at: int) -> bool:
    """Tell whether a query begins there, perhaps in parentheses. WITH may also be WITH SYSTEM VERSIONING."""
    while reader.words[at] == "(":
        at += 1
    if reader.words[at] == "WITH":
        return reader.words[at + 1] == "RECURSIVE" or reader.words[at + 2] in ("AS", "(")
    return reader.words[at] in ("SELECT", "TABLE", "VALUES")


def _select(reader: Reader) -> int | None:
    """Read the end of the statement, or [IGNORE|REPLACE] [AS] and a query, whose offset is returned."""
    marked = bool(reader.accept_any("IGNORE", "REPLACE"))
    marked = reader.accept("AS") or marked
    if not marked and not _at_query(reader, reader.at):
        reader.expect_end()
        return None
    if not _at_query(reader, reader.at):
        reader.fail("expected SELECT")
    start = reader.token.start
    reader.rest()
    return start
