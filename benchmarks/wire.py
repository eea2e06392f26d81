"""The wire beside mysql-mimic's own server, on this machine in the same run: `python -m benchmarks.wire`.

A PASS or FAIL line for each figure that is promised: simple commands are answered at least 1.3 times as fast, the rows
of an answer that nobody reads take no memory, 3,000 TLS logins lose none. Rows per second carry no promise.

Other work on the machine only ever slows a server down: of many short rounds, in which the two take turns, the best of
each counts. The processor time that a command takes is told, too: other work hardly touches it.
"""

import asyncio
import multiprocessing
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import pymysql

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value
from inception.sent import Sent
from inception.wire.certificates import prepare
from inception.wire.handler import Client
from inception.wire.server import WireServer

_RATIO = 1.3
_ROUNDS = 40
_COMMANDS = 400
_CONNECTIONS = (1, 8)
_ROWS, _ROW_ROUNDS = 100_000, 3
_UNREAD_MIB = 16.0  # what the kernel and one read-ahead may take, whatever the length of the result
_AT_ONCE, _WAVES = 300, 10
_TEXT = "0123456789" * 5


def _rows(count: int) -> Iterator[Sequence[Value]]:
    for number in range(count):
        yield number, _TEXT, _TEXT


class _Ours:
    """The least a handler can do."""

    def __init__(self, _: Client) -> None:
        pass

    def statements(self, text: Sent) -> Sequence[Sent]:
        return [text]

    def query(self, text: Sent) -> Answer:
        word, _, count = text.head.partition(" ")
        if word == "SET":
            return Ok()
        if word != "rows":
            return ResultSet((Field("1", CellType.INT),), [(1,)])
        return ResultSet((Field("n", CellType.INT), Field("a"), Field("b")), _rows(int(count)))

    def use(self, database: str) -> Answer:
        return Ok()

    def kill(self, connection_id: int) -> Answer:
        return Ok()

    def reset(self) -> None:
        pass

    def closed(self) -> None:
        pass


async def _serve_ours(ready: Connection) -> None:
    with tempfile.TemporaryDirectory() as state:
        security = prepare(Path(state))
    server = WireServer(_Ours, users={}, security=security)
    await server.start("127.0.0.1", 0)
    ready.send(server.port)
    await asyncio.Event().wait()


async def _serve_mimic(ready: Connection) -> None:
    from mysql_mimic import MysqlServer, Session  # type: ignore[import-untyped]

    class Answering(Session):  # type: ignore[misc]
        async def handle_query(self, sql: str, attrs: Any) -> Any:
            word, _, count = sql.partition(" ")
            if word == "SET":
                return None
            if word != "rows":
                return [(1,)], ["1"]
            return list(_rows(int(count))), ["n", "a", "b"]

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MysqlServer(session_factory=Answering)
    await server.start_server(host="127.0.0.1", port=port)
    ready.send(port)
    await asyncio.Event().wait()


def _process(serve: Callable[[Connection], Any], ready: Connection) -> None:
    asyncio.run(serve(ready))


class _Server:
    """A server in a process of its own."""

    def __init__(self, serve: Callable[[Connection], Any]) -> None:
        here, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=_process, args=(serve, there), daemon=True)
        self.process.start()
        self.port: int = here.recv()

    def connect(self) -> "pymysql.Connection[Any]":
        return pymysql.connect(host="127.0.0.1", port=self.port, user="u", ssl_disabled=True, autocommit=None)

    def memory(self) -> float:
        """Return its resident memory, in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def processor_time(self) -> float:
        """Return how long it has run on a processor, in seconds."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def stop(self) -> None:
        self.process.terminate()
        self.process.join()


class _Speed(NamedTuple):
    """Commands per second, and the microseconds of the server's processor time that one takes."""

    rate: float
    processor: float


