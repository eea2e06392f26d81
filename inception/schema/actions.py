"""What an ALTER TABLE can ask for: one frozen value per action. Read by alter.py, carried out by apply.py.

Manual: "ALTER TABLE Statement"; MariaDB: "ALTER TABLE". A column's inline keys and checks stand as actions of their
own behind the column's.
"""

from dataclasses import dataclass

from inception.schema.model import Check, Column, Default, ForeignKey, Index, Period, TableName


@dataclass(frozen=True)
class First:
    """FIRST."""


@dataclass(frozen=True)
class After:
    """AFTER a column."""

    column: str


Position = First | After | None  # None: at the end for a new column, where it is for another


@dataclass(frozen=True)
class AddColumn:
    """ADD COLUMN."""

    column: Column
    position: Position = None
    if_not_exists: bool = False


@dataclass(frozen=True)
class ChangeColumn:
    """CHANGE COLUMN, and MODIFY COLUMN, where `old` is the column's own name and `modify` is true."""

    old: str
    column: Column
    position: Position = None
    modify: bool = False
    if_exists: bool = False


@dataclass(frozen=True)
class RenameColumn:
    """RENAME COLUMN old TO new."""

    old: str
    new: str


@dataclass(frozen=True)
class DropColumn:
    """DROP COLUMN."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True)
class SetDefault:
    """ALTER COLUMN … SET DEFAULT."""

    column: str
    default: Default


@dataclass(frozen=True)
class DropDefault:
    """ALTER COLUMN … DROP DEFAULT."""

    column: str


@dataclass(frozen=True)
class ColumnVisibility:
    """ALTER COLUMN … SET VISIBLE or INVISIBLE."""

    column: str
    invisible: bool


@dataclass(frozen=True)
class AddIndex:
    """ADD an index of any kind, the primary key included."""

    index: Index
    if_not_exists: bool = False


@dataclass(frozen=True)
class DropIndex:
    """DROP INDEX; the name PRIMARY is DROP PRIMARY KEY."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True)
class RenameIndex:
    """RENAME INDEX old TO new."""

    old: str
    new: str


@dataclass(frozen=True)
class IndexVisibility:
    """ALTER INDEX … VISIBLE or INVISIBLE (MariaDB: NOT IGNORED or IGNORED, then `ignored` is true)."""

    name: str
    invisible: bool
    ignored: bool = False


@dataclass(frozen=True)
class AddForeignKey:
    """ADD FOREIGN KEY."""

    foreign_key: ForeignKey
    if_not_exists: bool = False


@dataclass(frozen=True)
class DropForeignKey:
    """DROP FOREIGN KEY."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True)
class AddCheck:
    """ADD CHECK."""

    check: Check
    if_not_exists: bool = False


@dataclass(frozen=True)
class DropCheck:
    """DROP CHECK."""

    name: str


@dataclass(frozen=True)
class DropConstraint:
    """DROP CONSTRAINT: a check, a foreign key, a unique index or the primary key of that name."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True)
class EnforceCheck:
    """ALTER CHECK … [NOT] ENFORCED."""

    name: str
    enforced: bool


@dataclass(frozen=True)
class RenameTable:
    """RENAME TO; `new` has the database of the table where none is written."""

    new: TableName


@dataclass(frozen=True)
class SetOption:
    """A table option, named as in Table.options: engine, comment, charset, row_format, …"""

    name: str
    value: str


@dataclass(frozen=True)
class ConvertCharset:
    """CONVERT TO CHARACTER SET; '' where no collation is written. The character set may be `default`."""

    charset: str
    collation: str = ""


@dataclass(frozen=True)
class PartitionAction:
    """Anything about partitions, `text`. `verb` is add, drop, truncate, exchange, …, by (PARTITION BY) or remove."""

    verb: str
    text: str
    names: tuple[str, ...] = ()  # the partitions it names; ALL


@dataclass(frozen=True)
class AddPeriod:
    """ADD PERIOD FOR (MariaDB)."""

    period: Period


@dataclass(frozen=True)
class DropPeriod:
    """DROP PERIOD FOR (MariaDB)."""

    name: str


@dataclass(frozen=True)
class SystemVersioning:
    """ADD or DROP SYSTEM VERSIONING (MariaDB)."""

    on: bool


@dataclass(frozen=True)
class Algorithm:
    """ALGORITHM = default, instant, inplace, nocopy or copy."""

    value: str


@dataclass(frozen=True)
class Lock:
    """LOCK = default, none, shared or exclusive."""

    value: str


@dataclass(frozen=True)
class Maintain:
    """What changes no definition: FORCE, ORDER BY, ENABLE KEYS, DISCARD TABLESPACE, WITH VALIDATION, … as written."""

    text: str


Action = (
    AddColumn
    | ChangeColumn
    | RenameColumn
    | DropColumn
    | SetDefault
    | DropDefault
    | ColumnVisibility
    | AddIndex
    | DropIndex
    | RenameIndex
    | IndexVisibility
    | AddForeignKey
    | DropForeignKey
    | AddCheck
    | DropCheck
    | DropConstraint
    | EnforceCheck
    | RenameTable
    | SetOption
    | ConvertCharset
    | PartitionAction
    | AddPeriod
    | DropPeriod
    | SystemVersioning
    | Algorithm
    | Lock
    | Maintain
)
