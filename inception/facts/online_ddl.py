"""How a server will carry out an ALTER TABLE: at once, in place, by a rebuild, by a copy. Pure; unknown where it is.

The manual's name is "Online DDL". Costs of single actions are in prices.py. Measured on MySQL 9.7.4 and MariaDB
10.5, 10.11 and 11.8; earlier versions by their manuals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from inception.facts.alteration import Alteration, Cost, Price, has_kind
from inception.facts.prices import price_of
from inception.schema import actions as act
from inception.schema.model import IndexKind, Table
from inception.world import UNREAD, Server, Stored


class Work(Enum):
    """What a server has to do with the rows."""

    METADATA = "only the definition changes"
    INDEX = "an index is built in place"
    REBUILD = "the table is rebuilt in place"
    COPY = "the table is copied"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Foreseen:
    """How an ALTER TABLE will run.

    `algorithm` is the cheapest ALGORITHM that the server takes for it, '' where that is not known. `concurrent` tells
    whether other sessions may write meanwhile; so may they not during what is COPY, but from MariaDB 11.2 on.
    `assertable`: the server refuses cheaper algorithms, and takes the clause in this statement. `dearest` is the
    action that decides; `versions_left`: how many more instant changes of columns the table takes before it is
    rebuilt (MySQL), None where that plays no part. `indexes` of which one may be `full_text` are to be built.
    """

    work: Work
    algorithm: str = ""
    concurrent: bool = False
    assertable: bool = False
    dearest: act.Action | None = None
    versions_left: int | None = None
    indexes: int = 0
    full_text: bool = False

    @property
    def metadata_only(self) -> bool:
        """Tell whether no row is read or written: worth running natively however large the table is."""
        return self.work is Work.METADATA

    @property
    def clause(self) -> str:
        """The clauses that make the server refuse anything dearer; '' where they cannot be written."""
        if not self.assertable:
            return ""
        if self.algorithm == "INSTANT":  # takes no other LOCK than DEFAULT
            return "ALGORITHM=INSTANT"
        return f"ALGORITHM={self.algorithm}, LOCK={'NONE' if self.concurrent else 'SHARED'}"


def foresee(table: Table, actions: Sequence[act.Action], server: Server, stored: Stored = UNREAD) -> Foreseen:
    """Tell how a server will run the actions of one ALTER TABLE on `table`, as it stands before."""
    if not _known(table, server):
        return Foreseen(Work.UNKNOWN)
    alter = Alteration(table, tuple(actions), server, stored)
    modifiers = act.Algorithm | act.Lock
    prices = [(price_of(each, alter), each) for each in alter.actions if not isinstance(each, modifiers)]
    if not prices:
        return Foreseen(Work.UNKNOWN)
    together = _together([price for price, _ in prices], alter)
    dearest = max(prices, key=lambda each: each[0].cost)[1]
    return _foreseen(together, alter, dearest)


def only_words(table: Table, actions: Sequence[act.Action], server: Server) -> bool:
    """Tell whether there are but new names, comments, defaults, and changes of columns that servers take like those."""
    harmless = act.RenameTable | act.RenameColumn | act.RenameIndex | act.SetDefault | act.DropDefault
    alter = Alteration(table, tuple(actions), server)

    def is_harmless(action: act.Action) -> bool:
        if isinstance(action, act.ChangeColumn):
            return action.position is None and price_of(action, alter).cost in (Cost.FREE, Cost.IN_PLACE)
        return isinstance(action, harmless) or (isinstance(action, act.SetOption) and action.name == "comment")

    return bool(actions) and all(is_harmless(action) for action in actions)


def _known(table: Table, server: Server) -> bool:
    """Tell whether we know such servers, and all of the table that matters."""
    readable = table.complete and not table.is_view and table.option("unreadable") is None and bool(table.columns)
    plain = not (table.temporary or table.periods or table.option("system_versioning") is not None)
    return readable and plain and server.at_least(mysql=(5, 7, 0), mariadb=(10, 3, 7))


# -- costs together --------------------------------------------------------------------------------------------


def _together(prices: Sequence[Price], alter: Alteration) -> Price:
    """Return the price of all actions at once."""
    costs = {price.cost for price in prices} | {Cost.COLUMNS for price in prices if price.columns}
    blocks = any(price.blocks for price in prices)
    cost = _combined(costs, alter)
    if cost is Cost.REBUILD:
        recodes = not alter.mariadb and any(price.recodes for price in prices)
        return _rebuild(alter, blocks=blocks or recodes)
    return Price(cost, blocks)


def _combined(costs: set[Cost], alter: Alteration) -> Cost:
    dearest = max(costs)
    if dearest in (Cost.UNKNOWN, Cost.COPY):
        return dearest
    if Cost.VIRTUAL in costs:
        return _with_virtual(costs, alter)
    if _unforeseen(costs, alter):
        return Cost.UNKNOWN
    if Cost.COLUMNS in costs and (dearest is Cost.INDEX or (dearest is Cost.IN_PLACE and not alter.mariadb)):
        return Cost.REBUILD
    return dearest


def _with_virtual(costs: set[Cost], alter: Alteration) -> Cost:
    """A virtual column comes or goes: at once, or with indexes; with what else is measured for little."""
    others = costs - {Cost.VIRTUAL}
    keys = act.AddIndex | act.AddColumn | act.DropColumn
    if not others:
        return Cost.VIRTUAL if len(alter.actions) == 1 or not alter.mariadb else Cost.UNKNOWN
    if others == {Cost.INDEX} and all(isinstance(action, keys) for action in alter.actions):
        return Cost.INDEX
    return Cost.UNKNOWN


def _unforeseen(costs: set[Cost], alter: Alteration) -> bool:
    """MariaDB does an option at once, and a new name too, but not always both.

    MySQL gives a column another name at once where no foreign key refers to it, and all else hangs on that.
    """
    if not alter.mariadb:
        return (
            bool(alter.renames) and Cost.COLUMNS in costs and Cost.IN_PLACE in costs and alter.stored.referenced is None
        )
    option = any(isinstance(action, act.SetOption) for action in alter.actions)
    names = act.RenameColumn | act.ChangeColumn | act.DropForeignKey | act.DropConstraint | act.AddForeignKey
    return option and any(isinstance(action, names) for action in alter.actions)


def _rebuild(alter: Alteration, *, blocks: bool) -> Price:
    """Return the price of a rebuild: with a FULLTEXT index that stays MySQL copies instead."""
    if alter.mariadb and alter.virtual_in_index:
        return Price(Cost.UNKNOWN)
    stays = has_kind(alter.before, IndexKind.FULLTEXT) and has_kind(alter.after, IndexKind.FULLTEXT)
    if stays and not alter.mariadb:
        return Price(Cost.COPY)
    return Price(Cost.REBUILD, blocks or stays or has_kind(alter.after, IndexKind.SPATIAL))


def _foreseen(price: Price, alter: Alteration, dearest: act.Action) -> Foreseen:
    work = _WORK[price.cost]
    if work is Work.UNKNOWN:
        return Foreseen(work, dearest=dearest)
    algorithm = _algorithm(price.cost, alter)
    concurrent = not price.blocks if work is not Work.COPY else alter.mariadb and alter.at_least((0, 0, 0), (11, 2, 0))
    added = [action.index.kind for action in alter.actions if isinstance(action, act.AddIndex)]
    return Foreseen(
        work, algorithm, concurrent, _assertable(algorithm, alter), dearest, _versions_left(price, alter),
        len(added), IndexKind.FULLTEXT in added,
    )  # fmt: skip


_WORK = {
    Cost.FREE: Work.METADATA,
    Cost.COLUMNS: Work.METADATA,
    Cost.VIRTUAL: Work.METADATA,
    Cost.IN_PLACE: Work.METADATA,
    Cost.INDEX: Work.INDEX,
    Cost.REBUILD: Work.REBUILD,
    Cost.COPY: Work.COPY,
    Cost.UNKNOWN: Work.UNKNOWN,
}


def _algorithm(cost: Cost, alter: Alteration) -> str:
    if cost is Cost.COPY:
        return "COPY"
    if cost <= Cost.VIRTUAL and alter.knows_instant:
        return "INSTANT"
    return "NOCOPY" if alter.mariadb and cost is not Cost.REBUILD else "INPLACE"


def _assertable(algorithm: str, alter: Alteration) -> bool:
    """MariaDB takes no ALGORITHM with partitions; a clause of the user's own stands."""
    own = any(isinstance(action, act.Algorithm | act.Lock) for action in alter.actions)
    partitions = any(isinstance(action, act.PartitionAction) for action in alter.actions)
    return algorithm != "COPY" and not own and not (partitions and alter.mariadb)


def _versions_left(price: Price, alter: Alteration) -> int | None:
    if price.cost is not Cost.COLUMNS or alter.stored.row_versions is None or alter.mariadb:
        return None
    return alter.most_row_versions - alter.stored.row_versions
