"""The rollback of DDL, proved: after an ALTER and its diff, SHOW CREATE TABLE is what it was."""

import re

import pytest

from inception.errors import ServerError
from inception.mysql import Connection
from inception.schema.alter import AlterTable
from inception.schema.apply import renames
from inception.schema.define import define
from inception.schema.diff import diff
from inception.schema.statements import read_ddl
from tests.schema.alters import ALTERS
from tests.schema.tables import PARENT
from tests.servers import DatabaseServer

COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def printed(connection: Connection, table: str) -> str:
    return COUNTER.sub("", str(connection.query(f"SHOW CREATE TABLE {table}")[0][1]))


def prepare(connection: Connection, database: str, body: str) -> None:
    connection.query(f"USE {database}")
    connection.query("SET sql_mode='NO_ENGINE_SUBSTITUTION', foreign_key_checks=0")
    if connection.version.mariadb:
        connection.query("SET system_versioning_alter_history=KEEP")
    connection.query(PARENT)
    connection.query(f"CREATE TABLE t {body}")


@pytest.mark.parametrize(("kind", "body", "actions"), ALTERS, ids=[actions for _, _, actions in ALTERS])
def test_diff_restores_the_definition(target: DatabaseServer, kind: str, body: str, actions: str) -> None:
    if kind not in ("", target.kind):
        pytest.skip(f"only {kind} has this")
    actions = actions.replace("drop check_ck", "drop constraint ck").replace(", drop column n2", "")
    with target.database() as database, target.connect() as connection:
        prepare(connection, database, body)
        before = printed(connection, "t")
        try:
            connection.query(f"ALTER TABLE t {actions}")
        except ServerError as error:
            pytest.skip(f"{target.kind} refuses this: {error}")
        altered = read_ddl(f"ALTER TABLE t {actions}")
        assert isinstance(altered, AlterTable)
        name = "t2" if "rename to t2" in actions else "t"
        current = define(printed(connection, name), database=database)
        wanted = define(before, database=database)
        back = diff(current, wanted, renamed=renames(altered.actions))
        if back is not None:
            connection.query(back)
        assert printed(connection, "t") == before, back
        assert diff(wanted, wanted) is None
