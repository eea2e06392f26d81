"""What a table is: the one model shared by the audit, ALTER decisions and DDL rollback.

Plain frozen values without behaviour beyond simple questions. Texts of expressions are kept as written (from a
batch) or as the server prints them (from SHOW CREATE TABLE). Names keep their case; compare names with `same`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar


def collation_charset(collation: str | None) -> str | None:
    """Return the character set that a collation's name begins with; None where there is no collation.

    None, too, for MariaDB's uca1400_…, which take the character set that is in force where they stand.
    """
    if not collation or collation == "default" or collation.startswith("uca1400_"):
        return None
    return collation.split("_", 1)[0]


def same(left: str, right: str) -> bool:
    """Tell whether two column or index names are the same: MySQL compares them without case."""
    return left.casefold() == right.casefold()


@dataclass(frozen=True, order=True)
class TableName:
    """A table's full name. `database` is '' only where none is known."""

    database: str
    name: str

    def __str__(self) -> str:
        return f"{self.database}.{self.name}" if self.database else self.name


@dataclass(frozen=True)
class Default:
    """A DEFAULT clause. `text` is its SQL source; `expression` is true for (expr), false for a literal or NULL.

    CURRENT_TIMESTAMP and its kin count as expressions.
    """

    text: str
    expression: bool = False

    @property
    def is_null(self) -> bool:
        """Tell whether this is DEFAULT NULL."""
        return not self.expression and self.text.upper() == "NULL"


@dataclass(frozen=True)
class Generated:
    """A generated column's expression (without its outer parentheses)."""

    expression: str
    stored: bool = False


TEXT_TYPES = frozenset(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"))


@dataclass(frozen=True)
class Column:
    """One column. Type names are canonical and lower case, as SHOW CREATE TABLE prints them (int, varchar, …)."""

    name: str
    type: str
    length: int | None = None  # CHAR(length), DECIMAL(length, decimals), DATETIME(length), BIT(length), INT(length)
    decimals: int | None = None
    unsigned: bool = False
    zerofill: bool = False
    values: tuple[str, ...] = ()  # labels of ENUM and SET
    charset: str | None = None  # as written; None: the table's (see Table.charset_of)
    collation: str | None = None
    nullable: bool = True
    default: Default | None = None  # None: no DEFAULT clause
    on_update: str | None = None
    auto_increment: bool = False
    generated: Generated | None = None
    comment: str = ""
    invisible: bool = False
    check: str | None = None  # MariaDB's column CHECK, its expression
    extra: tuple[tuple[str, str], ...] = ()  # rarer attributes by name: srid, compressed, column_format, …
    null_written: bool = field(default=False, compare=False)  # NULL stands there: a TIMESTAMP is then not automatic

    @property
    def is_text(self) -> bool:
        """Tell whether the column has a character set."""
        return self.type in TEXT_TYPES


class IndexKind(StrEnum):
    """The kinds of index."""

    PRIMARY = "primary"
    UNIQUE = "unique"
    PLAIN = "index"
    FULLTEXT = "fulltext"
    SPATIAL = "spatial"


@dataclass(frozen=True)
class IndexPart:
    """One column of an index, or (MySQL 8) an expression."""

    column: str = ""
    prefix: int | None = None
    descending: bool = False
    expression: str = ""


@dataclass(frozen=True)
class Index:
    """An index. The primary key is called PRIMARY; '' is an index written without a name."""

    name: str
    kind: IndexKind
    parts: tuple[IndexPart, ...]
    using: str = ""  # btree, hash
    comment: str = ""
    invisible: bool = False
    extra: tuple[tuple[str, str], ...] = ()  # key_block_size, parser, ignored (MariaDB's word for invisible), …
    written_name: str = field(
        default="", compare=False
    )  # PRIMARY KEY <name> or CONSTRAINT <name>, which the server drops


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key. `on_delete` and `on_update` are '' where not written."""

    name: str
    columns: tuple[str, ...]
    parent: TableName  # database '' where not written: the table's own
    parent_columns: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""
    match: str = ""
    index_name: str = field(default="", compare=False)  # FOREIGN KEY <index_name> (…): for the index the server makes
    inline: bool = field(default=False, compare=False)  # REFERENCES in a column: MySQL before 9.0 takes no notice of it


@dataclass(frozen=True)
class Check:
    """A table's CHECK constraint; `expression` without its outer parentheses."""

    name: str
    expression: str
    enforced: bool = True


@dataclass(frozen=True)
class Period:
    """A period of MariaDB: SYSTEM_TIME or an application-time period, and its two columns."""

    name: str
    start: str
    end: str


@dataclass(frozen=True)
class Table:
    """A table's definition. `options` holds table options by lower-case name in written order."""

    name: TableName
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    partitioning: str = ""  # source text from PARTITION BY on
    periods: tuple["Period", ...] = ()  # MariaDB's PERIOD FOR
    temporary: bool = False
    is_view: bool = False  # columns are known by name only
    complete: bool = True  # False: made in a way that tells us no columns (CREATE TABLE … AS SELECT)
    named: bool = False  # not complete, but the names of all its columns are known, and nothing else of them

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return find(self.columns, name)

    def index(self, name: str) -> Index | None:
        """Return the index of that name, or None."""
        return find(self.indexes, name)

    def option(self, name: str) -> str | None:
        """Return a table option's value by its lower-case name, or None where it is not written."""
        return dict(self.options).get(name)

    @property
    def primary_key(self) -> Index | None:
        """Return the primary key, or None."""
        return next((index for index in self.indexes if index.kind is IndexKind.PRIMARY), None)

    def charset_of(self, column: Column) -> str | None:
        """Return the character set that a text column has, its own or the table's; None where unknown."""
        own = column.charset or collation_charset(column.collation)
        return own or self.option("charset") or collation_charset(self.option("collation"))


N = TypeVar("N", Column, Index)


def find(items: Iterable[N], name: str) -> N | None:
    """Return the first item of that name, without case, or None."""
    return next((item for item in items if same(item.name, name)), None)


@dataclass(frozen=True)
class Database:
    """A database and its default character set."""

    name: str
    charset: str = ""
    collation: str = ""
    options: tuple[tuple[str, str], ...] = field(default=())
