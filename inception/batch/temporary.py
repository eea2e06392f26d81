"""Which tables a batch means that are temporary: they hide real ones of their name, from CREATE to DROP. Pure.

They live in the session that executes the batch, change nothing in its binary log, and go with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from inception.batch.statement import Statement
from inception.schema.actions import RenameTable
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import TableName
from inception.schema.statements import DropTable, RenameTables


class Temporaries:
    """The temporary tables that are there, as statement after statement is told.

    `folded`: the target compares names without case. `mariadb`: RENAME TABLE renames temporary ones, too; MySQL's
    means real ones.
    """

    def __init__(self, *, folded: bool, mariadb: bool) -> None:
        self._folded = folded
        self._mariadb = mariadb
        self._there: set[TableName] = set()

    def told(self, statement: Statement) -> Statement:
        """Return a statement that knows which of its tables are temporary."""
        form = statement.form
        makes = isinstance(form, CreateTable) and form.temporary
        if not self._there and not makes:
            return statement
        found = [name for name in (*self._by_name(statement), *statement.reads) if self._key(name) in self._there]
        if makes:
            found += statement.changes
            self._there.update(map(self._key, statement.changes))
        elif isinstance(form, DropTable):
            self._there.difference_update(map(self._key, found))
        elif isinstance(form, AlterTable):
            found += self._renamed((form.name, each.new) for each in form.actions if isinstance(each, RenameTable))
        elif isinstance(form, RenameTables) and self._mariadb:
            found += self._renamed(form.pairs)
        return replace(statement, temporary=tuple(dict.fromkeys(found))) if found else statement

    def _by_name(self, statement: Statement) -> tuple[TableName, ...]:
        """Return the tables that a statement changes, as far as it would find a temporary one under their names."""
        real = isinstance(statement.form, CreateTable) or (
            isinstance(statement.form, RenameTables) and not self._mariadb
        )
        return () if real else statement.changes

    def _renamed(self, pairs: Iterable[tuple[TableName, TableName]]) -> Iterator[TableName]:
        """Rename those that are temporary, and yield their new names."""
        for old, new in pairs:
            if self._key(old) in self._there:
                self._there.remove(self._key(old))
                self._there.add(self._key(new))
                yield new

    def _key(self, name: TableName) -> TableName:
        return TableName(name.database.lower(), name.name.lower()) if self._folded else name


def missing(statements: Iterable[Statement], *, folded: bool, mariadb: bool) -> tuple[Statement, TableName] | None:
    """Return the first statement of the rest of a batch that needs a temporary table made before the rest, and which.

    None where all that they need are made by the rest itself.
    """
    anew = Temporaries(folded=folded, mariadb=mariadb)
    for statement in statements:
        known = anew.told(replace(statement, temporary=())).temporary
        for name in statement.temporary:
            if name not in known:
                return statement, name
    return None
