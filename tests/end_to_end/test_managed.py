"""Accounts as managed services have them, without any administrative privilege: what is missing is said, the rest done.

No PROCESS, no SUPER, no CONNECTION_ADMIN, no SYSTEM_VARIABLES_ADMIN: nothing that reaches beyond one's own connections.
"""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Row
from tests.end_to_end.test_stopping import LOCK, ROW, Stopped
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until
from tests.trees import all_descendants, connects_to

_LOG = {"mariadb": "REPLICATION SLAVE, BINLOG MONITOR ON *.*", "mysql": "REPLICATION SLAVE, REPLICATION CLIENT ON *.*"}


class Managed(Stopped):
    """A shop whose batches log in to the target with an account of few privileges."""

    user: str

    def told(self) -> dict[str, Any]:
        """Return the status of the task, its outcome found out with this account."""
        [(text,)] = self.ask(f"{self.source('')} inception get status '{self.database}'")
        [task] = json.loads(text)["tasks"]
        assert isinstance(task, dict)
        return task

    def source(self, options: str, **account: object) -> str:
        return super().source(options, **{"user": self.user, "password": PASSWORD, **account})


@pytest.fixture
def shop(gateway: Gateway, target: DatabaseServer, backup_server: MariaDB) -> Iterator[Managed]:
    shop = Managed(gateway, target, backup_server)
    with target.database() as shop.database, target.connect(database=shop.database) as shop.blocker:
        for text in (
            "CREATE TABLE t (id INT PRIMARY KEY, a INT)",
            "INSERT INTO t VALUES (1, 1), (2, 2)",
            "CREATE TABLE u (id INT PRIMARY KEY)",
            "CREATE TABLE w (id INT PRIMARY KEY)",
        ):
            shop.blocker.query(text)
        target.create_user("bare", PASSWORD, f"ALL ON `{shop.database}`.*")
        target.create_user("logged", PASSWORD, f"ALL ON `{shop.database}`.*", _LOG[target.kind])
        shop.user = "logged"
        yield shop
        shop.blocker.query("ROLLBACK")


def batch(shop: Managed, options: str = "") -> list[Row]:
    text = f"use {shop.database}; insert into w (id) values (1), (2); alter table u add column b int comment 'b';"
    return shop.execute(text, options)


def test_without_the_log_nothing_is_executed_with_backup_and_all_without(shop: Managed) -> None:
    shop.user = "bare"
    grant = "BINLOG MONITOR" if shop.target.kind == "mariadb" else "REPLICATION CLIENT"
    with pytest.raises(pymysql.MySQLError, match=f"needs GRANT {grant} ON"):
        batch(shop)
    assert shop.blocker.query("SELECT id FROM w") == []
    rows = batch(shop, "--disable-remote-backup;")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully"] * 2
    assert shop.blocker.query("SELECT id FROM w") == [("1",), ("2",)]


def test_all_is_executed_and_undone(shop: Managed) -> None:
    rows = batch(shop, f"--sequence={shop.database};")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 2
    opids = ", ".join(row.sequence for row in reversed(rows[1:]))
    undone = shop.ask(f"{shop.source('')} inception rollback {opids}")
    assert [row[3].splitlines()[0] for row in undone] == ["Execute Successfully"] * 2
    assert shop.blocker.query("SELECT id FROM w") == []


@pytest.mark.parametrize("what", [ROW, LOCK], ids=["row", "lock"])
def test_what_runs_is_killed(shop: Managed, what: tuple[str, str, str]) -> None:
    if what is LOCK:
        shop.blocker.query("INSERT INTO u VALUES (1)")
    waiting = shop.begin(*what)
    shop.ask(f"inception kill {shop.id()}")
    shop.judge(waiting, "Killed by tester@127.0.0.1")


def test_what_was_cut_off_is_resumed(shop: Managed) -> None:
    """Its own connections are all that the account sees, and all that is needed."""
    waiting = shop.begin(*ROW)
    workers = [pid for pid in all_descendants(shop.gateway.pid) if connects_to(pid, shop.target.port)]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    waiting.end()
    shop.blocker.query("ROLLBACK")
    wait_until(lambda: shop.told()["outcome"] == "committed")
    text = f"use {shop.database}; insert into w (id) values (1); {ROW[1]}; {ROW[2]};"
    rows = shop.execute(text, f"--sequence={shop.database};--resume;")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 3
    assert shop.blocker.query("SELECT id, a FROM t ORDER BY id") == [("1", "2"), ("2", "2"), ("9", "9")]
    shop.undo(rows)
    assert shop.blocker.query("SELECT id, a FROM t ORDER BY id") == [("1", "1"), ("2", "2")]


def test_what_cannot_be_seen_is_no_obstacle(shop: Managed) -> None:
    """Who blocks is not told to this account; the change is tried again, and the row says so."""
    shop.blocker.query("BEGIN")
    shop.blocker.query("SELECT * FROM u FOR UPDATE")
    with shop.client() as client, client.cursor() as cursor:
        cursor.execute("inception set session inception_lock_wait_timeout = 1")
        cursor.execute("inception set session inception_lock_wait_retries = 0")
        cursor.execute(
            f"{shop.source('--enable-execute;--enable-ignore-warnings;')} inception_magic_start;"
            f"use {shop.database}; alter table u add column b int; inception_magic_commit;"
        )
        row = Row(*cursor.fetchall()[1])
    assert row.stagestatus == "Execute failed"
    assert "it waited for a lock 1 times for 1 s, by whom, the target does not tell" in str(row.errormessage)
