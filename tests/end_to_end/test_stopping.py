"""Executions that are stopped, on both kinds of server: the order takes effect at once, and the truth is told after it.

What blocks a statement stays in its way until the answer is there: nothing but the order can have ended the waiting.
"""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Shop
from tests.end_to_end.test_execute import Background, progress
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until

ROW = ("UPDATE t SET a = a WHERE id = 1", "update t set a = a + 1 where id = 1", "insert into t (id, a) values (9, 9)")
LOCK = ("SELECT * FROM u FOR UPDATE", "alter table u add column b int", "alter table u add column c int")


class Stopped(Shop):
    """A shop with a database on its target, and a session there that is in the way."""

    blocker: Connection
    database: str

    def begin(self, blocked: str, statement: str, last: str, options: str = "") -> Background:
        """Execute an insert, then a statement that waits for what `blocked` holds; return when it waits."""
        self.blocker.query("BEGIN")
        self.blocker.query(blocked)
        text = f"use {self.database}; insert into w (id) values (1); {statement}; {last};"
        batch = Background(self, text, f"--sequence={self.database};{options}")
        wait_until(lambda: self.waits(statement))
        return batch

    def waits(self, statement: str) -> bool:
        words = statement.split()[:2]
        shown = (str(row[7]) for row in self.blocker.query("SHOW FULL PROCESSLIST"))
        return any("/* inception" in text and all(word in text for word in words) for text in shown)

    def id(self) -> int:
        [number] = [row[0] for row in self.ask("inception get processlist") if row[5] in ("EXECUTE", "CHECK")]
        assert isinstance(number, int)
        return number

    def status(self) -> dict[str, Any]:
        [(text,)] = self.ask(f"inception get status '{self.database}'")
        [task] = json.loads(text)["tasks"]
        assert isinstance(task, dict)
        return task

    def judge(self, batch: Background, reason: str) -> None:
        """The rows, the progress, the status and the tables say the same: the first ran, the second was stopped."""
        rows = batch.rows(30)
        assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
        assert (rows[2].stage, rows[2].errlevel, rows[2].stagestatus) == ("EXECUTED", 2, "Execute failed")
        assert f"Execute: {reason}" in str(rows[2].errormessage)
        assert (rows[3].stage, rows[3].stagestatus) == ("CHECKED", "Audit completed")
        [(number, state, errno, message, _)] = progress(self, self.database)
        assert (number, state, errno) == ("3", "ERROR", "1317")
        assert str(message).startswith(reason)
        with self.target.connect(database=self.database) as target:
            assert target.query("SELECT id FROM w") == [("1",)]
            assert target.query("SELECT id, a FROM t ORDER BY id") == [("1", "1"), ("2", "2")]
            assert len(target.query("SHOW COLUMNS FROM u")) == 1
        self.undo(rows)
        with self.target.connect(database=self.database) as target:
            assert target.query("SELECT id FROM w") == []


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[tuple[str, Connection]]:
    with target.database() as name, target.connect(database=name) as blocker:
        for text in (
            "CREATE TABLE t (id INT PRIMARY KEY, a INT)",
            "INSERT INTO t VALUES (1, 1), (2, 2)",
            "CREATE TABLE u (id INT PRIMARY KEY)",
            "INSERT INTO u VALUES (1)",
            "CREATE TABLE w (id INT PRIMARY KEY)",
        ):
            blocker.query(text)
        yield name, blocker
        blocker.query("UNLOCK TABLES")
        blocker.query("ROLLBACK")


@pytest.fixture
def shop(gateway: Gateway, target: DatabaseServer, backup_server: MariaDB, place: tuple[str, Connection]) -> Stopped:
    shop = Stopped(gateway, target, backup_server)
    shop.database, shop.blocker = place
    return shop


@pytest.fixture
def own(shop: Stopped, backup_server: MariaDB) -> Iterator[Stopped]:
    """A gateway of the test's own, which gives what runs no time when it is to end."""
    with Gateway(
        inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup_server.port,
        inception_remote_system_user="root", shutdown_grace=0,
    ) as gateway:  # fmt: skip
        shop.gateway = gateway.start()
        yield shop


@pytest.mark.parametrize("order", ["inception kill {}", "kill {}", "KILL QUERY {}", "kill connection {}"])
def test_a_row_change_that_waits_is_killed(shop: Stopped, order: str) -> None:
    batch = shop.begin(*ROW)
    shop.ask(order.format(shop.id()))
    shop.judge(batch, "Killed by tester@127.0.0.1")
    told = shop.status()
    assert (told["stage"], told["sequence"], told["statement"]) == ("Stopped", 3, ROW[1])
    assert told["taskStatus"].startswith("Error - Killed by tester@127.0.0.1")


