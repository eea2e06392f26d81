"""What a large request takes of the gateway's memory, and that it gives it back."""

import contextlib
from pathlib import Path

import pymysql
import pytest

from tests.servers import Gateway

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
