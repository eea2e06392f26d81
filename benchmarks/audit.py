"""The audit, from a client's packet to the last row of the answer, in one run: `python -m benchmarks.audit`.

A PASS or FAIL line for each figure that is promised. The promises are for a machine where a plain loop of PyMySQL asks
SELECT 1 some 9,400 times a second; they are scaled by how often it does here, measured before and after each round, so
that a slower or busier machine is judged alike. A client pings the gateway all the while.

    python -m benchmarks.audit [--only inserts,rows] [--rounds 3]
"""

import argparse
import multiprocessing
import statistics
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pymysql

from benchmarks.figures import Figure
from tests.servers import Gateway, MariaDB

_ROUND_TRIPS = 9400  # SELECT 1 a second, where the promises come from
_COLUMNS = "id, a, b, c, d, e, f, g, h, i"
_TABLE = """CREATE TABLE shop.t (id INT UNSIGNED NOT NULL PRIMARY KEY, a INT, b VARCHAR(50), c VARCHAR(100),
d DECIMAL(12,2), e DATETIME, f CHAR(1), g VARCHAR(20), h TINYINT, i VARCHAR(40)) ENGINE=InnoDB"""
_KINDS = (
    ("int", "0"),
    ("varchar(50)", "''"),
    ("decimal(10,2)", "0"),
    ("datetime", "'2024-01-01'"),
)
_PACKET = (1 << 24) - 1
_MIB = 1 << 20


def _row(n: int) -> str:
    return (
        f"({n}, {n * 7 % 1000}, 'name {n}', 'a text of some length {n}', {n}.25, '2024-01-02 03:04:05', 'x', NULL, "
        f"{n % 2}, 'it''s {n}')"
    )


def _wide_row(n: int) -> str:
    return f"({n}, 1, '😀名{n}', '{'😀' * 40}', 1.5, '2024-01-02', 'x', NULL, 0, '')"


def _inserts() -> str:
    return ";\n".join(f"insert into t ({_COLUMNS}) values {_row(n)}" for n in range(10_000))


def _rows(count: int, row: Callable[[int], str] = _row) -> str:
    return f"insert into t ({_COLUMNS}) values " + ",\n".join(map(row, range(count)))


def _of_megabytes(row: Callable[[int], str]) -> str:
    size = len(row(500_000).encode()) + 2
    return _rows(100_000_000 // size, row)


def _updates() -> str:
    return ";\n".join(f"update t set a = {n}, b = 'new {n}' where id = {n}" for n in range(5000))


def _creates() -> str:
    return ";\n".join(map(_create, range(1000)))


def _create(n: int) -> str:
    kinds = (_KINDS[place % len(_KINDS)] for place in range(19))
    columns = "".join(
        f"  c{place} {kind} not null default {value} comment 'column {place}',\n"
        for place, (kind, value) in enumerate(kinds)
    )
    return (
        f"create table new_{n} (\n  id bigint unsigned not null auto_increment comment 'key',\n{columns}"
        "  primary key (id),\n  unique key uniq_c1 (c1, c2),\n  key idx_c4 (c4, c5)\n)"
        f" engine=InnoDB default charset=utf8mb4 comment='table {n}'"
    )


@dataclass(frozen=True)
class Case:
    """A batch. `least` is the promised number a second, or `most` the promised seconds."""

    name: str
    make: Callable[[], str]
    count: int
    unit: str
    least: float | None = None
    most: float | None = None


CASES = {
    "inserts": Case("10,000 INSERTs of one row, 10 columns", _inserts, 10_000, "/s", 25_000),
    "rows": Case("one INSERT of 10,000 rows", lambda: _rows(10_000), 10_000, "rows/s", 120_000),
    "updates": Case("5,000 UPDATEs by primary key", _updates, 5000, "/s", 20_000),
    "creates": Case("1,000 CREATE TABLEs, 20 columns and 3 keys", _creates, 1000, "/s", 250),
    "large": Case("one INSERT of 100 MB", lambda: _of_megabytes(_row), 1, "s", most=15),
    "wide": Case("one INSERT of 100 MB, 4-byte characters", lambda: _of_megabytes(_wide_row), 1, "s", most=15),
}


def _connect(port: int, **options: Any) -> "pymysql.Connection[Any]":
    return pymysql.connect(
        host="127.0.0.1", port=port, user="root", ssl_disabled=True, charset="utf8mb4", autocommit=None, **options
    )


def _round_trips(target: "pymysql.Connection[Any]") -> float:
    """Return how often a plain loop asks SELECT 1 in a second."""
    with target.cursor() as cursor:
        began = time.perf_counter()
        for _ in range(2000):
            cursor.execute("SELECT 1")
            cursor.fetchone()
        return 2000 / (time.perf_counter() - began)


def _answered(client: "pymysql.Connection[Any]", batch: bytes) -> tuple[float, bytes]:
    """Send a batch; return the seconds until its whole answer is here, and the answer's last row.

    The answer is only taken off the wire: a driver written in Python would be what is measured.
    """
    began = time.perf_counter()
    client._execute_command(3, batch)  # type: ignore[attr-defined]
    stream = client._rfile  # type: ignore[attr-defined]
    ends, last, long = 0, b"", False
    while ends < 2:
        (head,) = struct.unpack("<I", stream.read(4))
        size = head & 0xFFFFFF
        payload = stream.read(size)
        if not long and payload[:1] == b"\xff":
            raise RuntimeError(payload[3:].decode())
        if not long and payload[:1] == b"\xfe" and size < 9:
            ends += 1
        elif not long:
            last = payload[:200]
        long = size == _PACKET
    return time.perf_counter() - began, last


def _ping(port: int, pipe: Pipe) -> None:
    """Ping the gateway until told to stop; send the milliseconds that each took."""
    client, taken = _connect(port), []
    while not pipe.poll(0.005):
        began = time.perf_counter()
        client.ping(reconnect=False)
        taken.append(1000 * (time.perf_counter() - began))
    client.close()
    pipe.send(taken)


@contextmanager
def _pinging(port: int, taken: list[float]) -> Iterator[None]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_ping, args=(port, theirs), daemon=True)
    process.start()
    try:
        yield
    finally:
        ours.send("stop")
        taken += ours.recv()
        process.join()


