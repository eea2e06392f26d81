"""A wire server in a thread of its own, the program behind it, and a client that can break the protocol's rules."""

import asyncio
import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pymysql

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value, texts
from inception.errors import NotABatch, ServerError
from inception.sent import Sent
from inception.settings.accounts import User
from inception.wire.chatter import answer_chatter
from inception.wire.facts import ClientFacts
from inception.wire.handler import Client, Later
from inception.wire.limits import Limits
from inception.wire.native import hash_native
from inception.wire.server import WireServer
from inception.wire.sha2 import hash_sha2
from inception.wire.tls import Security


def native_user(name: str, password: str, role: str = "admin") -> dict[str, User]:
    """Return the users: mapping of one user who has a hash for mysql_native_password only."""
    return {name: User(name, hash_native(password), role)}


def sha2_user(name: str, password: str, role: str = "admin") -> dict[str, User]:
    """Return the users: mapping of one user who has a hash for caching_sha2_password only."""
    return {name: User(name, "", role, hash_sha2(password))}


class Program:
    """What the test's handlers share: what they saw, in order."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.events: list[str] = []
        self.rows_made = 0
        self.server: WireServer | None = None


class Echo:
    """Answers login chatter, and a few words that make every kind of answer."""

    def __init__(self, client: Client, program: Program) -> None:
        self.client = client
        self.program = program
        self.database = client.database

    def statements(self, sent: Sent) -> list[Sent]:
        return [Sent.of(each, sent.charset) for each in sent.text().split(";;")]

    def query(self, sent: Sent) -> Answer | Later:
        text = sent.text()
        answer = answer_chatter(text, ClientFacts(self.client, self.database))
        if answer is not None:
            return answer
        self.program.queries.append(text)
        word, _, rest = text.partition(" ")
        action: Callable[[str], Answer] | None = getattr(self, f"do_{word}", None)
        if word == "sleep":
            return lambda _: self.sleep(float(rest))
        if word == "stubborn":
            return lambda _: self.stubborn(float(rest))
        if word == "stray":
            return lambda _: self.stray()
        if word == "late_bug":
            return lambda _: self.late_bug()
        return action(rest) if action else self.echo(text)

    def echo(self, text: str) -> Answer:
        return ResultSet(texts("text"), [(text,)])

    async def sleep(self, seconds: float) -> Answer:
        self.program.events.append("sleep")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.program.events.append("cancelled")
            raise
        return Ok(info="slept")

    async def stray(self) -> Answer:
        raise asyncio.CancelledError

    async def late_bug(self) -> Answer:
        await asyncio.sleep(0)
        raise KeyError("secret internals")

    async def stubborn(self, seconds: float) -> Answer:
        try:
            return await self.sleep(seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(0.1)
            self.program.events.append("finished")
        return Ok(info="in spite of all")

    def do_digest(self, rest: str) -> Answer:
        data = rest.encode("utf-8", "surrogateescape")
        fields = (Field("length", CellType.INT), Field("sha1"))
        return ResultSet(fields, [(len(data), hashlib.sha1(data).hexdigest())])

    def do_cell(self, rest: str) -> Answer:
        return ResultSet(texts("a", "b"), [("x" * int(rest), "end")])

    def do_rows(self, rest: str) -> Answer:
        return ResultSet((Field("n", CellType.INT), Field("filler")), self.rows(int(rest)))

    def rows(self, count: int) -> Iterator[Sequence[Value]]:
        for number in range(count):
            self.program.rows_made += 1
            yield number, "0123456789" * 10

    def do_mixed(self, _: str) -> Answer:
        fields = (Field("i", CellType.INT), Field("t"))
        return ResultSet(fields, [(1, "ä😀"), (None, None), (-(2**63), ""), (2**63 - 1, "x'\0y")], warnings=3)

    def do_done(self, _: str) -> Answer:
        return Ok(affected_rows=7, warnings=2, info="Rows matched: 7")

    def do_late(self, _: str) -> Answer:
        def rows() -> Iterator[Sequence[Value]]:
            yield ("one",)
            raise ServerError(1317, "Query execution was interrupted", "70100")

        return ResultSet(texts("a"), rows())

    def do_refuse(self, _: str) -> Answer:
        raise NotABatch("Must start as begin statement.")

    def do_bug(self, _: str) -> Answer:
        raise KeyError("secret internals")

    def do_misshapen(self, _: str) -> Answer:
        return ResultSet(texts("a", "b"), [("only one",)])

    def do_whoami(self, _: str) -> Answer:
        return self.echo(f"{self.client.user}@{self.client.host} {self.database} {self.client.charset.client.name}")

    def do_role(self, _: str) -> Answer:
        return self.echo(self.client.role)

    def use(self, database: str) -> Answer:
        self.database = database
        return Ok()

    def kill(self, connection_id: int) -> Answer:
        assert self.program.server is not None
        if not self.program.server.disconnect(connection_id):
            raise ServerError(1094, f"Unknown thread id: {connection_id}")
        return Ok()

    def reset(self) -> None:
        self.program.events.append("reset")

    def closed(self) -> None:
        self.program.events.append("closed")


class Running:
    """A wire server that runs in a thread until `stop`."""

    def __init__(
        self, users: Mapping[str, User], limits: Limits, socket_path: Path | None, security: Security | None = None
    ) -> None:
        self.program = Program()
        self.socket_path = socket_path
        self.loop = asyncio.new_event_loop()
        self.server = WireServer(
            lambda client: Echo(client, self.program), users=users, limits=limits, security=security
        )
        self.program.server = self.server
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.stopped = False
        asyncio.run_coroutine_threadsafe(self.server.start("127.0.0.1", 0, socket_path), self.loop).result(5)

    @property
    def port(self) -> int:
        return self.server.port

    def stop(self, grace: float = 0.0) -> None:
        if not self.stopped:
            self.stopped = True
            asyncio.run_coroutine_threadsafe(self.server.stop(grace), self.loop).result(grace + 10)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    def connect(
        self, user: str = "u", password: str = "", charset: str = "utf8mb4"
    ) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            charset=charset,
            read_timeout=20,
            ssl_disabled=True,  # its default context takes 40 ms to make
        )

    def raw(self) -> "RawClient":
        return RawClient(self.port)

    def wait_for(self, event: str, times: int = 1) -> None:
        wait_until(lambda: self.program.events.count(event) >= times, f"{event} in {self.program.events}")


def query(connection: "pymysql.Connection[pymysql.cursors.Cursor]", text: str) -> tuple[tuple[object, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.005)


class RawClient:
    """A socket and the bare packets of the protocol."""

    PROTOCOL_41 = 0x200
    CAPABILITIES = 0x200 | 0x8000 | 0x80000 | 0x1000000  # 41, secure connection, plugin auth, deprecate EOF

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sequence = 0

    def receive(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            chunk = self.socket.recv(length - len(data))
            if not chunk:
                raise EOFError
            data += chunk
        return bytes(data)

    def read_packet(self) -> bytes:
        payload = b""
        while True:
            head = self.receive(4)
            length = int.from_bytes(head[:3], "little")
            self.sequence = head[3] + 1
            payload += self.receive(length)
            if length < 0xFFFFFF:
                return payload

    def packet(self, payload: bytes, sequence: int | None = None) -> bytes:
        number = self.sequence if sequence is None else sequence
        return len(payload).to_bytes(3, "little") + bytes((number % 256,)) + payload

    def send(self, payload: bytes, sequence: int | None = None) -> None:
        self.socket.sendall(self.packet(payload, sequence))

    def scramble(self) -> bytes:
        """Read the greeting and return its challenge."""
        greeting = self.read_packet()
        version_end = greeting.index(b"\0", 1)
        return greeting[version_end + 5 : version_end + 13] + greeting[version_end + 32 : version_end + 44]

    def login_packet(self, user: str, password: str) -> bytes:
        return self.response(user, native_response(password.encode(), self.scramble()))

    def response(self, user: str, answer: bytes, plugin: str = "mysql_native_password") -> bytes:
        head = struct.pack("<IIB23x", self.CAPABILITIES, 1 << 24, 45)
        return head + user.encode() + b"\0" + bytes((len(answer),)) + answer + plugin.encode() + b"\0"

    def login(self, user: str = "u", password: str = "") -> bytes:
        self.send(self.login_packet(user, password))
        return self.read_packet()

    def command(self, code: int, argument: bytes = b"") -> bytes:
        self.send(bytes((code,)) + argument, 0)
        return self.read_packet()

    def query(self, text: str) -> bytes:
        return self.command(3, text.encode())

    def ended(self) -> bool:
        """Whether the server closed the connection and sent nothing more."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.socket.close()


def native_response(password: bytes, scramble: bytes) -> bytes:
    if not password:
        return b""
    once = hashlib.sha1(password).digest()
    mask = hashlib.sha1(scramble + hashlib.sha1(once).digest()).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def sha2_response(password: bytes, scramble: bytes) -> bytes:
    once = hashlib.sha256(password).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + scramble).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def error_of(packet: bytes) -> tuple[int, str, str]:
    """Return code, SQLSTATE and text of an ERR packet."""
    assert packet[:1] == b"\xff", packet
    return int.from_bytes(packet[1:3], "little"), packet[4:9].decode(), packet[9:].decode()
