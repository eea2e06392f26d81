"""Two executions at once: of one sequence, through two gateways; of one table, through one or two."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Shop
from tests.faults import gateway_before
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until


class Two:
    """Two gateways of one target and one backup server, and a row that both will wait for."""

    def __init__(self, shops: tuple[Shop, Shop], database: str, blocker: Connection) -> None:
        self.shops, self.database, self.blocker = shops, database, blocker
        self.errors: list[Any] = []
        self.rows: list[Any] = []

    def submit(self, which: int, text: str, options: str = "") -> threading.Thread:
        def run() -> None:
            try:
                self.rows += self.shops[which].execute(f"use {self.database}; {text};", options)
            except pymysql.MySQLError as error:
                self.errors.append(error.args)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def waits(self) -> bool:
        return any("/* inception" in str(row[7]) for row in self.blocker.query("SHOW FULL PROCESSLIST"))


@pytest.fixture
def two(gateway: Gateway, target: DatabaseServer, backup_server: MariaDB) -> Iterator[Two]:
    with (
        gateway_before(backup_server) as other,
        target.database() as database,
        target.connect(database=database) as blocker,
    ):
        for text in ("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1), (2, 2)", "BEGIN"):
            blocker.query(text)
        blocker.query("UPDATE t SET a = a")
        shops = (Shop(gateway, target, backup_server), Shop(other.start(), target, backup_server))
        yield Two(shops, database, blocker)


def test_one_sequence_given_to_two_gateways(two: Two) -> None:
    name = f"--sequence={two.database};"
    threads = [two.submit(which, "update t set a = a + 1 where id = 1", name) for which in (0, 1)]
    wait_until(lambda: two.errors and two.waits())
    two.blocker.query("ROLLBACK")
    for thread in threads:
        thread.join(20)
    [(errno, message)] = two.errors
    assert errno == 2506
    assert "is running: on process" in message
    assert [row.errlevel for row in two.rows] == [0, 0]
    assert two.blocker.query("SELECT a FROM t ORDER BY id") == [("2",), ("2",)]


@pytest.mark.parametrize("second", [0, 1])
def test_one_table_changed_by_two_executions(two: Two, second: int) -> None:
    first = two.submit(0, "update t set a = a + 1 where id = 1", f"--sequence={two.database};")
    wait_until(two.waits)
    two.submit(second, "update t set a = a + 1 where id = 2").join(20)
    two.blocker.query("ROLLBACK")
    first.join(20)
    [(errno, message)] = two.errors
    assert errno == 2508
    assert f"{two.database}.t is being changed by another execution, on connection" in message.replace("`", "")
    assert f"the task '{two.database}'" in message
    with contextlib.closing(two.shops[0].client()) as client, client.cursor() as cursor:
        cursor.execute(f"inception get process status '{two.database}'")
        assert cursor.fetchall() == (("STOPPED",),)
    assert two.blocker.query("SELECT a FROM t ORDER BY id") == [("2",), ("2",)]
