"""Limits on work through the whole gateway: who waits is seen, can be killed, and runs when its turn comes."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymysql
import pytest

from tests.end_to_end.conftest import Row, Shop
from tests.processes import HOST, wait_until
from tests.servers import Gateway, MariaDB


@pytest.fixture(scope="module")
def narrow(mariadb: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A gateway on which one batch at a time may run on a target, and two may wait."""
    configuration: Path = tmp_path_factory.mktemp("turns") / "inception.yaml"
    source = f"{{host: {HOST}, port: {mariadb.port}, user: root, max_running: 2}}"
    configuration.write_text(f"sources: {{wide: {source}}}\n")
    with Gateway(
        config=configuration, inception_max_running_per_target=1, inception_max_waiting=2
    ) as gateway:  # fmt: skip
        yield Shop(gateway.start(), mariadb, mariadb)


class _Batch(threading.Thread):
    """A batch that runs until somebody lets go of its table, or sleeps."""

    def __init__(self, shop: Shop, statements: str) -> None:
        super().__init__(daemon=True)
        self.rows: list[Row] = []
        self.error: Exception | None = None
        self._shop, self._statements = shop, statements
        self.start()

    def run(self) -> None:
        options = "--enable-execute;--enable-ignore-warnings;--disable-remote-backup;"
        try:
            self.rows = self._shop.submit(options, self._statements)
        except pymysql.MySQLError as error:
            self.error = error


def _infos(shop: Shop) -> list[str]:
    return [str(row[8]) for row in shop.ask("inception get processlist")[:-1]]


def _held(shop: Shop, database: str) -> "contextlib.AbstractContextManager[object]":
    """Keep a row of `t` locked."""
    target = shop.target.connect(database=database)
    target.query("BEGIN")
    target.query("UPDATE t SET a = 1")
    return contextlib.closing(target)


def test_who_waits_is_seen_with_its_place_and_can_be_killed(narrow: Shop, database: str) -> None:
    with narrow.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int)")
        target.query("INSERT INTO t VALUES (1, 0)")
    with _held(narrow, database):
        first = _Batch(narrow, f"update {database}.t set a = 2 where id = 1;")
        wait_until(lambda: narrow.ask("inception get processlist")[0][6] == "EXECUTING")
        second = _Batch(narrow, f"update {database}.t set a = 3 where id = 1;")
        wait_until(lambda: len(_infos(narrow)) == 2)
        third = _Batch(narrow, f"update {database}.t set a = 4 where id = 1;")
        wait_until(lambda: len(_infos(narrow)) == 3)
        assert _infos(narrow)[1:] == ["waits for its turn: 0 before it", "waits for its turn: 1 before it"]
        with pytest.raises(pymysql.MySQLError, match="2 requests wait for their turn already"):
            narrow.check(f"update {database}.t set a = 5 where id = 1;")
        second_id = narrow.ask("inception get processlist")[1][0]
        narrow.ask(f"inception kill {second_id}")
        second.join(10)
        assert "Killed by" in str(second.error)
    for batch in (first, third):
        batch.join(20)
        assert [row.stagestatus for row in batch.rows] == ["Execute Successfully"]
    with narrow.target.connect(database=database) as target:
        assert target.value("SELECT a FROM t") == "4"


def test_a_user_may_have_one_batch_at_a_time(mariadb: MariaDB, database: str) -> None:
    with mariadb.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int)")
        target.query("INSERT INTO t VALUES (1, 0)")
    with Gateway(inception_max_running_per_user=1) as gateway:
        shop = Shop(gateway.start(), mariadb, mariadb)
        text = f"{shop.source('--check;')} inception_magic_start; select a from {database}.t; inception_magic_commit;"
        with _held(shop, database):
            first = _Batch(shop, f"update {database}.t set a = 2 where id = 1;")
            wait_until(lambda: shop.ask("inception get processlist")[0][6] == "EXECUTING")
            second = _Batch(shop, f"update {database}.t set a = 3 where id = 1;")
            wait_until(lambda: _infos(shop)[1:] == ["waits for its turn: 0 before it"])
            with pymysql.connect(host=HOST, port=gateway.port, user="another") as client, client.cursor() as cursor:
                assert cursor.execute(text) == 1
        for batch in (first, second):
            batch.join(20)
            assert [row.stagestatus for row in batch.rows] == ["Execute Successfully"]


def test_a_source_may_have_a_limit_of_its_own(narrow: Shop, database: str) -> None:
    with narrow.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int)")
        target.query("INSERT INTO t VALUES (1, 0)")
    with _held(narrow, database):
        first = _Batch(narrow, f"update {database}.t set a = 2 where id = 1;")
        wait_until(lambda: narrow.ask("inception get processlist")[0][6] == "EXECUTING")
        text = f"/*--source=wide;--check;*/ inception_magic_start; select a from {database}.t; inception_magic_commit;"
        assert len(narrow.ask(text)) == 1
    first.join(20)
    assert [row.stagestatus for row in first.rows] == ["Execute Successfully"]


def test_batches_of_one_gateway_share_the_rate_of_explains(shop: Shop, database: str) -> None:
    with shop.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT PRIMARY KEY, a INT)")
    asked = ";".join(f"update t set a = 1 where a > {n} and {' and '.join(['1'] * n)}" for n in range(1, 7))
    with Gateway(inception_explain_rate=10) as gateway:
        gateway.start()
        quick = Shop(gateway, shop.target, shop.backup)
        quick.check(f"use {database}; {asked};")
        began = time.monotonic()
        with ThreadPoolExecutor(2) as clients:
            answers = list(clients.map(quick.check, [f"use {database}; {asked};"] * 2))
        took = time.monotonic() - began
    assert [len(rows) for rows in answers] == [7, 7]
    assert took > 11 / 10  # 12 questions; each batch by itself would have needed half of it
