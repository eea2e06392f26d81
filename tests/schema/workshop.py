"""A database on a real server where the tests make tables and read what the server prints."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from inception.lexer import Syntax
from inception.mysql import Connection
from inception.schema.define import define
from inception.schema.model import Table
from inception.schema.rename import parent_of
from tests.schema.tables import PARENT

_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


@dataclass(frozen=True)
class Workshop:
    """A connection to a server, and the database that is its own there."""

    kind: str
    connection: Connection
    database: str

    def clear(self) -> None:
        """Make the database empty, but for the table `parent`."""
        query = self.connection.query
        query(f"USE {self.database}")
        query("SET sql_mode='NO_ENGINE_SUBSTITUTION', foreign_key_checks=0")
        if self.connection.version.mariadb:
            query("SET system_versioning_alter_history=KEEP")
        for table, *_ in query("SHOW TABLES"):
            query(f"DROP TABLE `{table!s}`")
        query(PARENT)

    def query(self, sql: str) -> None:
        """Run a statement."""
        self.connection.query(sql)

    def printed(self, table: str) -> str:
        """Return SHOW CREATE TABLE without the AUTO_INCREMENT counter."""
        return _COUNTER.sub("", str(self.connection.query(f"SHOW CREATE TABLE `{table}`")[0][1]))

    def defined(self, table: str) -> Table:
        """Return the table as the server prints it."""
        return define(self.printed(table), database=self.database)

    @property
    def syntax(self) -> Syntax:
        """How this server reads SQL."""
        major, minor, patch = self.connection.version.number
        return Syntax(version=major * 10000 + minor * 100 + patch, mariadb=self.connection.version.mariadb)

    def only(self, kind: str) -> None:
        """Skip the test on another kind of server; '' is any."""
        if kind not in ("", self.kind):
            pytest.skip(f"only {kind} has this")


_COLUMN = (
    "name",
    "type",
    "length",
    "decimals",
    "unsigned",
    "zerofill",
    "values",
    "nullable",
    "auto_increment",
    "comment",
)


def shape(table: Table, *, ordered: bool = True) -> dict[str, Any]:
    """Return what settle and apply promise: all but literals, expressions, inherited character sets and most options.

    The order of indexes is left out where it is not `ordered`, and where there are foreign keys: theirs are made where
    they are written.
    """
    indexes = [
        (index.name, index.kind, [(part.column, part.prefix, part.descending) for part in index.parts], index.invisible)
        for index in table.indexes
    ]
    return {
        "name": table.name,
        "columns": [[getattr(column, name) for name in _COLUMN] for column in table.columns],
        "more": [(column.generated and column.generated.stored, column.invisible) for column in table.columns],
        "defaults": [column.name for column in table.columns if column.default is not None],
        "indexes": indexes if ordered and not table.foreign_keys else sorted(indexes),
        "keys": sorted(
            (key.name, key.columns, parent_of(key, table), key.parent_columns) for key in table.foreign_keys
        ),
        "checks": sorted((check.name, check.enforced) for check in table.checks),
        "comment": table.option("comment"),
        "partitioned": bool(table.partitioning),
    }
