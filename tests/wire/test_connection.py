"""The connection: login, framing, limits, clients that leave, clients that break the rules."""

import hashlib
import logging
import random
import resource
import socket
import struct
import time
from pathlib import Path

import pymysql
import pytest

from inception.wire.limits import Limits
from tests.wire.conftest import Start
from tests.wire.support import RawClient, Running, error_of, native_response, native_user, query, wait_until

USERS = native_user("dba", "right")


# Login.


def test_login_with_the_right_password(start: Start) -> None:
    with start(USERS).connect("dba", "right") as connection:
        assert query(connection, "whoami") == (("dba@127.0.0.1 None utf8mb4",),)


@pytest.mark.parametrize(("user", "password"), [("dba", "wrong"), ("nobody", "right"), ("nobody", ""), ("dba", "")])
def test_wrong_password_and_unknown_user_are_told_alike(start: Start, user: str, password: str) -> None:
    with pytest.raises(pymysql.OperationalError) as caught:
        start(USERS).connect(user, password)
    used = "YES" if password else "NO"
    assert caught.value.args == (1045, f"Access denied for user '{user}'@'127.0.0.1' (using password: {used})")


def test_a_refused_client_that_goes_on_is_not_served(start: Start) -> None:
    server = start(USERS)
    client = server.raw()
    client.send(client.login_packet("dba", "wrong"))
    client.socket.sendall(client.packet(b"\x03whoami", 0))  # at once, not waiting for the answer
    assert error_of(client.read_packet())[:2] == (1045, "28000")
    assert client.ended()
    assert server.program.queries == []
    client.close()


def test_a_query_instead_of_a_login_is_not_served(start: Start) -> None:
    server = start(USERS)
    client = server.raw()
    client.read_packet()
    client.send(b"\x03whoami")
    assert client.read_packet()[:3] == b"\xff\x13\x04"  # 1043 Bad handshake
    assert client.ended()
    assert server.program.queries == []
    client.close()


def test_a_client_with_another_plugin_is_asked_to_switch(start: Start) -> None:
    client = start(USERS).raw()
    client.scramble()
    client.send(client.response("dba", b"x" * 32, "caching_sha2_password"))
    switch = client.read_packet()
    assert switch.startswith(b"\xfemysql_native_password\0")
    client.send(native_response(b"right", switch.split(b"\0")[1]))
    assert client.read_packet()[0] == 0
    client.close()


def test_too_slow_a_login_is_cut_off(start: Start) -> None:
    client = start(login_timeout=0.2).raw()
    client.read_packet()
    assert client.ended()  # long before the 10 s after which this client gives up
    client.close()


def test_little_is_taken_before_login(start: Start) -> None:
    client = start().raw()
    client.read_packet()
    client.socket.sendall((70_000).to_bytes(3, "little") + b"\x01" + b"x" * 1000)
    assert client.read_packet()[:3] == b"\xff\x81\x04"  # 1153
    assert client.ended()
    client.close()


def test_change_user(start: Start) -> None:
    server = start({**USERS, **native_user("other", "pw")})
    client = server.raw()
    assert client.login("dba", "right")[0] == 0
    switch = client.command(0x11, b"other\0\0shop\0" + struct.pack("<H", 28))
    client.send(native_response(b"pw", switch.split(b"\0")[1]))
    assert client.read_packet()[0] == 0
    assert b"other@127.0.0.1 shop gbk" in whole_answer(client, "whoami")
    assert server.program.events == ["closed"]
    client.close()


def test_a_failed_change_of_user_ends_the_connection(start: Start) -> None:
    server = start(USERS)
    client = server.raw()
    assert client.login("dba", "right")[0] == 0
    client.command(0x11, b"dba\0\0\0")
    client.send(b"x" * 20)
    client.socket.sendall(client.packet(b"\x03whoami", 0))
    assert error_of(client.read_packet())[0] == 1045
    assert client.ended()
    assert server.program.queries == []
    client.close()


def whole_answer(client: RawClient, text: str) -> bytes:
    """Return all packets of a result set, joined."""
    client.send(b"\x03" + text.encode(), 0)
    packets = [client.read_packet()]
    while not (packets[-1][0] in (0xFE, 0xFF) and len(packets[-1]) < 9):
        packets.append(client.read_packet())
    return b"".join(packets)


