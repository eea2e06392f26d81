"""What of a table depends on its columns and indexes, so that they cannot go alone. Pure.

Manual: "ALTER TABLE Statement", "CREATE TABLE and Generated Columns", "FOREIGN KEY Constraints"; judged by servers in
tests/rules/dependencies.sql.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from inception.catalog import Catalog
from inception.facts.references import is_innodb, keys_are_checked, serves_parent
from inception.schema import actions as act
from inception.schema.model import Column, ForeignKey, Index, IndexKind, Table
from inception.schema.rename import mentions
from inception.schema.settle import begins_with
from inception.world import Server


@dataclass(frozen=True)
class Going:
    """What an ALTER TABLE drops, by case folded names, and the indexes that it adds."""

    columns: frozenset[str]
    constraints: frozenset[str]
    indexes: frozenset[str]
    added: tuple[Index, ...]

    @classmethod
    def of(cls, actions: Sequence[act.Action]) -> "Going":
        """Take it from the actions. A column that is dropped and added again is not looked at."""
        again = {action.column.name.casefold() for action in actions if isinstance(action, act.AddColumn)}
        columns = {action.name.casefold() for action in actions if isinstance(action, act.DropColumn)}
        named = act.DropForeignKey | act.DropCheck | act.DropConstraint
        constraints = {action.name.casefold() for action in actions if isinstance(action, named)}
        indexes = {action.name.casefold() for action in actions if isinstance(action, act.DropIndex)}
        added = tuple(action.index for action in actions if isinstance(action, act.AddIndex))
        return cls(frozenset(columns - again), frozenset(constraints), frozenset(indexes | constraints), added)


def uses_of_columns(table: Table, going: Going, *, mariadb: bool) -> Iterator[tuple[str, str]]:
    """Yield (column, what uses it) for each dropped column that something needs which stays."""
    for column in table.columns:
        name = column.name.casefold()
        if name in going.columns:
            yield from ((column.name, user) for user in _users(column, table, going, mariadb=mariadb))


def uses_of_renamed(table: Table, actions: Sequence[act.Action]) -> Iterator[tuple[str, str]]:
    """Yield (column, what uses it) for each renamed column that MySQL keeps: it does not rename it in expressions."""
    going = Going.of(actions)
    for action in actions:
        old, new = _names(action)
        if old.casefold() == new.casefold():
            continue
        name = {old.casefold()}
        for column in table.columns:
            if column.name.casefold() not in going.columns and any(mentions(text, name) for text in _texts(column)):
                yield old, f"column '{column.name}'"
        for check in table.checks:
            if check.name.casefold() not in going.constraints and mentions(check.expression, name):
                yield old, f"check '{check.name}'"
        for index in table.indexes:
            computed = (part.expression for part in index.parts if part.expression)
            if index.name.casefold() not in going.indexes and any(mentions(text, name) for text in computed):
                yield old, f"index '{index.name}'"
        if table.partitioning and mentions(table.partitioning, name):
            yield old, "the partitions"


def _names(action: act.Action) -> tuple[str, str]:
    """Return the old and the new name of a column that an action renames; equal ones where it renames none."""
    match action:
        case act.RenameColumn(old=old, new=new):
            return old, new
        case act.ChangeColumn(old=old, column=column):
            return old, column.name
    return "", ""


def _users(dropped: Column, table: Table, going: Going, *, mariadb: bool) -> Iterator[str]:
    name = {dropped.name.casefold()}
    for column in table.columns:
        if column.name.casefold() not in going.columns and any(mentions(text, name) for text in _texts(column)):
            yield f"column '{column.name}'"
    for check in table.checks:
        if check.name.casefold() not in going.constraints and mentions(check.expression, name):
            others = {each.name.casefold() for each in table.columns if each is not dropped}
            if mentions(check.expression, others - going.columns if mariadb else others):
                yield f"check '{check.name}'"
    for key in table.foreign_keys:
        if key.name.casefold() not in going.constraints and name & {each.casefold() for each in key.columns}:
            yield f"foreign key '{key.name}'"
    for index in table.indexes:
        if index.name.casefold() not in going.indexes and _holds(index, dropped, going, mariadb=mariadb):
            yield f"index '{index.name}'"
    if table.partitioning and mentions(table.partitioning, name):
        yield "the partitions"


def _texts(column: Column) -> Iterator[str]:
    if column.generated is not None:
        yield column.generated.expression
    if column.default is not None and column.default.expression:
        yield column.default.text
    if column.check is not None:
        yield column.check


def _holds(index: Index, dropped: Column, going: Going, *, mariadb: bool) -> bool:
    """An index on an expression holds its columns; MariaDB does not make a unique one of several columns shorter."""
    name = dropped.name.casefold()
    if any(part.expression and mentions(part.expression, {name}) for part in index.parts):
        return True
    columns = {part.column.casefold() for part in index.parts}
    unique = index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE)
    return mariadb and unique and name in columns and not columns <= going.columns


def keys_on(table: Table, going: Going, before: Catalog, server: Server) -> Iterator[tuple[str, ForeignKey]]:
    """Yield the foreign keys that refer to a table and stay, each as it is called in messages."""
    for child, key in () if table.temporary else before.referring_to(table.name):
        own = child.name == table.name
        if is_innodb(child, server) and not (own and key.name.casefold() in going.constraints):
            yield f"foreign key '{key.name}'" + ("" if own else f" of {child.name}"), key


def needs_of_indexes(table: Table, going: Going, before: Catalog, server: Server) -> Iterator[tuple[str, str]]:
    """Yield (index, foreign key) for each dropped index without which a key that stays has none."""
    if server.version.mariadb and not keys_are_checked(server):
        return
    left = [*(index for index in table.indexes if index.name.casefold() not in going.indexes), *going.added]
    for index in table.indexes:
        if index.name.casefold() not in going.indexes:
            continue
        for named, columns, serves in _keys_with_index(table, going, before, server):
            if begins_with(index, columns) and not any(serves(other, columns) for other in left):
                yield index.name, named


def _keys_with_index(
    table: Table, going: Going, before: Catalog, server: Server
) -> Iterator[tuple[str, tuple[str, ...], Callable[[Index, tuple[str, ...]], bool]]]:
    """Yield each foreign key with the columns of this table that it needs an index on, and which ones serve."""
    for key in table.foreign_keys:
        if key.name.casefold() not in going.constraints:
            yield f"foreign key '{key.name}'", key.columns, begins_with
    serves = serves_parent(server)
    # its own that the same statement drops are still there, except where the whole table is built anew
    stay = going if "primary" in going.indexes else replace(going, constraints=frozenset())
    for named, key in keys_on(table, stay, before, server):
        yield named, key.parent_columns, serves