class _Memory(threading.Thread):
    """Watches what the gateway and its workers hold together, in MiB."""

    def __init__(self, gateway: int) -> None:
        super().__init__(daemon=True)
        self.gateway, self.peak, self.done = gateway, 0.0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(map(_resident, _family(self.gateway))))


def _family(process: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        children += map(int, task.read_text().split())
    return [process, *(each for child in children for each in _family(child))]


def _resident(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _figures(names: list[str], rounds: int) -> Iterator[Figure]:
    taken: list[float] = []
    with MariaDB() as server, Gateway(max_allowed_packet="256M", general_log="OFF") as gateway:
        server.start(max_allowed_packet="256M")
        gateway.start()
        target, client = _connect(server.port), _connect(gateway.port, max_allowed_packet=1 << 28)
        target.query("CREATE DATABASE shop CHARACTER SET utf8mb4")
        target.query(_TABLE)
        memory = _Memory(gateway.pid)
        memory.start()
        with _pinging(gateway.port, taken):
            for name in names:
                memory.peak = 0.0
                yield from _case(CASES[name], server, target, client, memory, rounds)
        memory.done.set()
        target.close()
        client.close()
    taken.sort()
    yield Figure("a ping meanwhile, 99 of 100", taken[int(len(taken) * 0.99)], "ms", most=50)
    yield Figure("a ping meanwhile, the longest", taken[-1], "ms", most=250)


def _case(
    case: Case,
    server: MariaDB,
    target: "pymysql.Connection[Any]",
    client: "pymysql.Connection[Any]",
    memory: _Memory,
    rounds: int,
) -> Iterator[Figure]:
    source = (
        f"/*--host=127.0.0.1;--port={server.port};--user=root;--password=;--check;*/ inception_magic_start; use shop;\n"
    )
    batch = f"{source}{case.make()};\ninception_magic_commit;".encode()
    measured = []
    for _ in range(1 if case.most else rounds):
        before = _round_trips(target)
        seconds, last = _answered(client, batch)
        if b"CHECKED" not in last or b"Audit completed" not in last:
            raise RuntimeError(f"{case.name}: {last!r}")
        measured.append((seconds, statistics.mean((before, _round_trips(target))) / _ROUND_TRIPS))
    seconds, speed = min(measured, key=lambda each: each[0] * each[1])
    if case.least is not None:
        yield Figure(case.name, case.count / seconds, case.unit, least=round(case.least * speed))
    else:
        yield Figure(case.name, seconds, case.unit, most=round((case.most or 0) / speed, 1))
    yield Figure("    SELECT 1 in a loop", speed * _ROUND_TRIPS, "/s")
    limit = 1024.0 if case.most else None
    yield Figure("    memory of gateway and worker, at most", memory.peak, "MiB", most=limit)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    failed = 0
    for figure in _figures(given.only.split(","), given.rounds):
        print(figure, flush=True)
        failed += not figure.kept
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
