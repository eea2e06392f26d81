"""One ALTER TABLE with what its cost depends on: the table before and after it, the server. Pure.

`Cost` is what one action costs by itself; how costs go together is online_ddl.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from inception.facts.indexes import row_format
from inception.schema import actions as act
from inception.schema.apply import apply, renames
from inception.schema.model import Column, Index, IndexKind, Table, same
from inception.world import UNREAD, Server, Stored


class Cost(IntEnum):
    """What one action costs alone, from cheap to dear.

    FREE: INSTANT. COLUMNS: INSTANT, but a rebuild where something else of the same ALTER TABLE is not. VIRTUAL:
    likewise, and together with little else at all. IN_PLACE: only the definition changes, yet not INSTANT. INDEX: an
    index is built. UNKNOWN stands below COPY: what is sure to be copied is so whatever the rest may cost.
    """

    FREE = 0
    COLUMNS = 1
    VIRTUAL = 2
    IN_PLACE = 3
    INDEX = 4
    REBUILD = 5
    UNKNOWN = 6
    COPY = 7


@dataclass(frozen=True)
class Price:
    """A cost; `blocks`: writes have to wait meanwhile, though it is done in place.

    `columns`: it is COLUMNS besides; `recodes`: a rebuild for another's sake makes writes wait.
    """

    cost: Cost
    blocks: bool = False
    columns: bool = False
    recodes: bool = False


FREE, COLUMNS, VIRTUAL, IN_PLACE = Price(Cost.FREE), Price(Cost.COLUMNS), Price(Cost.VIRTUAL), Price(Cost.IN_PLACE)
INDEX, REBUILD, UNKNOWN, COPY = Price(Cost.INDEX), Price(Cost.REBUILD), Price(Cost.UNKNOWN), Price(Cost.COPY)


@dataclass(frozen=True)
class Alteration:
    """The actions of one ALTER TABLE on the table `before`."""

    before: Table
    actions: Sequence[act.Action]
    server: Server
    stored: Stored = UNREAD

    @cached_property
    def after(self) -> Table:
        """The table as it will stand."""
        return apply(self.before, self.actions, self.server.syntax)

    @property
    def measured(self) -> bool:
        """Tell whether servers of this version were tried; of others there are only the manuals."""
        return self.at_least((9, 0, 0), (10, 5, 0))

    @cached_property
    def renames(self) -> dict[str, str]:
        """New → old names of the columns that get another name."""
        return renames(self.actions)

    @property
    def mariadb(self) -> bool:
        """Tell whether the server is MariaDB."""
        return self.server.version.mariadb

    def at_least(self, mysql: tuple[int, int, int], mariadb: tuple[int, int, int]) -> bool:
        """Tell whether the server is of this version of its kind, or later."""
        return self.server.at_least(mysql=mysql, mariadb=mariadb)

    @property
    def most_row_versions(self) -> int:
        """How many row versions a table of MySQL takes; then a change of its columns rebuilds it."""
        return 255 if self.at_least((9, 1, 0), (0, 0, 0)) else 64

    @cached_property
    def engine(self) -> str:
        """The table's engine, in small letters."""
        default = self.server.variables.get("default_storage_engine") or "InnoDB"
        return (self.before.option("engine") or default).lower()

    @cached_property
    def row_format(self) -> str:
        """The table's row format before, in small letters."""
        return row_format(self.before, self.server)

    @property
    def knows_instant(self) -> bool:
        """Tell whether the server has ALGORITHM=INSTANT."""
        return self.at_least((8, 0, 12), (10, 3, 7))

    @property
    def instant_at_best(self) -> Price:
        """The price of what changes the definition alone: FREE where there is INSTANT."""
        return FREE if self.knows_instant else IN_PLACE

    def indexes_of(self, column: str) -> tuple[Index, ...]:
        """Return the table's indexes, as they are before, that have a column."""
        return tuple(index for index in self.before.indexes if any(same(part.column, column) for part in index.parts))

    def adds(self, column: str) -> Column | None:
        """Return the column of that name that the ALTER adds, or None."""
        added = (action.column for action in self.actions if isinstance(action, act.AddColumn))
        return next((each for each in added if same(each.name, column)), None)

    def drops_key(self, name: str) -> bool:
        """Tell whether an index of that name, or PRIMARY, is dropped."""
        return any(isinstance(action, act.DropIndex) and same(action.name, name) for action in self.actions)

    @cached_property
    def virtual(self) -> tuple[str, ...]:
        """The names of the virtual columns that are there before."""
        return tuple(each.name for each in self.before.columns if each.generated and not each.generated.stored)

    @cached_property
    def generated(self) -> bool:
        """Tell whether there are generated columns before."""
        return any(column.generated for column in self.before.columns)

    @cached_property
    def virtual_in_index(self) -> bool:
        """Tell whether an index has a virtual column before."""
        return any(self.indexes_of(name) for name in self.virtual)


def has_kind(table: Table, kind: IndexKind) -> bool:
    """Tell whether a table has an index of a kind."""
    return any(index.kind is kind for index in table.indexes)


def clusters(index: Index, table: Table) -> bool:
    """Tell whether InnoDB may keep the rows by this index: unique, of NOT NULL columns, and no primary key is there."""
    if index.kind is not IndexKind.UNIQUE or table.primary_key is not None:
        return False
    columns = [table.column(part.column) for part in index.parts]
    return all(column is not None and not column.nullable for column in columns)