def test_an_ssl_request_is_refused_as_long_as_tls_is_not_offered(server: Running) -> None:
    client = server.raw()
    client.read_packet()
    client.send(struct.pack("<IIB23x", RawClient.CAPABILITIES | 0x800, 1 << 24, 45))
    assert client.read_packet()[:3] == b"\xff\x13\x04"
    assert client.ended()
    client.close()


# Framing.


def test_everything_split_byte_by_byte(server: Running) -> None:
    client = server.raw()
    login = client.packet(client.login_packet("u", ""))
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for data in (login, client.packet(b"\x03done", 0)):
        for byte in data:
            client.socket.sendall(bytes((byte,)))
            time.sleep(0.001)
        assert client.read_packet()[0] == 0
    client.close()


def test_several_commands_in_one_segment(raw: RawClient) -> None:
    raw.socket.sendall(raw.packet(b"\x0e", 0) + raw.packet(b"\x03done", 0) + raw.packet(b"\x0e", 0))
    assert [raw.read_packet()[0] for _ in range(3)] == [0, 0, 0]


CHUNK = 0xFFFFFF


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 17 << 20, 2 * CHUNK, 64 << 20])
def test_large_queries(server: Running, size: int) -> None:
    text = "q" * (size - 1 - len("digest "))  # the packet has the command byte as well
    with server.connect() as connection:
        connection.max_allowed_packet = 1 << 30
        assert query(connection, "digest " + text) == ((len(text), hashlib.sha1(text.encode()).hexdigest()),)


@pytest.mark.parametrize("size", [CHUNK - 9, CHUNK - 8, CHUNK - 7, 17 << 20])
def test_large_cells(server: Running, size: int) -> None:
    with server.connect() as connection:
        ((cell, end),) = query(connection, f"cell {size}")
        assert (len(str(cell)), end) == (size, "end")
        assert query(connection, "after") == (("after",),)


