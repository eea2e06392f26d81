"""What a server prints is read, written again, and made again: it must be printed the same."""

import pytest

from inception.mysql import Connection
from inception.schema.define import define
from inception.schema.render import render_create
from tests.schema.tables import PARENT, TABLES
from tests.servers import DatabaseServer


def show_create(connection: Connection, table: str) -> str:
    return str(connection.query(f"SHOW CREATE TABLE {table}")[0][1])


@pytest.mark.parametrize(("name", "kind", "body"), TABLES, ids=[name for name, _, _ in TABLES])
def test_printed_definition_means_the_same(target: DatabaseServer, name: str, kind: str, body: str) -> None:
    if kind not in ("", target.kind):
        pytest.skip(f"only {kind} has this")
    with target.database() as database, target.connect() as connection:
        connection.query(f"USE {database}")
        connection.query("SET sql_mode='NO_ENGINE_SUBSTITUTION'")
        connection.query(PARENT)
        connection.query(f"CREATE TABLE {name} {body}")
        printed = show_create(connection, name)
        table = define(printed)
        connection.query(f"DROP TABLE {name}")
        connection.query(render_create(table))
        assert show_create(connection, name) == printed
        assert define(render_create(table)) == table
