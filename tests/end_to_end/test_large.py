"""What a large request takes of the gateway's memory, and that it gives it back."""

import contextlib
import socket
from pathlib import Path

import pymysql
import pytest

from tests.servers import Gateway, wait_until
from tests.wire.support import RawClient

SIZE = 64 << 20
NOWHERE = "/*--host=127.0.0.1;--port=1;--user=u;--password=;--check;*/ inception_magic_start;"


def memory(pid: int, what: str) -> int:
    """Return the resident memory of a process in bytes: VmRSS now, VmHWM at most so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024


@pytest.mark.parametrize(
    ("head", "tail", "code", "times"),
    [
        ("nonsense '", "'", 2576, 2.3),  # the packet, and its text
        (f"{NOWHERE} insert into t values ('", "'); inception_magic_commit;", 2003, 3.4),  # text, and to the worker
    ],
    ids=["no batch", "batch"],
)
def test_a_large_request_takes_a_few_times_its_size_for_a_while(head: str, tail: str, code: int, times: float) -> None:
    with Gateway(max_allowed_packet="1G", request_memory="1G") as gateway:
        pid = gateway.start().pid
        before = memory(pid, "VmRSS")
        client = pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl_disabled=True)
        with contextlib.closing(client), client.cursor() as cursor:
            with pytest.raises(pymysql.MySQLError) as caught:
                cursor.execute(f"{head}{'x' * (SIZE - len(head) - len(tail))}{tail}")
            assert caught.value.args[0] == code
            cursor.execute("select 1")
        assert memory(pid, "VmHWM") - before < times * SIZE
        assert memory(pid, "VmRSS") - before < 0.5 * SIZE


def test_nothing_is_kept_of_the_requests_of_clients_that_vanish() -> None:
    """Their tasks are listed for a day; their texts are not part of that."""
    size, count = 8 << 20, 12
    with Gateway() as gateway, socket.create_server(("127.0.0.1", 0)) as deaf:  # a target that never greets
        head = NOWHERE.replace("--port=1;", f"--port={deaf.getsockname()[1]};")
        packet = b"\x03" + f"{head} insert into t values ('{'x' * size}'); inception_magic_commit;".encode()
        pid = gateway.start().pid
        before = memory(pid, "VmRSS")
        for _ in range(count):
            client = RawClient(gateway.port)
            client.login()
            client.send(packet, 0)
            wait_until(lambda: len(processlist(gateway)) == 2)
            client.close()
            wait_until(lambda: len(processlist(gateway)) == 1)
        assert memory(pid, "VmRSS") - before < count * size / 2


def processlist(gateway: Gateway) -> tuple[tuple[object, ...], ...]:
    client = pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl_disabled=True)
    with contextlib.closing(client), client.cursor() as cursor:
        cursor.execute("inception get processlist")
        return cursor.fetchall()
