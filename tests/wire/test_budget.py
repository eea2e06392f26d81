"""One memory budget for the requests of all connections."""

import socket

import pymysql
import pytest

from inception.errors import ServerError
from inception.wire.framing import Framing
from inception.wire.limits import Budget
from tests.wire.conftest import Start
from tests.wire.support import error_of, wait_until

MIB = 1 << 20


def framing(budget: Budget) -> Framing:
    made = Framing(budget)
    made.begin_command(100)
    return made


def test_what_a_packet_holds_is_taken_and_given_back() -> None:
    budget = Budget(lambda: 100)
    first, second = framing(budget), framing(budget)
    first.feed(b"\x3c\0\0\0" + b"a" * 60)
    assert first.next_packet() == bytearray(b"a" * 60)
    assert budget.used == 60
    second.feed(b"\x3c\0\0\0" + b"b" * 60)
    with pytest.raises(ServerError) as caught:
        second.next_packet()
    assert caught.value.errno == 1041
    assert budget.used == 60
    first.begin_command(100)
    assert budget.used == 0
    second.begin_command(100)
    second.feed(b"\x3c\0\0\0" + b"c" * 60)
    assert second.next_packet() == bytearray(b"c" * 60)


def test_the_part_of_a_packet_that_did_not_fit_is_given_back_at_once() -> None:
    budget = Budget(lambda: 50)
    part = framing(budget)
    part.feed(b"\x3c\0\0\0" + b"a" * 40)
    assert part.next_packet() is None
    assert budget.used == 40
    part.feed(b"a" * 19)
    assert part.next_packet() is None
    assert budget.used == 0


def test_all_connections_share_it(start: Start) -> None:
    server = start(request_memory=4 * MIB, max_allowed_packet=3 * MIB)
    holder = server.raw()
    holder.login()
    holder.socket.sendall((3 * MIB).to_bytes(3, "little") + b"\0\x03" + b"x" * (2 * MIB))  # and never the rest
    budget = server.server._service.budget
    wait_until(lambda: budget.used >= 2 * MIB, "the part to arrive")
    with server.connect() as connection, connection.cursor() as cursor:
        with pytest.raises(pymysql.MySQLError) as caught:
            cursor.execute("digest " + "x" * (2 * MIB + 1000))
        assert caught.value.args[0] == 1041
        cursor.execute("digest " + "x" * MIB)
        holder.close()
        wait_until(lambda: budget.used < MIB, "what the other held")
        cursor.execute("digest " + "x" * (2 * MIB + 1000))
    wait_until(lambda: budget.used == 0, "everything to be given back")


def test_a_running_request_holds_its_memory(start: Start) -> None:
    server = start(request_memory=3 * MIB, max_allowed_packet=3 * MIB)
    client, other = server.raw(), server.raw()
    client.login()
    other.login()
    budget = server.server._service.budget
    client.socket.sendall(client.packet(b"\x03sleep 30" + b" " * (2 * MIB), 0))
    server.wait_for("sleep")
    assert budget.used > 2 * MIB
    assert error_of(other.query("x" * (2 * MIB)))[0] == 1041
    client.close()
    wait_until(lambda: budget.used < MIB, "the memory of the client that left")
    assert other.query("x" * (2 * MIB))[0] == 1
    other.close()


def test_keepalive_notices_within_minutes(start: Start) -> None:
    server = start()
    client = server.raw()
    client.login()
    (connection,) = server.server._service.connections.values()
    accepted = connection.stream._transport.get_extra_info("socket")
    assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    idle, interval, count = (
        accepted.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
    )
    assert idle + interval * count <= 180
    client.close()
