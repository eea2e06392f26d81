"""A little of the garbage of fuzz.py; and clients in number who come, ask, and vanish."""

import gc
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.conftest import Start
from tests.wire.fuzz import Target, attack
from tests.wire.support import RawClient, Running, wait_until


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    attacked = Target(tmp_path_factory.mktemp("fuzz"))
    yield attacked
    attacked.close()


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_garbage_ends_and_leaves_nothing(target: Target, start: int) -> None:
    for seed in range(start, start + 20):
        attack(target, seed)
    target.check(start + 19)


def memory() -> int:
    """Return the resident memory of this process, in KB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def one_client(server: Running, seed: int, until: float) -> None:
    rnd = random.Random(seed)
    while time.monotonic() < until:
        client = RawClient(server.port)
        client.login()
        for _ in range(rnd.randrange(1, 10)):
            client.query("done")
        end = rnd.randrange(4)
        if end == 0:
            client.send(b"\x03rows 100000", 0)  # and never reads it
        elif end == 1:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        elif end == 2:
            client.send(b"\x03sleep 30", 0)
        client.close()


def test_a_soak_of_many_clients_leaks_nothing(start: Start) -> None:
    """200 clients, some of which vanish in the middle; no memory is kept for them."""
    server = start(login_timeout=30.0)

    def wave(seconds: float) -> int:
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=one_client, args=(server, seed, until)) for seed in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_until(lambda: not server.server._service.connections, "all connections to end", 10)
        server.program.queries.clear()
        server.program.events.clear()
        gc.collect()
        return memory()

    for _ in range(3):
        before = wave(1.2)
    after = [wave(1.2) for _ in range(2)][-1]
    assert after < before * 1.05
    assert server.server._service.budget.used == 0
