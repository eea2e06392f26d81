"""What rules look at: the circumstances of a statement, and the things it makes. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.schema.model import Column, Index, Table, TableName
from inception.world import World


@dataclass(frozen=True)
class Intent:
    """What is asked of the batch as a whole. `refusal` says why an execution will not be done, '' where it may."""

    executing: bool = False
    backup: bool = True
    refusal: str = ""


@dataclass(frozen=True)
class Scene:
    """The circumstances of one statement: what exists before and after it, the target, the request.

    `mixed` holds the tables of the batch that both definitions and rows are changed of.
    """

    statement: Statement
    before: Catalog
    after: Catalog
    world: World
    intent: Intent = Intent()
    mixed: Mapping[TableName, str] = field(default_factory=dict)

    @property
    def first(self) -> bool:
        """Tell whether this is the batch's first statement."""
        return self.statement.number == 1

    def untouched(self, names: tuple[TableName, ...]) -> bool:
        """Tell whether these tables stand as on the target: no statement before this one has changed them."""
        return all(self.before.table(name) is self.world.catalog.table(name) for name in names)


@dataclass(frozen=True)
class NewColumn:
    """A column that a statement makes or changes, in the table as it will stand."""

    column: Column
    table: Table


@dataclass(frozen=True)
class NewIndex:
    """An index that a statement makes, in the table as it will stand."""

    index: Index
    table: Table


@dataclass(frozen=True)
class NewKeys:
    """The indexes as a whole of a table that a statement makes or whose primary key it changes."""

    table: Table
