"""The databases and tables that exist at one point of a batch, and how statements change them. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from inception.schema.model import Database, Table, TableName


@dataclass(frozen=True)
class Catalog:
    """Databases and tables by name. `folded`: the target compares their names without case.

    Holds what exists among all that the batch names; a name that is absent does not exist. `charset` is what databases
    get that are made without one; `shadowed` has the tables that temporary ones of their name hide.
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
        """Return the catalog after a table was renamed; unchanged where it does not exist."""
        table = self.table(old)
        return self if table is None else self.without_table(old).with_table(replace(table, name=new))
