"""What a request leaves in the gateway when it has ended, counted in bytes of Python's objects."""

import asyncio
import contextlib
import gc
import socket
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from inception.gateway import Gateway
from inception.gateway.workers import Pool
from inception.rule import rule_variables
from inception.settings import Settings
from inception.settings.config import Config
from inception.wire.server import WireServer
from inception.wire.session import Session
from tests.servers import MariaDB
from tests.wire.support import RawClient, wait_until

SIZE = 1 << 20  # of a request's text
COUNT = 6
Runs = Callable[[], bool]  # tells whether the request runs
Leave = Callable[[RawClient, bytes, Runs], None]  # what a client does with the packet of a batch before it goes


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of a target that never greets: a request for it runs until it is stopped."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def waits(client: RawClient, packet: bytes, _: Runs) -> None:
    """Take the answer."""
    client.send(packet, 0)
    while client.read_packet()[0] not in (0xFE, 0xFF):
        pass


def vanishes(client: RawClient, packet: bytes, runs: Runs) -> None:
    """Go away while the request runs."""
    client.send(packet, 0)
    wait_until(runs, "the request to run")


def vanishes_at_once(client: RawClient, packet: bytes, _: Runs) -> None:
    """Go away as soon as all is sent."""
    client.send(packet, 0)


def vanishes_midway(client: RawClient, packet: bytes, _: Runs) -> None:
    """Go away when half of it is sent."""
    client.socket.sendall(client.packet(packet, 0)[: len(packet) // 2])


async def retained(port: int, leave: Leave) -> tuple[int, int]:
    """Serve clients; return the bytes that are left of each: at once, and when the garbage is collected."""
    gateway = Gateway(Config({}, {}, {}), Settings(rule_variables()), Pool())
    server = WireServer(lambda client: Session(client, gateway), users={})
    await server.start("127.0.0.1", 0)
    head = f"/*--host=127.0.0.1;--port={port};--user=root;--password=;--check;*/ inception_magic_start;"
    packet = b"\x03" + f"{head} insert into t values ('{'x' * SIZE}'); inception_magic_commit;".encode()

    def visit() -> None:
        with contextlib.closing(RawClient(server.port)) as client:
            client.login()
            leave(client, packet, lambda: any(task.worker for task in gateway.tasks.running.values()))

    async def serve(count: int) -> None:
        for _ in range(count):
            await asyncio.to_thread(visit)
            while gateway.tasks.running or server.clients():
                await asyncio.sleep(0.01)

    try:
        await serve(COUNT)
        gc.collect()
        tracemalloc.start()
        gc.disable()
        await serve(COUNT)
        at_once, _ = tracemalloc.get_traced_memory()
        gc.collect()
        later, _ = tracemalloc.get_traced_memory()
    finally:
        gc.enable()
        tracemalloc.stop()
        await gateway.close(0)
        await server.stop(0)
    return at_once // COUNT, later // COUNT


@pytest.mark.parametrize(
    ("target", "leave"),
    [("there", waits), ("none", waits), ("deaf", vanishes), ("deaf", vanishes_at_once), ("there", vanishes_midway)],
)
def test_an_ended_request_leaves_nothing_large(mariadb: MariaDB, deaf: int, target: str, leave: Leave) -> None:
    """Its text is let go at once, not when the garbage is collected; a small record of it is all that stays."""
    port = {"there": mariadb.port, "deaf": deaf, "none": 1}[target]
    at_once, later = asyncio.run(retained(port, leave))
    assert at_once < SIZE / 8
    assert later < 2560
