"""Clients that leave, are slow, or are too many."""

import concurrent.futures
import resource
import socket
import struct
import time

import pymysql
import pytest

from tests.wire.conftest import Start
from tests.wire.support import RawClient, Running, error_of, query, wait_until


def test_a_client_that_leaves_has_its_request_cancelled(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03sleep 30", 0)
    server.wait_for("sleep")
    raw.close()
    server.wait_for("closed")
    assert server.program.events == ["sleep", "cancelled", "closed"]
    wait_until(lambda: not server.server.clients(), "the connection to end")


def test_a_client_that_resets_has_its_request_cancelled(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03sleep 30", 0)
    server.wait_for("sleep")
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()
    server.wait_for("closed")
    assert server.program.events == ["sleep", "cancelled", "closed"]


@pytest.mark.parametrize("length", [0, 1, 6])
@pytest.mark.parametrize("logged_in", [False, True])
def test_a_half_closed_socket_is_closed(server: Running, logged_in: bool, length: int) -> None:
    """Who sends no more is taken for gone, in the middle of a packet, too, and before login."""
    client = server.raw()
    if logged_in:
        client.login()
    else:
        client.read_packet()
    client.socket.sendall(client.packet(b"\x03whoami", 0 if logged_in else 1)[:length])
    client.socket.shutdown(socket.SHUT_WR)
    assert client.ended()
    client.close()
    wait_until(lambda: not server.server._service.connections, "the connection to end")


def test_a_half_closed_socket_has_its_request_cancelled(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03sleep 30", 0)
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.ended()
    server.wait_for("closed")
    assert server.program.events in (["sleep", "cancelled", "closed"], ["closed"])  # it may have gone before it began


def test_what_was_answered_before_a_socket_was_half_closed_can_be_read(server: Running, raw: RawClient) -> None:
    raw.socket.sendall(raw.packet(b"\x03done", 0) + raw.packet(b"\x03whoami", 0))
    raw.socket.shutdown(socket.SHUT_WR)
    assert [raw.read_packet()[0] for _ in range(5)] == [0, 1, 3, 24, 0xFE]
    assert raw.ended()


def test_a_client_that_resets_is_answered_no_further(
    server: Running, raw: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what it sent in one go nor further statements of one packet are written to a socket that is gone."""
    raw.command(0x1B, b"\0\0")
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.socket.sendall(raw.packet(b"\x03" + b"done;;" * 2000, 0) + raw.packet(b"\x03done", 0) * 2000)
    raw.close()
    server.wait_for("closed")
    assert caplog.messages == []


def test_a_handler_may_finish_its_work_after_the_client_left(server: Running, raw: RawClient) -> None:
    raw.send(b"\x03stubborn 30", 0)
    server.wait_for("sleep")
    raw.close()
    server.wait_for("closed")
    assert server.program.events == ["sleep", "cancelled", "finished", "closed"]


def test_something_else_that_was_cancelled_is_an_error_of_the_request_only(raw: RawClient) -> None:
    assert error_of(raw.query("stray"))[0] == 1105
    assert raw.command(0x0E)[0] == 0


def test_a_client_that_floods_during_its_request_is_cut_off(start: Start) -> None:
    server = start(max_allowed_packet=100_000)
    client = server.raw()
    client.login()
    client.send(b"\x03sleep 30", 0)
    with pytest.raises(OSError):
        for _ in range(1000):
            client.socket.sendall(b"x" * 100_000)
    server.wait_for("closed")
    client.close()


def test_a_slow_reader_holds_back_the_rows(server: Running, raw: RawClient) -> None:
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    raw.send(b"\x03rows 10000000", 0)
    wait_until(lambda: server.program.rows_made > 0, "rows")
    made = -1
    while made != server.program.rows_made:
        made = server.program.rows_made
        time.sleep(0.2)
    assert made < 200_000  # of 10 million; kernel buffers take a few MB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50_000):
        raw.read_packet()
    wait_until(lambda: server.program.rows_made > made, "more rows")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    with server.connect() as other:
        assert query(other, "x") == (("x",),)


def test_a_reader_that_takes_nothing_is_cut_off(start: Start) -> None:
    server = start(net_write_timeout=0.3)
    client = server.raw()
    client.login()
    client.send(b"\x03rows 10000000", 0)
    server.wait_for("closed")
    client.close()


def test_too_many_connections(start: Start) -> None:
    server = start(max_connections=2)
    clients = [server.connect(), server.connect()]
    with pytest.raises(pymysql.MySQLError) as caught:
        server.connect()
    assert caught.value.args == (1040, "Too many connections")
    clients.pop().close()
    wait_until(lambda: len(server.server.clients()) == 1, "a free place")
    clients.append(server.connect())
    for client in clients:
        client.close()


def test_an_idle_client_is_closed(start: Start) -> None:
    client = start(wait_timeout=0.2).raw()
    client.login()
    assert client.ended()
    client.close()


def test_a_client_that_stops_within_a_packet_is_closed(start: Start) -> None:
    client = start(net_read_timeout=0.2).raw()
    client.login()
    client.socket.sendall(b"\x05\0\0\0\x03")
    assert client.ended()
    client.close()


def test_parallel_connects(server: Running) -> None:
    def once(number: int) -> object:
        with server.connect() as connection:
            return query(connection, f"n{number}")[0][0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(once, range(200))) == [f"n{number}" for number in range(200)]
    wait_until(lambda: not server.server.clients(), "all to end")
