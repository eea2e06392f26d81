"""What becomes of rows that a tool copies into a new, altered table with INSERT IGNORE, as online tools do. Pure.

IGNORE leaves out rows that collide in a unique index and cuts values that do not fit, where an ALTER TABLE of the
server fails. And the tool alters an empty table of another name: what is about the rows or the name does nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inception.facts.narrowing import narrows
from inception.facts.types import INTEGERS
from inception.schema import actions as act
from inception.schema.model import Column, Index, IndexKind, IndexPart, Table, same

_UNIQUE = (IndexKind.PRIMARY, IndexKind.UNIQUE)
_REDEFINES_PARTITIONS = ("by", "remove")


def loses_rows(old: Table, new: Table) -> str:
    """Return which unique index of the new table may refuse rows that the old table has; '' for none."""
    for index in _unique(new):
        if not any(_implies(before, index, old, new) for before in _unique(old)):
            return "the primary key" if index.kind is IndexKind.PRIMARY else f"unique index '{index.name}'"
    return ""


def adds_unique(actions: Sequence[act.Action]) -> str:
    """Return which unique index is added, also one that cannot refuse any row; '' for none."""
    for action in actions:
        if isinstance(action, act.AddIndex) and action.index.kind in _UNIQUE:
            return "a primary key" if action.index.kind is IndexKind.PRIMARY else "a unique index"
    return ""


def _unique(table: Table) -> list[Index]:
    return [index for index in table.indexes if index.kind in _UNIQUE]


def _implies(before: Index, after: Index, old: Table, new: Table) -> bool:
    """Tell whether rows that differ in `before` differ in `after`."""
    return all(any(_covers(part, other, old, new) for other in after.parts) for part in before.parts)


def _covers(part: IndexPart, other: IndexPart, old: Table, new: Table) -> bool:
    if part.expression or other.expression:
        return part.expression == other.expression and old.columns == new.columns
    if not same(part.column, other.column):
        return False
    if other.prefix is not None and (part.prefix is None or other.prefix < part.prefix):
        return False
    before, after = old.column(part.column), new.column(other.column)
    return before is not None and after is not None and _distinguishes(before, after, old, new)


def _distinguishes(before: Column, after: Column, old: Table, new: Table) -> bool:
    """Tell whether values of a column that differ still do; lengths are `cuts_values`' business."""
    if before.type in INTEGERS and after.type in INTEGERS:
        return True
    return before.type == after.type and _collation(before, old) == _collation(after, new)


def _collation(column: Column, table: Table) -> tuple[str | None, str | None] | None:
    if not column.is_text:
        return None
    own = column.collation or (None if column.charset else table.option("collation"))
    return table.charset_of(column), own


def cuts_values(old: Table, new: Table) -> str:
    """Return which column may not hold every value that it has, and why; '' for none. NULLs are not cut: they fail."""
    for column in new.columns:
        before = old.column(column.name)
        if before is None or before == column:
            continue
        nullable = replace(column, nullable=before.nullable)
        for reason in narrows(before, nullable, old.charset_of(before), new.charset_of(column)):
            return f"column '{column.name}': {reason}"
    return ""


def about_the_rows(actions: Sequence[act.Action]) -> str:
    """Return an action that is about the rows that are there, and does nothing to an empty table; '' for none."""
    for action in actions:
        if isinstance(action, act.PartitionAction) and action.verb not in _REDEFINES_PARTITIONS:
            return f"{action.verb.upper()} PARTITION"
        if isinstance(action, act.Maintain) and action.text.split()[0].upper() != "FORCE":
            return action.text
        if isinstance(action, act.AddPeriod | act.DropPeriod | act.SystemVersioning):
            return "SYSTEM VERSIONING"
    return ""


def renamed_columns(actions: Sequence[act.Action]) -> Iterator[str]:
    """Yield the columns that get another name."""
    for action in actions:
        match action:
            case act.RenameColumn(old=old, new=new) if not same(old, new):
                yield old
            case act.ChangeColumn(old=old, column=column) if not same(old, column.name):
                yield old


def row_key(old: Table, new: Table) -> Index | None:
    """Return a unique index without NULLs by which a row is found in both tables; None where there is none."""
    for index in _unique(new):
        columns = [new.column(part.column) for part in index.parts]
        kept = all(old.column(part.column) is not None for part in index.parts)
        if kept and all(column is not None and not column.nullable for column in columns):
            return index if any(_not_null(other, old) for other in _unique(old)) else None
    return None


def _not_null(index: Index, table: Table) -> bool:
    return all((column := table.column(part.column)) is not None and not column.nullable for part in index.parts)