def test_a_definition_change_that_waits_for_a_lock_is_killed(shop: Stopped) -> None:
    batch = shop.begin(*LOCK)
    shop.ask(f"inception kill {shop.id()}")
    shop.judge(batch, "Killed by tester@127.0.0.1")


def test_force_does_not_go_on_behind_a_stop(shop: Stopped) -> None:
    batch = shop.begin(*ROW, "--force;")
    shop.ask(f"inception kill {shop.id()}")
    shop.judge(batch, "Killed by tester@127.0.0.1")


def test_who_has_gone_can_be_killed_by_others(shop: Stopped) -> None:
    """The execution goes on without its client, until it is killed; its rows are told all the same."""
    shop.blocker.query("BEGIN")
    shop.blocker.query(ROW[0])
    text = f"use {shop.database}; insert into w (id) values (1); {ROW[1]}; {ROW[2]};"
    options = f"--enable-execute;--enable-ignore-warnings;--sequence={shop.database};"
    with shop.client(read_timeout=1) as client, pytest.raises(pymysql.MySQLError):
        client.query(f"{shop.source(options)} inception_magic_start; {text} inception_magic_commit;")
    wait_until(lambda: shop.waits(ROW[1]))
    assert shop.ask(f"inception get process status '{shop.database}'") == [("RUNNING",)]
    shop.ask(f"inception kill {shop.id()}")
    wait_until(lambda: shop.ask(f"inception get process status '{shop.database}'") == [("STOPPED",)])
    rows = shop.status()["rows"]
    assert [row["stagestatus"].splitlines()[0] for row in rows] == [
        "Execute Successfully", "Execute Successfully", "Execute failed", "Audit completed",
    ]  # fmt: skip
    assert rows[1]["stagestatus"].endswith("Backup successfully")
    assert progress(shop, shop.database)[0][:3] == ("3", "ERROR", "1317")


@pytest.mark.parametrize("what", [ROW, LOCK], ids=["row", "lock"])
def test_a_server_that_is_terminated_stops_what_runs(own: Stopped, what: tuple[str, str, str]) -> None:
    batch = own.begin(*what)
    os.kill(own.gateway.pid, signal.SIGTERM)
    own.judge(batch, "The server is shutting down")
    wait_until(lambda: not own.gateway.alive)


def test_a_pause_is_ended(shop: Stopped) -> None:
    text = f"use {shop.database}; insert into w (id) values (1); insert into w (id) values (2);"
    batch = Background(shop, text, f"--sequence={shop.database};--sleep=100000;--sleep-rows=2;")
    wait_until(lambda: progress(shop, shop.database)[:1] and progress(shop, shop.database)[0][:2] == ("2", "DONE"))
    shop.ask(f"inception kill {shop.id()}")
    rows = batch.rows(30)
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully", "Execute Aborted"]
    assert "Killed by tester@127.0.0.1" in str(rows[2].errormessage)
    assert progress(shop, shop.database)[0][:2] == ("2", "DONE")
    assert shop.status()["stage"] == "Stopped"


def _audited_for_long(shop: Stopped) -> str:
    """Return statements each of which the target can say nothing of for a second."""
    names = [f"x{number}" for number in range(60)]
    for name in names:
        shop.blocker.query(f"CREATE TABLE {name} (id INT PRIMARY KEY, a INT)")
    shop.blocker.query(f"LOCK TABLES {', '.join(f'{name} WRITE' for name in names)}")
    return f"use {shop.database};" + "".join(f"update {name} set a = 1 where a = 2;" for name in names)


@pytest.mark.parametrize("options", ["", "--real-row-count;"])
def test_an_audit_is_ended(shop: Stopped, options: str) -> None:
    text = _audited_for_long(shop)
    batch = Background(shop, text, options)
    wait_until(lambda: any(row[6] == "CHECKING" for row in shop.ask("inception get processlist")))
    shop.ask(f"inception kill {shop.id()}")
    error = batch.end()
    assert isinstance(error, pymysql.MySQLError)
    assert error.args == (2570, "Killed by tester@127.0.0.1")
    assert not [row for row in shop.blocker.query("SHOW FULL PROCESSLIST") if "update x" in str(row[7])]
