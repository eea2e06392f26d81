"""Whether ALTER TABLE rebuilds an InnoDB table, as far as it is sure: for the advice to merge or to split statements.

Measured on MySQL 9.7 and MariaDB 10.5 to 11.8; earlier versions by their manuals ("Online DDL Operations", "InnoDB
Online DDL Overview"). What is not known to be cheap counts as a rebuild.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from inception.facts.indexes import row_format
from inception.schema import actions as act
from inception.schema.model import Column, Index, IndexKind, Table, same
from inception.world import Server


class Cost(Enum):
    """What one action costs alone. COLUMNS: instant, but a rebuild together with one that is IN_PLACE."""

    FREE = auto()
    COLUMNS = auto()
    IN_PLACE = auto()
    REBUILD = auto()


@dataclass(frozen=True)
class _Priced:
    action: act.Action
    cost: Cost
    drop_first: tuple[Index, ...] = ()  # indexes that must go before, in a statement of their own


def rebuilds(table: Table, actions: Sequence[act.Action], server: Server) -> bool:
    """Tell whether one of the actions alone rebuilds the table, or may do so."""
    return any(_price(table, action, server).cost is Cost.REBUILD for action in actions)


def together_rebuild(table: Table, actions: Sequence[act.Action], server: Server) -> bool:
    """Tell whether the actions rebuild the table when given together though none does alone."""
    return bool(cheaper_sequence(table, actions, server))


def cheaper_sequence(table: Table, actions: Sequence[act.Action], server: Server) -> tuple[str, ...]:
    """Return the statements, in words, that do the same without a rebuild; nothing where the actions cause none."""
    priced = [_price(table, action, server) for action in actions]
    costs = {each.cost for each in priced}
    drop_first = [index for each in priced for index in each.drop_first]
    mixed = {Cost.COLUMNS, Cost.IN_PLACE} <= costs
    if Cost.REBUILD in costs or not (mixed or drop_first):
        return ()
    dropped = [act.DropIndex(index.name) for index in dict.fromkeys(drop_first)]
    in_place = [each.action for each in priced if each.cost is Cost.IN_PLACE]
    before = [*dropped, *(action for action in in_place if isinstance(action, act.DropIndex) and action not in dropped)]
    columns = [each.action for each in priced if each.cost in (Cost.COLUMNS, Cost.FREE)]
    after = [action for action in in_place if not isinstance(action, act.DropIndex)]
    return tuple(", ".join(map(_words, part)) for part in (before, columns, after) if part)


def _price(table: Table, action: act.Action, server: Server) -> _Priced:
    cost = Cost.REBUILD
    match action:
        case act.AddColumn(column=column):
            cost = _adding(table, column, at_end=action.position is None, server=server)
        case act.DropColumn(name=name):
            return _dropping(table, action, name, server)
        case act.ChangeColumn(old=old, column=column, position=None):
            before = table.column(old)
            cost = Cost.FREE if before is not None and _alike(before, column, table) else Cost.REBUILD
        case act.RenameColumn():
            cost = Cost.FREE if server.at_least(mysql=(8, 0, 28), mariadb=(10, 4, 0)) else Cost.REBUILD
        case act.SetDefault() | act.DropDefault():
            cost = Cost.FREE
        case act.AddIndex(index=index) if index.kind in (IndexKind.PLAIN, IndexKind.UNIQUE):
            cost = Cost.IN_PLACE
        case act.DropIndex(name=name) if name.upper() != "PRIMARY":
            cost = Cost.FREE if server.version.mariadb else Cost.IN_PLACE
        case act.RenameIndex() | act.SetOption(name="comment" | "auto_increment"):
            cost = Cost.FREE if server.version.mariadb else Cost.IN_PLACE
        case act.Algorithm() | act.Lock():
            cost = Cost.FREE
    return _Priced(action, cost if _innodb(table, server) else Cost.REBUILD)


def _innodb(table: Table, server: Server) -> bool:
    engine = table.option("engine") or server.variables.get("default_storage_engine") or "InnoDB"
    return engine.lower() == "innodb" and row_format(table, server) != "compressed"


def _adding(table: Table, column: Column, *, at_end: bool, server: Server) -> Cost:
    if any(index.kind is IndexKind.FULLTEXT for index in table.indexes) or column.auto_increment:
        return Cost.REBUILD
    if column.generated is not None:
        return Cost.REBUILD
    if column.default is not None and column.default.expression and "(" in column.default.text.strip()[:1]:
        return Cost.REBUILD
    anywhere = server.at_least(mysql=(8, 0, 29), mariadb=(10, 4, 0))
    instant = anywhere or (at_end and server.at_least(mysql=(8, 0, 12), mariadb=(10, 3, 2)))
    return Cost.COLUMNS if instant else Cost.REBUILD


def _dropping(table: Table, action: act.Action, name: str, server: Server) -> _Priced:
    """An index of the dropped column alone can go before it; MariaDB drops such an index by the way."""
    column = table.column(name)
    instant = server.at_least(mysql=(8, 0, 29), mariadb=(10, 4, 0)) and _innodb(table, server)
    full_text = any(index.kind is IndexKind.FULLTEXT for index in table.indexes)
    if column is None or column.generated is not None or full_text or not instant:
        return _Priced(action, Cost.REBUILD)
    indexes = tuple(index for index in table.indexes if any(same(part.column, name) for part in index.parts))
    if any(len(index.parts) > 1 or index.kind is IndexKind.PRIMARY for index in indexes):
        return _Priced(action, Cost.REBUILD)
    return _Priced(action, Cost.COLUMNS, () if server.version.mariadb else indexes)


def _alike(before: Column, after: Column, table: Table) -> bool:
    """Tell whether only name, default and comment differ; a character set not written is the table's."""
    same_but = replace(
        after, name=before.name, default=before.default, comment=before.comment, charset=before.charset,
        collation=before.collation, length=before.length if after.length is None else after.length,
        nullable=before.nullable if _in_primary_key(before, table) else after.nullable,
    )  # fmt: skip
    return same_but == before and table.charset_of(before) == table.charset_of(after)


def _in_primary_key(column: Column, table: Table) -> bool:
    primary = table.primary_key
    return primary is not None and any(same(part.column, column.name) for part in primary.parts)


def _words(action: act.Action) -> str:
    match action:
        case act.AddColumn(column=column):
            return f"ADD COLUMN {column.name}"
        case act.DropColumn(name=name):
            return f"DROP COLUMN {name}"
        case act.ChangeColumn(old=old) | act.RenameColumn(old=old):
            return f"CHANGE COLUMN {old}"
        case act.SetDefault(column=name) | act.DropDefault(column=name):
            return f"ALTER COLUMN {name}"
        case act.AddIndex(index=index):
            return f"ADD INDEX {index.name}"
        case act.DropIndex(name=name):
            return f"DROP INDEX {name}"
        case act.RenameIndex(old=name):
            return f"RENAME INDEX {name}"
        case act.SetOption(name=name):
            return name.upper()
    return type(action).__name__.upper()
