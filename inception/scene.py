"""What rules look at: the circumstances of a statement, and the things it makes. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.chunks.choose import Chunking
from inception.osc.job import NATIVE, Way
from inception.schema.actions import Action
from inception.schema.model import Column, Default, ForeignKey, Index, IndexKind, Table, TableName, same
from inception.world import World


@dataclass(frozen=True)
class Intent:
    """What is asked of the batch as a whole. `refusal` says why an execution will not be done, '' where it may.

    `halfway` is the number of a statement of which some ranges of a key have run already, and how many rows were to be
    in each; (0, 0) where there is none.
    """

    executing: bool = False
    backup: bool = True
    refusal: str = ""
    halfway: tuple[int, int] = (0, 0)

    def rows_of(self, statement: Statement) -> int:
        """Return how many rows were to be in each range of a statement that has run in part; 0 for all others."""
        number, rows = self.halfway
        return rows if number == statement.number else 0


@dataclass(frozen=True)
class Scene:
    """The circumstances of one statement: what exists before and after it, the target, the request.

    `mixed` holds the tables of the batch that both definitions and rows are changed of; `earlier` the ALTER TABLEs of
    the batch on this statement's table since it was made, each with the table that it found; `way` is how an ALTER
    TABLE will run, `chunking` how a large row change will that runs in ranges of a key.
    """

    statement: Statement
    before: Catalog
    after: Catalog
    world: World
    intent: Intent = Intent()
    mixed: Mapping[TableName, str] = field(default_factory=dict)
    earlier: tuple["Altered", ...] = ()
    way: Way = NATIVE
    chunking: Chunking | None = None

    @property
    def old(self) -> Table | None:
        """The table that the statement changes as it stands before; None where it does not exist."""
        return self.before.table(self.statement.changes[0]) if self.statement.changes else None

    def fires(self, timing: str, event: str) -> bool:
        """Tell whether the statement's table has a trigger BEFORE or AFTER an event: INSERT, UPDATE, DELETE."""
        triggers = self.world.triggers
        changes = self.statement.lasting_changes
        if not triggers or not changes:
            return False
        found = triggers.get(self.before.key(changes[0]), ())
        return any(each.timing == timing and each.event == event for each in found)

    @property
    def first(self) -> bool:
        """Tell whether this is the batch's first statement."""
        return self.statement.number == 1

    def untouched(self, names: tuple[TableName, ...]) -> bool:
        """Tell whether these tables stand as on the target: no statement before this one has changed them."""
        return all(self.before.table(name) is self.world.catalog.table(name) for name in names)


@dataclass(frozen=True)
class Altered:
    """An ALTER TABLE of the batch: its actions, and the table that they were carried out on."""

    actions: tuple[Action, ...]
    table: Table


@dataclass(frozen=True)
class NewColumn:
    """A column that a statement makes or changes: as written, and the table as it will stand.

    `old` is the column that is changed, None for a new one.
    """

    column: Column
    table: Table
    old: Column | None = None

    @property
    def settled(self) -> Column:
        """The column as the server will have it: lengths filled in, NOT NULL in a primary key, …"""
        return self.table.column(self.column.name) or self.column

    @property
    def where(self) -> str:
        """Column and table, for messages."""
        return f"column '{self.column.name}' in table '{self.table.name.name}'"

    @property
    def in_primary_key(self) -> bool:
        """Tell whether the primary key has it."""
        primary = self.table.primary_key
        return primary is not None and any(same(part.column, self.column.name) for part in primary.parts)


@dataclass(frozen=True)
class NewDefault:
    """A default that ALTER COLUMN sets, or drops (None), and the column as it will stand."""

    default: Default | None
    column: Column
    table: Table

    @property
    def where(self) -> str:
        """Column and table, for messages."""
        return f"column '{self.column.name}' in table '{self.table.name.name}'"

    @property
    def in_primary_key(self) -> bool:
        """Tell whether the primary key has the column."""
        return NewColumn(self.column, self.table).in_primary_key


@dataclass(frozen=True)
class NewIndex:
    """An index that a statement makes, in the table as it will stand.

    `kept` are the table's indexes that the statement leaves as they are, `earlier` and `later` the other new ones by
    the order in which they are written.
    """

    index: Index
    table: Table
    kept: tuple[Index, ...] = ()
    earlier: tuple[Index, ...] = ()
    later: tuple[Index, ...] = ()

    @property
    def where(self) -> str:
        """Index and table, for messages."""
        name = "PRIMARY" if self.index.kind is IndexKind.PRIMARY else self.index.name
        return f"index '{name}' in table '{self.table.name.name}'"


@dataclass(frozen=True)
class NewForeignKey:
    """A foreign key that a statement makes, in the table as it will stand."""

    foreign_key: ForeignKey
    table: Table


@dataclass(frozen=True)
class NewKeys:
    """The indexes as a whole of a table that a statement makes or whose primary key it changes."""

    table: Table


@dataclass(frozen=True)
class Reshaped:
    """A table whose columns or indexes a statement makes or changes, as a whole: written (CREATE only) and settled.

    `before` is None for a new table; `added` are the indexes that are new.
    """

    table: Table
    before: Table | None = None
    written: Table | None = None
    added: tuple[Index, ...] = ()
