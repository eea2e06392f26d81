"""Many clients at a time check batches through a gateway, and some vanish: nothing is kept of them."""

import contextlib
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Shop
from tests.servers import Gateway, MariaDB, wait_until
from tests.trees import all_descendants

CLIENTS = 200
ROUND_SECONDS = 1.0
WARM_UP, ROUNDS = 10, 10  # a process grows to its size first; a short run could not judge
GROWTH = 1.05
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close is a reset


@pytest.fixture
def own(mariadb: MariaDB, backup_server: MariaDB, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A gateway of the test's own, whose memory is measured: what it frees is given back, what leaks shows."""
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    with Gateway(inception_workers=2, max_connections=3 * CLIENTS, general_log="OFF") as gateway:
        yield Shop(gateway.start(), mariadb, backup_server)


class Crowd:
    """Clients that check batches until a time has come; each third one vanishes while its check runs."""

    def __init__(self, shop: Shop, database: str) -> None:
        self._shop = shop
        self._text = (
            f"{shop.source('--enable-check;')} inception_magic_start; use {database};\n"
            + "".join(f"insert into t (id, a) values ({n}, '{'x' * 2000}');\n" for n in range(3))
            + "alter table t add b int; update t set a = 'y' where id = 1; inception_magic_commit;"
        )
        self.checked = self.vanished = 0
        self.errors: list[str] = []

    def run(self, seconds: float) -> None:
        """Let all of them work for that long, and wait until the gateway has seen the last of them go."""
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._one, args=(number, until)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_until(lambda: [row[5] for row in self._shop.ask("inception get processlist")] == ["LOCAL"], 30)

    def _one(self, number: int, until: float) -> None:
        rnd = random.Random(number)
        while time.monotonic() < until:
            try:
                with contextlib.closing(self._shop.client(autocommit=None)) as client:
                    self._vanish(client, rnd) if number % 3 == 0 else self._check(client)
            except (pymysql.MySQLError, OSError, AssertionError) as error:
                self.errors.append(repr(error))

    def _check(self, client: "pymysql.Connection[Any]") -> None:
        with client.cursor() as cursor:
            cursor.execute(self._text)
            rows = cursor.fetchall()
        assert len(rows) == 6
        assert all(row[1] == "CHECKED" for row in rows)
        self.checked += 1

    def _vanish(self, client: "pymysql.Connection[Any]", rnd: random.Random) -> None:
        """Send all or a part of a batch and leave, politely or not, at once or a moment later."""
        connection: socket.socket = client._sock  # type: ignore[attr-defined]
        text = self._text.encode()
        packet = (len(text) + 1).to_bytes(3, "little") + b"\0\x03" + text
        connection.sendall(packet[: rnd.choice((len(packet), len(packet) // 2, 2))])
        time.sleep(rnd.choice((0.0, 0.05, 0.3)))
        if rnd.random() < 0.5:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        client._force_close()  # type: ignore[attr-defined]
        self.vanished += 1


def memory(pid: int) -> int:
    """Return the resident memory of a process, in KB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def open_files(pid: int) -> int:
    """Return how many descriptors a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.skipif("SOAK" not in os.environ, reason="takes minutes: make soak")
def test_a_soak_of_many_checking_clients_leaks_nothing(own: Shop, database: str, sql: Any) -> None:
    sql("create table t (id int unsigned not null primary key comment 'i', a varchar(2500)) comment 't'")
    gateway = own.gateway
    crowd = Crowd(own, database)
    for _ in range(WARM_UP):
        crowd.run(ROUND_SECONDS)
    before, files = memory(gateway.pid), open_files(gateway.pid)
    for _ in range(ROUNDS):
        crowd.run(ROUND_SECONDS)
    assert crowd.errors == []
    assert memory(gateway.pid) < before * GROWTH
    assert open_files(gateway.pid) <= files + 4  # a worker more or less
    assert crowd.checked > 2 * CLIENTS  # each client that stays, at least once a round
    assert crowd.vanished > CLIENTS
    assert [row.stage for row in own.check(f"use {database};")] == ["CHECKED"]
    # the forkserver, its resource tracker and idle workers: no more than may work at a time
    wait_until(lambda: len(all_descendants(gateway.pid)) <= 2 + 2)
    with own.target.connect() as target:
        wait_until(lambda: len(target.query("SHOW PROCESSLIST")) <= 5)
    assert "Traceback" not in gateway.log
