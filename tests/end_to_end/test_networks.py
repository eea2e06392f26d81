"""Networks that stall, drop and reset between the gateway and its target or backup server, in mid statement."""

from collections.abc import Iterator
from typing import Any

import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Row, Shop
from tests.end_to_end.test_execute import Background
from tests.proxy import Proxy
from tests.servers import Gateway, MariaDB, wait_until


class Far:
    """A gateway that reaches target and backup server through proxies, and a row that it will wait for."""

    def __init__(self, shop: Shop, database: str, blocker: Connection, target: Proxy, backup: Proxy) -> None:
        self.shop, self.database, self.blocker = shop, database, blocker
        self.target, self.backup = target, backup

    def begin(self, options: str = "") -> Background:
        """Execute, and return when the second statement waits for the row."""
        options += f"--sequence={self.database};"
        text = f"use {self.database}; update t set a = 20 where id = 2; update t set a = a + 10 where id = 1; insert into t values (3, 3);"
        batch = Background(self.shop, text, options, port=self.target.port)
        wait_until(lambda: self.waits("id = 1"))
        return batch

    def waits(self, text: str) -> bool:
        rows = self.blocker.query("SHOW FULL PROCESSLIST")
        return any("/* inception" in str(row[7]) and text in str(row[7]) for row in rows)

    def values(self) -> list[Any]:
        return self.blocker.query("SELECT id, a FROM t ORDER BY id")

    def stored(self) -> bool:
        with self.shop.backup.connect() as backup:
            like = f"%{self.database}"
            return bool(backup.query(f"SELECT 1 FROM inception.rollback_parts WHERE home LIKE '{like}'"))

    def progress(self) -> tuple[Any, ...]:
        with self.shop.backup.connect() as backup:
            return backup.query(
                f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{self.database}'"
            )[0]


@pytest.fixture
def far(mariadb: MariaDB, backup_server: MariaDB, database: str) -> Iterator[Far]:
    with (
        Proxy(mariadb.port) as target, Proxy(backup_server.port) as backup,
        Gateway(inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup.port,
                inception_remote_system_user="root") as gateway,
        mariadb.connect(database=database) as blocker,
    ):  # fmt: skip
        for text in ("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1), (2, 2)", "BEGIN"):
            blocker.query(text)
        blocker.query("UPDATE t SET a = a WHERE id = 1")
        yield Far(Shop(gateway.start(), mariadb, backup_server), database, blocker, target, backup)


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_a_target_that_is_cut_off_is_asked_what_became_of_the_statement(far: Far, how: str) -> None:
    batch = far.begin("--force;")
    getattr(far.target, how)()
    far.blocker.query("ROLLBACK")  # the target did not notice: it goes on
    rows = batch.rows(30)
    assert rows[2].stagestatus.startswith("Execute failed\nBackup")  # the binary log cannot be read, either
    assert "it was committed. It is in the binary log" in str(rows[2].errormessage)
    assert rows[3].stage == "CHECKED"
    assert far.progress() == ("3", "DONE")
    assert far.values() == [("1", "11"), ("2", "20")]
    rows = _resumed(far)
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 3
    assert far.values() == [("1", "11"), ("2", "20"), ("3", "3")]


def test_a_target_that_stalls_can_be_given_up(far: Far) -> None:
    batch = far.begin()
    wait_until(far.stored)  # what was executed before is backed up: the stall is not in its way
    far.target.stall()
    [number] = [row[0] for row in far.shop.ask("inception get processlist") if row[5] == "EXECUTE"]
    far.shop.ask(f"inception kill {number}")
    rows = batch.rows(60)
    assert rows[2].stagestatus.startswith("Execute failed")
    assert "whether it was committed is not known" in str(rows[2].errormessage)
    assert "Killed by tester" in str(rows[2].errormessage)
    assert far.progress() == ("3", "PREPARE")
    far.target.go_on()
    far.target.drop()
    far.blocker.query("ROLLBACK")
    assert [row.stagestatus.splitlines()[0] for row in _resumed(far)] == ["Execute Successfully"] * 4
    assert far.values() == [("1", "11"), ("2", "20"), ("3", "3")]


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_a_backup_server_that_is_cut_off_stops_the_execution(far: Far, how: str) -> None:
    batch = far.begin("--force;")
    getattr(far.backup, how)()
    far.blocker.query("ROLLBACK")
    rows = batch.rows(30)
    assert "could not be written to execute_progress" in str(rows[2].errormessage)
    assert (rows[3].stage, rows[3].stagestatus) == ("CHECKED", "Execute Aborted")
    assert far.progress() == ("3", "PREPARE")
    assert far.values() == [("1", "11"), ("2", "20")]
    rows = _resumed(far)
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 3
    assert far.values() == [("1", "11"), ("2", "20"), ("3", "3")]


def _resumed(far: Far) -> list[Row]:
    text = f"use {far.database}; update t set a = 20 where id = 2; update t set a = a + 10 where id = 1; insert into t values (3, 3);"
    options = f"--enable-execute;--enable-ignore-warnings;--sequence={far.database};--resume;"
    return far.shop.submit(options, text, port=far.target.port)
