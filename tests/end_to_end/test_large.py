"""What a large request takes of the gateway's memory, and that it gives it back."""

import contextlib
import socket
from pathlib import Path

import pymysql
import pytest

from inception.report import FIELDS
from inception.wire.framing import MAX_CHUNK
from tests.servers import Gateway, MariaDB, wait_until
from tests.wire.support import RawClient

SIZE = 64 << 20
NOWHERE = "/*--host=127.0.0.1;--port=1;--user=u;--password=;--check;*/ inception_magic_start;"


def memory(pid: int, what: str) -> int:
    """Return the resident memory of a process in bytes: VmRSS now, VmHWM at most so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024


@pytest.mark.parametrize(
    ("head", "tail", "code"),
    [
        ("nonsense '", "'", 2576),
        (f"{NOWHERE} insert into t values ('", "'); inception_magic_commit;", 2003),
        (f"{NOWHERE} insert into t values ('", "');", 2504),
    ],
    ids=["no batch", "batch", "no commit"],
)
def test_a_large_request_takes_its_size_until_its_worker_has_it(head: str, tail: str, code: int) -> None:
    with Gateway(max_allowed_packet="1G", request_memory="1G") as gateway:
        pid = gateway.start().pid
        before = memory(pid, "VmRSS")
        client = pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl_disabled=True)
        with contextlib.closing(client), client.cursor() as cursor:
            with pytest.raises(pymysql.MySQLError) as caught:
                cursor.execute(f"{head}{'x' * (SIZE - len(head) - len(tail))}{tail}")
            assert caught.value.args[0] == code
            cursor.execute("select 1")
        assert memory(pid, "VmHWM") - before < 1.3 * SIZE
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


def test_a_large_answer_passes_through_at_the_pace_of_its_client(mariadb: MariaDB) -> None:
    """The row repeats the statement; the gateway keeps neither. A client that leaves in the middle costs nothing."""
    size = SIZE // 2
    sql = f"insert into nowhere.t values ('{'x' * size}')"
    head = NOWHERE.replace("--port=1;", f"--port={mariadb.port};").replace("--user=u;", "--user=root;")
    batch = b"\x03" + f"{head} {sql}; inception_magic_commit;".encode()
    with Gateway(max_allowed_packet="1G", request_memory="1G") as gateway:
        pid = gateway.start().pid
        before = memory(pid, "VmRSS")
        for whole in (False, True):
            client = RawClient(gateway.port)
            client.login()
            client.socket.settimeout(120)
            for start in range(0, len(batch) + 1, MAX_CHUNK):
                client.send(batch[start : start + MAX_CHUNK], start // MAX_CHUNK)
            packets = [client.read_packet() for _ in range(1 + len(FIELDS))]  # all but the row
            assert packets[0] == bytes((len(FIELDS),))
            if whole:
                assert sql.encode() in client.read_packet()
                assert client.read_packet()[0] == 0xFE
                client.send(b"\x0e", 0)
                assert client.read_packet()[0] == 0
            client.close()
        assert memory(pid, "VmHWM") - before < 1.3 * size


def test_the_end_of_a_long_packet_ends_an_open_batch(mariadb: MariaDB) -> None:
    head = NOWHERE.replace("--port=1;", f"--port={mariadb.port};").replace("--user=u;", "--user=root;")
    sql = f"insert into nowhere.t values ('{'x' * (2 << 20)}')"
    with Gateway() as gateway:
        client = pymysql.connect(host="127.0.0.1", port=gateway.start().port, user="u", ssl_disabled=True)
        with contextlib.closing(client), client.cursor() as cursor:
            cursor.execute(head)
            assert cursor.execute(sql) == 0
            cursor.execute(f"{sql};\n-- the end\ninception_magic_commit;")
            assert [row[5] for row in cursor.fetchall()] == [sql, sql]
            cursor.execute(head)
            with pytest.raises(pymysql.MySQLError, match="does not end with inception_magic_commit"):
                cursor.execute(f"{sql}; -- inception_magic_commit")
            assert cursor.execute("select 1") == 1


def processlist(gateway: Gateway) -> tuple[tuple[object, ...], ...]:
    client = pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl_disabled=True)
    with contextlib.closing(client), client.cursor() as cursor:
        cursor.execute("inception get processlist")
        return cursor.fetchall()
