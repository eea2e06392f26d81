"""The databases and tables that exist at one point of a batch, and how statements change them. Pure values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from inception.schema.model import Database, ForeignKey, Table, TableName
from inception.schema.rename import parent_of, rename_table


@dataclass(frozen=True)
class Catalog:
    """Databases and tables by name. `folded`: the target compares their names without case.

    Holds what exists among all that the batch names, where an absent name does not exist, and of other tables those
    whose foreign keys refer to what the batch drops or alters. `charset` is what databases get that are made without
    one; `shadowed` has the tables that temporary ones of their name hide.
    """

    folded: bool = False
    databases: Mapping[str, Database] = field(default_factory=dict)
    tables: Mapping[TableName, Table] = field(default_factory=dict)
    charset: str = ""
    shadowed: Mapping[TableName, Table] = field(default_factory=dict)

    def key(self, name: TableName) -> TableName:
        """Return the name in the form the target compares it in."""
        return TableName(name.database.lower(), name.name.lower()) if self.folded else name

    def database(self, name: str) -> Database | None:
        """Return a database, or None where it does not exist."""
        return self.databases.get(name.lower() if self.folded else name)

    def table(self, name: TableName) -> Table | None:
        """Return a table or view, or None where it does not exist."""
        return self.tables.get(self.key(name))

    def with_database(self, database: Database) -> "Catalog":
        """Return the catalog with this database."""
        key = database.name.lower() if self.folded else database.name
        return replace(self, databases={**self.databases, key: database})

    def without_database(self, name: str) -> "Catalog":
        """Return the catalog without a database and its tables."""
        key = name.lower() if self.folded else name
        databases = {other: value for other, value in self.databases.items() if other != key}
        tables = {other: value for other, value in self.tables.items() if other.database != key}
        return replace(self, databases=databases, tables=tables)

    def with_table(self, table: Table) -> "Catalog":
        """Return the catalog with this table, in place of one of the same name, or before it where it is temporary."""
        key = self.key(table.name)
        hidden, shadowed = self.tables.get(key), self.shadowed
        if table.temporary and hidden is not None and not hidden.temporary:
            shadowed = {**shadowed, key: hidden}
        return replace(self, tables={**self.tables, key: table}, shadowed=shadowed)

    def without_table(self, name: TableName) -> "Catalog":
        """Return the catalog without a table; one that it hid is there again."""
        key = self.key(name)
        if key not in self.tables:
            return self
        left = {other: value for other, value in self.tables.items() if other != key}
        if key in self.shadowed:
            left[key] = self.shadowed[key]
        shadowed = {other: value for other, value in self.shadowed.items() if other != key}
        return replace(self, tables=left, shadowed=shadowed)

    def renamed(self, old: TableName, new: TableName) -> "Catalog":
        """Return the catalog after a table was renamed, with its foreign keys; unchanged where it does not exist."""
        table = self.table(old)
        if table is None:
            return self
        return self.without_table(old).with_table(rename_table(table, new)).followed(old, new, {})

    def referring_to(self, name: TableName) -> Iterator[tuple[Table, ForeignKey]]:
        """Yield the foreign keys that refer to a table, its own among them, each with its table."""
        wanted = self.key(name)
        for table in chain(self.tables.values(), self.shadowed.values()):
            for key in table.foreign_keys:
                if self.key(parent_of(key, table)) == wanted:
                    yield table, key

    def followed(self, old: TableName, new: TableName, columns: Mapping[str, str]) -> "Catalog":
        """Return the catalog with other tables' foreign keys as they follow a table and columns of it to new names.

        `columns` are new names by old ones, case folded.
        """
        tables = dict(self.tables)
        for table, _ in self.referring_to(old):
            place = self.key(table.name)
            if table.name != new and tables[place] is table:
                keys = (self._following(key, table, old, new, columns) for key in table.foreign_keys)
                tables[place] = replace(table, foreign_keys=tuple(keys))
        return replace(self, tables=tables)

    def _following(
        self, key: ForeignKey, table: Table, old: TableName, new: TableName, columns: Mapping[str, str]
    ) -> ForeignKey:
        if self.key(parent_of(key, table)) != self.key(old):
            return key
        named = tuple(columns.get(name.casefold(), name) for name in key.parent_columns)
        return replace(key, parent=new, parent_columns=named)
