"""What a statement of a batch is, once read: plain values.

Definitions are the dataclasses of schema/; row changes and queries are described here. A statement that we could not
read has a `problem` and no `form`, but still its kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from inception.schema.model import TableName


class Kind(StrEnum):
    """The kinds of statement, told by their first words. The value is the `type` kept with a rollback."""

    USE = "USE"
    SET_NAMES = "SETNAMES"
    SET = "SET"
    CREATE_DATABASE = "CREATEDB"
    ALTER_DATABASE = "ALTERDB"
    DROP_DATABASE = "DROPDB"
    CREATE_TABLE = "CREATETABLE"
    ALTER_TABLE = "ALTERTABLE"
    DROP_TABLE = "DROPTABLE"
    RENAME_TABLE = "RENAMETABLE"
    TRUNCATE = "TRUNCATE"
    CREATE_INDEX = "CREATEINDEX"
    DROP_INDEX = "DROPINDEX"
    CREATE_VIEW = "CREATEVIEW"
    ALTER_VIEW = "ALTERVIEW"
    DROP_VIEW = "DROPVIEW"
    INSERT = "INSERT"
    REPLACE = "REPLACE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    SELECT = "SELECT"
    ROLLBACK = "ROLLBACK"  # not of a batch: what `inception rollback` did
    OTHER = "OTHER"

    @property
    def is_dml(self) -> bool:
        """Tell whether statements of this kind change rows and are undone from row events."""
        return self in _DML

    @property
    def is_ddl(self) -> bool:
        """Tell whether statements of this kind change definitions."""
        return self in _DDL


_DML = frozenset({Kind.INSERT, Kind.REPLACE, Kind.UPDATE, Kind.DELETE})
_DDL = frozenset(
    {
        Kind.CREATE_DATABASE, Kind.ALTER_DATABASE, Kind.DROP_DATABASE, Kind.CREATE_TABLE, Kind.ALTER_TABLE,
        Kind.DROP_TABLE, Kind.RENAME_TABLE, Kind.CREATE_INDEX, Kind.DROP_INDEX, Kind.CREATE_VIEW, Kind.ALTER_VIEW,
        Kind.DROP_VIEW,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why a statement could not be read; line and column count from 1 in the statement's own text."""

    message: str
    line: int = 0
    column: int = 0
    near: str = ""

    def __str__(self) -> str:
        place = f" at line {self.line}, column {self.column}" if self.line else ""
        return f"{self.message}{place}" + (f" near '{self.near}'" if self.near else "")


@dataclass(frozen=True)
class Use:
    """USE database."""

    database: str


@dataclass(frozen=True)
class SetNames:
    """SET NAMES or SET CHARACTER SET."""

    charset: str
    collation: str = ""


@dataclass(frozen=True)
class QueryFacts:
    """What rules ask of a query: of each SELECT of a UNION, but not of subqueries. `limit` is of the whole, too.

    `unrestricted`: reads a table and has neither WHERE nor an inner join with a condition.
    """

    unrestricted: bool = False
    star: bool = False
    limit: bool = False
    order_rand: bool = False


@dataclass(frozen=True)
class Insert:
    """INSERT or REPLACE. `columns` is None where no list is written; `row_sizes` is empty for INSERT … SELECT.

    `nulls` are the rows, from 1, with the word NULL, by column, from 0. The tree may hold fewer rows than there are:
    those that are alike apart from literals are there once, or more often. `null_updates` are the columns that ON
    DUPLICATE KEY UPDATE sets to NULL. `query` is None for VALUES.
    """

    table: TableName
    columns: tuple[str, ...] | None
    row_sizes: tuple[int, ...]
    has_query: bool
    replaces: bool
    tree: Any = field(repr=False, compare=False)
    nulls: Mapping[int, Sequence[int]] = field(default_factory=dict)
    null_updates: tuple[str, ...] = ()
    query: QueryFacts | None = None
    ignore: bool = False


@dataclass(frozen=True)
class Update:
    """UPDATE of one or several tables. `nulls` are the columns set to NULL, each with the tables it may be of."""

    targets: tuple[TableName, ...]
    has_where: bool
    single: bool
    tree: Any = field(repr=False, compare=False)
    has_limit: bool = False
    has_order: bool = False
    order_rand: bool = False
    nulls: tuple[tuple[tuple[TableName, ...], str], ...] = ()
    ignore: bool = False


@dataclass(frozen=True)
class Delete:
    """DELETE from one or several tables."""

    targets: tuple[TableName, ...]
    has_where: bool
    single: bool
    tree: Any = field(repr=False, compare=False)
    has_limit: bool = False
    has_order: bool = False
    order_rand: bool = False
    ignore: bool = False


@dataclass(frozen=True)
class Select:
    """A query; nothing is changed."""

    tree: Any = field(repr=False, compare=False)
    query: QueryFacts = QueryFacts()


@dataclass(frozen=True)
class Statement:
    """One statement of a batch.

    `number` is its row's ID, `text` the source without the terminator, `database` the current database it will run
    in ('' for none), `changes` and `reads` the full names of tables, as far as the statement could be read. Row changes
    that are alike apart from their literals share kind, form, tables and `sample`: the text of one of them, with a few
    rows only where there are many; '' stands for the statement's own text. `query` is the tree of the SELECT inside
    CREATE TABLE and CREATE VIEW. `temporary` are those of its tables that are temporary ones of the batch.
    """

    number: int
    text: str
    kind: Kind
    database: str
    form: object | None = None
    problem: Problem | None = None
    changes: tuple[TableName, ...] = ()
    reads: tuple[TableName, ...] = ()
    sample: str = field(default="", repr=False, compare=False)
    query: Any = field(default=None, repr=False, compare=False)
    temporary: tuple[TableName, ...] = ()

    @property
    def lasting_changes(self) -> tuple[TableName, ...]:
        """The tables that it changes and that are not temporary."""
        if not self.temporary:
            return self.changes
        return tuple(name for name in self.changes if name not in self.temporary)
