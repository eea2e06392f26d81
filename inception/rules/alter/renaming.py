"""A table or column gets another name: programs that use the old one fail. Off unless it is given a level."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.actions import ChangeColumn, RenameColumn, RenameTable
from inception.schema.model import same
from inception.schema.statements import RenameTables

LEVEL = Level.NONE
ORDER = 742


def check(change: RenameColumn | ChangeColumn | RenameTable | RenameTables) -> Iterator[str]:
    """Yield a finding for each name that goes."""
    match change:
        case RenameColumn(old=old, new=new):
            yield f"Column '{old}' becomes '{new}': programs that use the old name fail."
        case ChangeColumn(old=old, column=column) if not same(old, column.name):
            yield f"Column '{old}' becomes '{column.name}': programs that use the old name fail."
        case RenameTable(new=table):
            yield f"The table becomes '{table.name}': programs that use the old name fail."
        case RenameTables(pairs=pairs):
            for before, after in pairs:
                yield f"Table '{before.name}' becomes '{after.name}': programs that use the old name fail."
