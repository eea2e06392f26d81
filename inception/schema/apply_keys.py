"""What an ALTER TABLE does to indexes, foreign keys and checks; see apply.py."""

from collections.abc import Sequence
from dataclasses import replace

from inception.schema.actions import (
    Action,
    AddCheck,
    AddForeignKey,
    AddIndex,
    DropCheck,
    DropConstraint,
    DropForeignKey,
    DropIndex,
    EnforceCheck,
    IndexVisibility,
    RenameIndex,
)
from inception.schema.model import Check, Index, Table, find, same
from inception.schema.rename import mentions


def apply_to_keys(table: Table, actions: Sequence[Action], gone: frozenset[str]) -> Table:
    """Return the table, its columns being those after the ALTER, with the keys and checks after it.

    `gone` are the casefolded names of columns dropped: a check that speaks of one goes with it.
    """
    return replace(
        table,
        indexes=_indexes(table, actions),
        foreign_keys=(
            *(key for key in table.foreign_keys if not _drops(actions, key.name, DropForeignKey, DropConstraint)),
            *(action.foreign_key for action in actions if isinstance(action, AddForeignKey)),
        ),
        checks=(
            *(
                _enforced(check, actions)
                for check in table.checks
                if not _drops(actions, check.name, DropCheck, DropConstraint) and not mentions(check.expression, gone)
            ),
            *(action.check for action in actions if isinstance(action, AddCheck)),
        ),
    )


_Drop = type[DropIndex] | type[DropForeignKey] | type[DropCheck] | type[DropConstraint]


def _drops(actions: Sequence[Action], name: str, *kinds: _Drop) -> bool:
    return any(isinstance(action, kinds) and same(action.name, name) for action in actions)


def _indexes(table: Table, actions: Sequence[Action]) -> tuple[Index, ...]:
    """An index loses the columns that are gone, and goes with the last of them."""
    kept: list[Index] = []
    for index in table.indexes:
        parts = tuple(part for part in index.parts if part.expression or table.column(part.column))
        is_dropped = _drops(actions, index.name, DropIndex) or _drops_as_constraint(table, actions, index)
        if parts and not is_dropped:
            kept.append(_changed(replace(index, parts=parts), actions))
    for action in actions:
        if isinstance(action, AddIndex) and (not action.index.name or find(kept, action.index.name) is None):
            kept.append(action.index)
    return tuple(kept)


def _drops_as_constraint(table: Table, actions: Sequence[Action], index: Index) -> bool:
    """DROP CONSTRAINT means a check or a foreign key of that name before an index."""
    others = (*(check.name for check in table.checks), *(key.name for key in table.foreign_keys))
    return _drops(actions, index.name, DropConstraint) and not any(same(name, index.name) for name in others)


def _changed(index: Index, actions: Sequence[Action]) -> Index:
    for action in actions:
        if isinstance(action, RenameIndex) and same(action.old, index.name):
            return replace(index, name=action.new)
        if isinstance(action, IndexVisibility) and same(action.name, index.name):
            extra = tuple(each for each in index.extra if each[0] != "ignored")
            ignored = (("ignored", ""),) if action.ignored and action.invisible else ()
            return replace(index, invisible=action.invisible, extra=(*extra, *ignored))
    return index


def _enforced(check: Check, actions: Sequence[Action]) -> Check:
    for action in actions:
        if isinstance(action, EnforceCheck) and same(action.name, check.name):
            return replace(check, enforced=action.enforced)
    return check
