"""What we say a server makes of a CREATE TABLE or an ALTER TABLE is what the server made of it."""

from dataclasses import replace
from typing import Any

import pytest

from inception.lexer import Syntax
from inception.schema.alter import AlterTable
from inception.schema.apply import apply
from inception.schema.define import CreateTable, define
from inception.schema.model import Table
from inception.schema.rename import parent_of
from inception.schema.settle import settle
from inception.schema.statements import read_ddl
from tests.schema.alters import ALTERS
from tests.schema.tables import TABLES
from tests.schema.test_diff import prepare, printed
from tests.servers import DatabaseServer


def shape(table: Table) -> dict[str, Any]:
    """What is compared: all but literals, expressions, inherited character sets and most options."""
    names = (
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
    indexes = [
        (index.name, index.kind, [(part.column, part.prefix, part.descending) for part in index.parts], index.invisible)
        for index in table.indexes
    ]
    return {
        "name": table.name,
        "columns": [[getattr(column, name) for name in names] for column in table.columns],
        "more": [(column.generated and column.generated.stored, column.invisible) for column in table.columns],
        "defaults": [column.name for column in table.columns if column.default is not None],
        "indexes": sorted(indexes) if table.foreign_keys else indexes,
        "keys": sorted(
            (key.name, key.columns, parent_of(key, table), key.parent_columns) for key in table.foreign_keys
        ),
        "checks": sorted((check.name, check.enforced) for check in table.checks),
        "comment": table.option("comment"),
        "partitioned": bool(table.partitioning),
    }


def syntax_of(server: DatabaseServer) -> Syntax:
    with server.connect() as connection:
        version = connection.version
    major, minor, patch = version.number
    return Syntax(version=major * 10000 + minor * 100 + patch, mariadb=version.mariadb)


@pytest.mark.parametrize(("name", "kind", "body"), TABLES, ids=[name for name, _, _ in TABLES])
def test_settle(target: DatabaseServer, name: str, kind: str, body: str) -> None:
    if kind not in ("", target.kind):
        pytest.skip(f"only {kind} has this")
    with target.database() as database, target.connect() as connection:
        prepare(connection, database, "(id int primary key)")
        connection.query(f"CREATE TABLE {name} {body}")
        made = define(printed(connection, name), database=database)
        server = syntax_of(target)
        created = read_ddl(f"CREATE TABLE {name} {body}", database=database, syntax=server)
        assert isinstance(created, CreateTable)
        table = created.table
        if table.option("charset") is None:
            table = replace(table, options=(*table.options, ("charset", "utf8mb4")))
        assert shape(settle(table, server)) == shape(made)
        assert settle(settle(table, server), server) == settle(table, server)


@pytest.mark.parametrize(("kind", "body", "actions"), ALTERS, ids=[actions for _, _, actions in ALTERS])
def test_apply(target: DatabaseServer, kind: str, body: str, actions: str) -> None:
    if kind not in ("", target.kind):
        pytest.skip(f"only {kind} has this")
    actions = actions.replace("drop check_ck", "drop constraint ck").replace(", drop column n2", "")
    with target.database() as database, target.connect() as connection:
        prepare(connection, database, body)
        before = define(printed(connection, "t"), database=database)
        try:
            connection.query(f"ALTER TABLE t {actions}")
        except Exception as e:
            pytest.skip(f"{target.kind} refuses this {e}")
        server = syntax_of(target)
        altered = read_ddl(f"ALTER TABLE t {actions}", database=database, syntax=server)
        assert isinstance(altered, AlterTable)
        name = "t2" if "rename to t2" in actions else "t"
        made = define(printed(connection, name), database=database)
        assert shape(apply(before, altered.actions, server)) == shape(made)
