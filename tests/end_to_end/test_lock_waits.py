"""A definition change that must wait for a lock: for a short time, a few times, and it says for whom."""

import contextlib
import json
import threading
from collections.abc import Iterator

import pytest

from inception.mysql import Connection, connect
from tests.conftest import demand
from tests.end_to_end.conftest import Row, Shop
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL, wait_until

TELLS = {"performance_schema": "ON", "performance_schema_instrument": "wait/lock/metadata/sql/mdl=ON"}


@pytest.fixture(scope="module", params=[MariaDB, MySQL], ids=lambda kind: kind.kind)
def telling(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A target that tells who holds its locks."""
    demand(request.param.kind, request.config)
    with request.param() as server:
        server.start(durable=False, **TELLS)
        with server.connect() as connection:
            connection.query("CREATE DATABASE d")
        yield server


@pytest.fixture
def shop(telling: DatabaseServer, gateway: Gateway, backup_server: MariaDB) -> Iterator[Shop]:
    shop = Shop(gateway, telling, backup_server)
    shop.ask("inception set global inception_blocker_age = 0")
    yield shop
    shop.ask("inception set global inception_blocker_age = 10")


@pytest.fixture
def other(telling: DatabaseServer) -> Iterator[Connection]:
    """A session that holds a lock on d.t."""
    with connect(telling.address, database="d") as connection:
        connection.query("DROP TABLE IF EXISTS t")
        connection.query("CREATE TABLE t (id int primary key)")
        connection.query("BEGIN")
        connection.query("SELECT * FROM t")
        yield connection


def alter(shop: Shop, *, retries: int, mode: str = "--enable-execute;--enable-ignore-warnings;") -> Row:
    text = f"{shop.source(mode)}\ninception_magic_start;use d;alter table t add c int;\ninception_magic_commit;"
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        cursor.execute("inception set session inception_lock_wait_timeout = 1")
        cursor.execute(f"inception set session inception_lock_wait_retries = {retries}")
        cursor.execute(text)
        return Row(*cursor.fetchall()[1])


def test_whoever_blocks_is_named(shop: Shop, other: Connection) -> None:
    row = alter(shop, retries=1)
    blocker = f"blocked by connection {other.thread_id} (root@"
    assert row.stagestatus == "Execute failed"
    assert f"it waited for a lock 2 times for 1 s, {blocker}" in str(row.errormessage)
    assert f"The change of table 't' would wait: {blocker}" in str(row.errormessage)
    assert other.query("SELECT * FROM t") == [], "it is not killed unless that is asked for"


def test_the_status_names_who_blocks_meanwhile(shop: Shop, other: Connection) -> None:
    """So does the process list: whoever looks knows whom to ask, or to kill."""
    waiting = threading.Thread(target=alter, args=(shop,), kwargs={"retries": 100})
    waiting.start()
    try:
        found: list[str] = []

        def named() -> bool:
            for row in shop.ask("inception get processlist"):
                if row[5] == "EXECUTE":
                    [(text,)] = shop.ask(f"inception get status '{row[0]}'")
                    found.append(json.loads(text)["tasks"][0]["waiting"])
            return bool(found) and found[-1].startswith(f"blocked by connection {other.thread_id} (root@")

        wait_until(named, 30)
    finally:
        other.query("COMMIT")
        waiting.join(60)
    assert not waiting.is_alive()


def test_it_is_tried_again(shop: Shop, other: Connection) -> None:
    ending = threading.Timer(1.5, lambda: other.query("COMMIT"))
    ending.start()
    row = alter(shop, retries=5)
    ending.join()
    assert row.stagestatus == "Execute Successfully\nBackup successfully"


def test_a_check_names_blockers_and_is_not_failed_by_them(shop: Shop, other: Connection) -> None:
    row = alter(shop, retries=0, mode="--enable-check;")
    assert f"blocked by connection {other.thread_id} (root@" in str(row.errormessage)
    assert row.errlevel == 1  # for the column's comment and default


def test_idle_blockers_are_killed_where_that_is_asked_for(shop: Shop, other: Connection) -> None:
    shop.ask("inception set global inception_kill_blockers = idle")
    try:
        row = alter(shop, retries=3)
    finally:
        shop.ask("inception set global inception_kill_blockers = off")
    assert row.stagestatus == "Execute Successfully\nBackup successfully"
    assert not other.ping()
