"""The table as it will stand after an ALTER TABLE.

Follows MySQL's order within one ALTER: columns go and change, then new and moved ones take their places in the order
written, then indexes and constraints, options, name. What cannot be done (a column dropped that is not there, one
added that is) is left out: judging is the audit's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inception.lexer import Syntax
from inception.schema.actions import (
    Action,
    AddColumn,
    AddPeriod,
    After,
    ChangeColumn,
    ColumnVisibility,
    DropColumn,
    DropDefault,
    DropPeriod,
    First,
    PartitionAction,
    RenameColumn,
    RenameTable,
    SetDefault,
)
from inception.schema.apply_keys import apply_to_keys
from inception.schema.apply_options import apply_options
from inception.schema.converted import as_taken
from inception.schema.model import Column, Default, Table, find, same
from inception.schema.rename import rename_columns, rename_table
from inception.schema.settle import NEWEST_MYSQL, settle_column, settle_keys


def apply(table: Table, actions: Iterable[Action], server: Syntax = NEWEST_MYSQL) -> Table:
    """Return the table that the actions of one ALTER TABLE make of `table`, as `server` would."""
    actions = tuple(actions)
    options_set = apply_options(table, actions)
    actions = as_taken(actions, table, options_set, mariadb=server.mariadb)
    altered = replace(
        rename_columns(options_set, _renamed(table, actions)), columns=_columns(options_set, actions, server)
    )
    altered = apply_to_keys(altered, actions, _gone(table, altered))
    for action in actions:
        if isinstance(action, PartitionAction) and action.verb in ("by", "remove"):
            altered = replace(altered, partitioning=action.text if action.verb == "by" else "")
        elif isinstance(action, AddPeriod):
            altered = replace(altered, periods=(*altered.periods, action.period))
        elif isinstance(action, DropPeriod):
            left = tuple(each for each in altered.periods if not same(each.name, action.name))
            altered = replace(altered, periods=left)
    altered = settle_keys(altered, server)
    for action in actions:
        if isinstance(action, RenameTable):
            altered = rename_table(altered, action.new)
    return altered


def renames(actions: Iterable[Action]) -> dict[str, str]:
    """Return new → old names of the columns that the actions rename, as `diff` wants them."""
    return {new: old for old, new in _pairs(actions)}


def _pairs(actions: Iterable[Action]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for action in actions:
        if isinstance(action, ChangeColumn) and action.old != action.column.name:
            pairs.append((action.old, action.column.name))
        elif isinstance(action, RenameColumn):
            pairs.append((action.old, action.new))
    return pairs


def _renamed(table: Table, actions: Sequence[Action]) -> dict[str, str]:
    return {old: new for old, new in _pairs(actions) if table.column(old)}


def _columns(table: Table, actions: Sequence[Action], server: Syntax) -> tuple[Column, ...]:
    gone = {action.name.casefold() for action in actions if isinstance(action, DropColumn)}
    changes = {action.old.casefold(): action for action in actions if isinstance(action, ChangeColumn)}
    renamed = rename_columns(table, {a.old: a.new for a in actions if isinstance(a, RenameColumn)})
    line: list[Column] = []
    for old, column in zip(table.columns, renamed.columns, strict=True):
        key = old.name.casefold()
        change = changes.get(key)
        if change is not None:
            # MariaDB alters the default of a column that the same ALTER moves, and then leaves it without any
            keeps_null = _keeps_null(server) and change.position is None
            line.append(_altered(_settled(change.column, table, server), old.name, actions, keeps_null=keeps_null))
        elif key not in gone:
            line.append(_altered(column, old.name, actions, keeps_null=_keeps_null(server)))
    for action in actions:
        if isinstance(action, AddColumn | ChangeColumn) and _takes_a_place(action, line, table):
            _place(line, action, _settled(action.column, table, server))
    return tuple(line)


def _gone(before: Table, after: Table) -> frozenset[str]:
    """Return the names, casefolded, that no column has any more."""
    return frozenset(column.name.casefold() for column in before.columns if not after.column(column.name))


def _takes_a_place(action: AddColumn | ChangeColumn, line: list[Column], table: Table) -> bool:
    if isinstance(action, AddColumn):
        return find(line, action.column.name) is None
    return action.position is not None and table.column(action.old) is not None


def _settled(column: Column, table: Table, server: Syntax) -> Column:
    return settle_column(column, server, table.charset_of(column))


def _keeps_null(server: Syntax) -> bool:
    """Tell whether DROP DEFAULT leaves DEFAULT NULL where NULL may be: MariaDB 10.11.19 and 11.8.6 do, 10.5.23 not."""
    return server.mariadb and (server.version is None or server.version >= 100600)


def _altered(column: Column, name: str, actions: Sequence[Action], *, keeps_null: bool) -> Column:
    """Return a column that stays, with what ALTER COLUMN does to it.

    `keeps_null`: see `_keeps_null`.
    """
    for action in actions:
        if isinstance(action, SetDefault) and same(action.column, name):
            column = replace(column, default=action.default)
        elif isinstance(action, DropDefault) and same(action.column, name):
            column = replace(column, default=Default("NULL") if keeps_null and column.nullable else None)
        elif isinstance(action, ColumnVisibility) and same(action.column, name):
            column = replace(column, invisible=action.invisible)
    return column


def _place(line: list[Column], action: AddColumn | ChangeColumn, new: Column) -> None:
    """Put a column where it is wanted; one that is moved stands in its old place until then."""
    there = find(line, new.name) if isinstance(action, ChangeColumn) else None
    column, position = there or new, action.position
    if there is not None:
        line.remove(there)
    at = len(line)
    if isinstance(position, First):
        at = 0
    elif isinstance(position, After):
        places = [place for place, each in enumerate(line) if same(each.name, position.column)]
        at = places[0] + 1 if places else at
    line.insert(at, column)