def test_a_packet_out_of_order_ends_the_connection(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03whoami", 5)
    assert error_of(raw.read_packet())[:2] == (1156, "08S01")
    assert raw.ended()
    assert server.program.queries == []


def test_a_packet_too_large_is_refused_and_the_connection_goes_on(start: Start) -> None:
    server = start(max_allowed_packet=1 << 20)
    with server.connect() as connection:
        for size in (1 << 20, 20 << 20):
            with pytest.raises(pymysql.MySQLError) as caught:
                query(connection, "x" * size)
            assert caught.value.args[0] == 1153
        assert query(connection, "digest " + "x" * ((1 << 20) - 8))[0][0] == (1 << 20) - 8


def test_a_packet_too_large_is_not_held_in_memory(start: Start) -> None:
    server = start(max_allowed_packet=1 << 20)
    client = server.raw()
    client.login()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block = b"x" * (1 << 20)
    for number in range(16):
        client.socket.sendall(b"\xff\xff\xff" + bytes((number,)))
        for _ in range(15):
            client.socket.sendall(block)
        client.socket.sendall(block[:-1])
    client.send(b"", 16)
    assert error_of(client.read_packet())[0] == 1153
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KB; 256 MB were sent
    assert client.command(0x0E)[0] == 0
    client.close()


def test_limits_may_change_while_a_client_is_connected(server: Running) -> None:
    with server.connect() as connection:
        query(connection, "x" * 100)
        server.server.limits = Limits(max_allowed_packet=50)
        query(connection, "y")  # the wait for this one began under the old limit
        with pytest.raises(pymysql.MySQLError, match="max_allowed_packet"):
            query(connection, "x" * 100)


@pytest.mark.parametrize("seed", range(30))
def test_garbage_ends_in_an_error_or_a_closed_connection(start: Start, seed: int) -> None:
    server = start(login_timeout=0.3)
    rnd = random.Random(seed)
    client = server.raw()
    if seed % 2:
        client.login()
        client.socket.sendall(rnd.randbytes(rnd.randrange(1, 400)))
    else:
        client.read_packet()
        payload = struct.pack("<I", rnd.getrandbits(32) | RawClient.PROTOCOL_41) + rnd.randbytes(rnd.randrange(0, 90))
        client.send(payload)
    client.socket.shutdown(socket.SHUT_WR)
    client.socket.settimeout(3)
    try:
        while client.socket.recv(4096):
            pass
    except ConnectionError:
        pass
    client.close()
    with server.connect() as connection:
        assert query(connection, "next") == (("next",),)
    wait_until(lambda: not server.server.clients(), "all connections to end")


# Commands.


def test_simple_commands(server: Running, raw: RawClient) -> None:
    assert raw.command(0x0E)[0] == 0  # COM_PING
    assert raw.command(0x02, b"shop")[0] == 0  # COM_INIT_DB
    assert raw.command(0x04, b"t\0")[0] == 0xFE  # COM_FIELD_LIST
    assert raw.command(0x1B, b"\0\0")[0] == 0xFE  # COM_SET_OPTION
    assert raw.command(0x09).startswith(b"Uptime: ")  # COM_STATISTICS
    assert raw.command(0x1F)[0] == 0  # COM_RESET_CONNECTION
    assert server.program.events == ["reset"]
    assert b"shop" in whole_answer(raw, "whoami")


def test_closing_a_statement_is_not_answered(raw: RawClient) -> None:
    raw.send(b"\x19\x01\0\0\0", 0)
    assert raw.command(0x0E)[0] == 0


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x05", b"\x12", b"\xff"])
def test_unknown_commands(raw: RawClient, payload: bytes) -> None:
    raw.send(payload, 0)
    assert error_of(raw.read_packet())[:2] == (1047, "08S01")
    assert raw.command(0x0E)[0] == 0


def test_quit(server: Running, raw: RawClient) -> None:
    raw.send(b"\x01", 0)
    assert raw.ended()
    assert server.program.events == ["closed"]


def test_kill_a_running_and_an_unknown_connection(server: Running, raw: RawClient) -> None:
    victim = server.server.clients()[0].connection_id
    raw.send(b"\x03sleep 30", 0)
    server.wait_for("sleep")
    other = server.raw()
    other.login()
    assert other.command(0x0C, struct.pack("<I", victim))[0] == 0
    assert raw.ended()
    assert error_of(other.command(0x0C, struct.pack("<I", victim)))[0] == 1094
    assert error_of(other.command(0x0C, b"\1"))[0] == 1835
    other.close()
    assert server.program.events[:3] == ["sleep", "cancelled", "closed"]


def test_reset_goes_back_to_the_character_set_of_the_login(raw: RawClient) -> None:
    assert raw.query("set names gbk")[0] == 0
    assert b" gbk" in whole_answer(raw, "whoami")
    assert raw.command(0x1F)[0] == 0
    assert b" utf8mb4" in whole_answer(raw, "whoami")


# Errors.


def test_an_error_of_ours_carries_its_code(server: Running) -> None:
    with server.connect() as connection:
        with pytest.raises(pymysql.MySQLError) as caught:
            query(connection, "refuse")
        assert caught.value.args == (2576, "Must start as begin statement.")
        assert query(connection, "next") == (("next",),)


@pytest.mark.parametrize("text", ["bug", "misshapen", "late_bug"])
def test_a_bug_is_logged_not_shown(server: Running, text: str, caplog: pytest.LogCaptureFixture) -> None:
    with server.connect() as connection, caplog.at_level(logging.ERROR):
        with pytest.raises(pymysql.MySQLError) as caught:
            query(connection, text)
        assert caught.value.args == (1105, "Internal error; the server's log has the details.")
        assert query(connection, "next") == (("next",),)
    assert caplog.records[0].exc_info is not None


def test_an_error_after_the_first_rows(server: Running) -> None:
    with server.connect() as connection:
        with pytest.raises(pymysql.MySQLError) as caught:
            query(connection, "late")
        assert caught.value.args[0] == 1317
        assert query(connection, "next") == (("next",),)


# Stopping.


def test_stop_lets_a_request_end_and_closes_idle_clients(server: Running, raw: RawClient) -> None:
    idle = server.raw()
    idle.login()
    raw.send(b"\x03sleep 0.5", 0)
    server.wait_for("sleep")
    server.stop(grace=5)
    assert raw.read_packet()[0] == 0
    assert raw.ended()
    assert idle.ended()
    assert server.program.events.count("closed") == 2
    assert "cancelled" not in server.program.events
    with pytest.raises(ConnectionRefusedError):
        server.raw()
    idle.close()


def test_stop_cancels_what_lasts_longer(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03sleep 30", 0)
    server.wait_for("sleep")
    server.stop(grace=0.1)
    assert server.program.events == ["sleep", "cancelled", "closed"]
    assert raw.ended()


def test_a_unix_socket(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "s"
    server = start(socket_path=path)
    with pymysql.connect(unix_socket=str(path), user="u") as connection:
        assert query(connection, "whoami") == (("u@localhost None utf8mb4",),)
    server.stop()
    assert not path.exists()