def _speed(server: _Server, connections: int) -> _Speed:
    """Ask as fast as bare sockets can, on all at once: a driver written in Python would be what is measured."""
    packet = b"\x09\0\0\0\x03select 1"
    with ExitStack() as stack:
        sockets = [stack.enter_context(server.connect())._sock for _ in range(connections)]  # type: ignore[attr-defined]
        for each in sockets:
            length = len(_answer(each, packet))
        worked, began = server.processor_time(), time.perf_counter()
        for _ in range(_COMMANDS // connections):
            for each in sockets:
                each.sendall(packet)
            for each in sockets:
                each.recv(length, socket.MSG_WAITALL)
        seconds, worked = time.perf_counter() - began, server.processor_time() - worked
        return _Speed(_COMMANDS / seconds, worked / _COMMANDS * 1e6)


def _answer(raw: socket.socket, packet: bytes) -> bytes:
    raw.sendall(packet)
    time.sleep(0.05)
    return raw.recv(65536)


def _commands(ours: _Server, mimic: _Server, connections: int) -> bool:
    rounds = [(_speed(ours, connections), _speed(mimic, connections)) for _ in range(_ROUNDS)]
    own, other = (
        _Speed(max(each.rate for each in of), min(each.processor for each in of)) for of in zip(*rounds, strict=True)
    )
    ratio = own.rate / other.rate
    return _line(
        ratio >= _RATIO,
        f"simple commands, {connections} at a time: {own.rate:,.0f}/s ({own.processor:.0f} µs of processor time each),"
        f" mysql-mimic {other.rate:,.0f}/s ({other.processor:.0f} µs): {ratio:.2f} times (at least {_RATIO})",
    )


def _rows_per_second(server: _Server) -> float:
    with server.connect() as connection, connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(f"rows {_ROWS}")
        return _ROWS / (time.perf_counter() - began)


def _unread(server: _Server, rows: int) -> float:
    """Return what memory grows by while an answer of so many rows is not read, in MiB."""
    with server.connect() as connection:
        before = server.memory()
        text = f"rows {rows}".encode()
        connection._sock.sendall((len(text) + 1).to_bytes(3, "little") + b"\0\x03" + text)  # type: ignore[attr-defined]
        connection._sock.recv(1000)  # type: ignore[attr-defined]  # it has begun
        time.sleep(1.5)
        return server.memory() - before


def _logins_lost(server: _Server) -> int:
    """Return how many of many TLS logins failed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def once(_: int) -> bool:
        try:
            with pymysql.connect(host="127.0.0.1", port=server.port, user="u", ssl=context, autocommit=None) as client:
                client.query("select 1")
        except pymysql.MySQLError:
            return False
        return True

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(not done for _ in range(_WAVES) for done in pool.map(once, range(_AT_ONCE)))


def _line(passed: bool, text: str) -> bool:
    print(f"{'PASS' if passed else 'FAIL'}  {text}")
    return passed


def main() -> int:
    """Measure, print, and return the exit code."""
    ours, mimic = _Server(_serve_ours), _Server(_serve_mimic)
    try:
        results = [_commands(ours, mimic, connections) for connections in _CONNECTIONS]
        rows = [(_rows_per_second(ours), _rows_per_second(mimic)) for _ in range(_ROW_ROUNDS)]
        own, other = (max(each) for each in zip(*rows, strict=True))
        print(f"      rows of a large result, read by PyMySQL: {own:,.0f}/s, mysql-mimic {other:,.0f}/s")
        grown = [_unread(ours, rows) for rows in (1_000_000, 10_000_000)]
        shown = " and ".join(f"+{each:.1f} MiB" for each in grown)
        passed = max(grown) <= _UNREAD_MIB
        lost = _logins_lost(ours)
        results.append(_line(lost == 0, f"{_AT_ONCE * _WAVES:,} TLS logins in waves of {_AT_ONCE}: {lost} lost (none)"))
        results.append(_line(passed, f"an unread result of 1 and of 10 million rows: {shown} (at most {_UNREAD_MIB})"))
    finally:
        ours.stop()
        mimic.stop()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
