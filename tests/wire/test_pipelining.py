"""Commands that are answered as soon as they arrive: many at once, unread answers, what ends them."""

import socket
import time

import pytest

from tests.wire.conftest import Start
from tests.wire.support import RawClient, Running, error_of, wait_until

PING, DONE, QUIT = b"\x0e", b"\x03done", b"\x01"


def test_many_commands_in_one_go_are_answered_in_order(server: Running, raw: RawClient) -> None:
    raw.socket.sendall(b"".join(raw.packet(b"\x03digest " + b"x" * (number % 7), 0) for number in range(1000)))
    for number in range(1000):
        assert raw.read_packet() == b"\2"
        raw.read_packet()
        raw.read_packet()
        assert raw.read_packet()[:2] == b"\x01%d" % (number % 7)
        assert raw.read_packet()[0] == 0xFE


def test_a_client_that_sends_without_end_does_not_keep_others_waiting(server: Running, raw: RawClient) -> None:
    raw.socket.setblocking(False)
    pings = raw.packet(PING, 0) * 20_000
    other = server.raw()
    other.login()
    for _ in range(20):
        try:
            while True:
                raw.socket.send(pings)
        except BlockingIOError:
            assert other.query("done")[0] == 0
        try:
            while raw.socket.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
    other.close()


def test_answers_that_are_not_read_hold_back_the_commands_behind_them(server: Running, raw: RawClient) -> None:
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    count = 400
    raw.socket.sendall(raw.packet(b"\x03cell 100000", 0) * count)
    wait_until(lambda: server.program.queries != [], "a query")
    served = -1
    while served != len(server.program.queries):
        served = len(server.program.queries)
        time.sleep(0.2)
    assert served < count // 2  # kernel buffers take a few MB of the 40
    for _ in range(5 * count):
        raw.read_packet()
    assert len(server.program.queries) == count


def test_nothing_is_done_after_the_client_took_its_leave(server: Running, raw: RawClient) -> None:
    raw.socket.sendall(raw.packet(DONE, 0) + raw.packet(QUIT, 0) + raw.packet(b"\x03after", 0))
    assert raw.read_packet()[0] == 0
    assert raw.ended()
    server.wait_for("closed")
    assert server.program.queries == ["done"]


def test_commands_behind_one_that_takes_time_wait_for_it(server: Running, raw: RawClient) -> None:
    raw.socket.sendall(raw.packet(b"\x03sleep 0.1", 0) + raw.packet(b"\x03refuse", 0) + raw.packet(PING, 0))
    assert b"slept" in raw.read_packet()
    assert error_of(raw.read_packet())[0] == 2576
    assert raw.read_packet()[0] == 0


@pytest.mark.parametrize("part", [b"", b"\x05\0\0", b"\x05\0\0\0\x03"])
def test_the_clock_runs_on_after_a_command(start: Start, part: bytes) -> None:
    limits = {"net_read_timeout": 0.2} if part else {"wait_timeout": 0.2}
    server = start(**limits)
    client = server.raw()
    client.login()
    client.socket.sendall(client.packet(PING, 0) + part)
    assert client.read_packet()[0] == 0
    assert client.ended()
    client.close()


def test_a_command_too_large_does_not_swallow_the_next(start: Start) -> None:
    client = start(max_allowed_packet=100).raw()
    client.login()
    client.socket.sendall(client.packet(b"\x03" + b"x" * 200, 0) + client.packet(PING, 0))
    assert error_of(client.read_packet())[0] == 1153
    assert client.read_packet()[0] == 0
    client.close()
