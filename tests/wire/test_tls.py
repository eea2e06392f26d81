"""TLS, the server's keys, certificates of clients."""

import concurrent.futures
import hashlib
import logging
import socket
import ssl
import stat
import struct
import time
from pathlib import Path

import pymysql
import pytest

from inception.errors import ConfigError
from inception.wire.certificates import default_state_directory, prepare
from inception.wire.tls import Security
from tests.wire.authority import Authority
from tests.wire.conftest import Start
from tests.wire.support import RawClient, Running, error_of, native_user, wait_until

SSL_REQUEST = struct.pack("<IIB23x", RawClient.CAPABILITIES | 0x800, 1 << 24, 45)
QUIET = ssl.create_default_context()
QUIET.check_hostname = False
QUIET.verify_mode = ssl.CERT_NONE


def connect(server: Running, context: ssl.SSLContext = QUIET) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    return pymysql.connect(host="127.0.0.1", port=server.port, user="u", ssl=context, read_timeout=20)


def ask(connection: "pymysql.Connection[pymysql.cursors.Cursor]", text: str) -> tuple[tuple[object, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


@pytest.fixture
def secure(start: Start, security: Security) -> Running:
    return start(security=security)


class TlsClient:
    """A raw client that speaks TLS from the SSLRequest on."""

    def __init__(self, server: Running) -> None:
        self.raw = server.raw()
        self.raw.scramble()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = QUIET.wrap_bio(self.incoming, self.outgoing)
        self._step()

    def _step(self) -> bool:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def shake_hands(self) -> None:
        while not self._step():
            self.raw.socket.sendall(self.outgoing.read())
            self.incoming.write(self.raw.socket.recv(65536))
        self.raw.socket.sendall(self.outgoing.read())

    def log_in(self) -> bytes:
        self.tls.write(self.raw.packet(self.raw.response("u", b""), 2))
        self.raw.socket.sendall(self.outgoing.read())
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self.incoming.write(self.raw.socket.recv(65536))


def test_request_and_handshake_in_one_segment(secure: Running) -> None:
    client = TlsClient(secure)
    client.raw.socket.sendall(client.raw.packet(SSL_REQUEST) + client.outgoing.read())
    client.shake_hands()
    assert client.log_in()[4] == 0
    client.raw.close()


def test_request_and_handshake_byte_by_byte(secure: Running) -> None:
    client = TlsClient(secure)
    client.raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in client.raw.packet(SSL_REQUEST) + client.outgoing.read():
        client.raw.socket.sendall(bytes((byte,)))
    client.shake_hands()
    assert client.log_in()[4] == 0
    client.raw.close()


def test_a_login_sent_in_the_clear_after_the_request_is_not_taken(secure: Running) -> None:
    client = secure.raw()
    client.scramble()
    client.socket.sendall(client.packet(SSL_REQUEST) + client.packet(client.response("u", b""), 2))
    with pytest.raises((EOFError, ConnectionError)):
        while True:
            assert client.receive(1) != b"\0"  # an alert at most
    assert secure.program.events == []
    client.close()


def test_a_login_that_claims_tls_without_it_is_refused(secure: Running) -> None:
    client = secure.raw()
    client.scramble()
    client.send(struct.pack("<I", RawClient.CAPABILITIES | 0x800) + client.response("u", b"")[4:])
    assert error_of(client.read_packet())[0] == 1043
    client.close()


def test_garbage_for_a_handshake_is_logged_and_closed(secure: Running, caplog: pytest.LogCaptureFixture) -> None:
    client = secure.raw()
    client.scramble()
    with caplog.at_level(logging.WARNING):
        client.socket.sendall(client.packet(SSL_REQUEST) + b"garbage" * 100)
        with pytest.raises((EOFError, ConnectionError)):
            client.receive(1000)
        wait_until(lambda: "TLS with 127.0.0.1 failed" in caplog.text, "a line in the log")
    client.close()


def test_large_packets_both_ways(secure: Running) -> None:
    text = "q" * (20 << 20)
    with connect(secure) as connection:
        connection.max_allowed_packet = 1 << 30
        assert ask(connection, "digest " + text) == ((len(text), hashlib.sha1(text.encode()).hexdigest()),)
        ((cell, end),) = ask(connection, f"cell {17 << 20}")
        assert (len(str(cell)), end) == (17 << 20, "end")


def test_a_slow_reader_holds_back_the_rows(secure: Running) -> None:
    client = TlsClient(secure)
    client.raw.send(SSL_REQUEST)
    client.shake_hands()
    client.log_in()
    client.tls.write(client.raw.packet(b"\x03rows 10000000", 0))
    client.raw.socket.sendall(client.outgoing.read())
    wait_until(lambda: secure.program.rows_made > 0, "rows")
    made = -1
    while made != secure.program.rows_made:
        made = secure.program.rows_made
        time.sleep(0.2)
    assert made < 200_000
    client.raw.close()


def test_300_handshakes_at_once_and_no_client_lost(secure: Running) -> None:
    def once(number: int) -> object:
        with connect(secure) as connection:
            return ask(connection, f"n{number}")[0][0]

    with concurrent.futures.ThreadPoolExecutor(300) as pool:
        assert list(pool.map(once, range(300))) == [f"n{number}" for number in range(300)]
    wait_until(lambda: not secure.server.clients(), "all to end")


def test_tls_is_refused_where_it_is_not_offered(start: Start) -> None:
    with pytest.raises(pymysql.OperationalError):
        connect(start())


# Secure transport.


def test_require_secure_transport(start: Start, security: Security, tmp_path: Path) -> None:
    required = Security(security.context, security.password_key, require_secure_transport=True)
    server = start(native_user("u", "p"), tmp_path / "s", required)
    with pytest.raises(pymysql.OperationalError) as caught:
        server.connect("u", "p")
    assert caught.value.args[0] == 3159
    with pymysql.connect(host="127.0.0.1", port=server.port, user="u", password="p", ssl=QUIET):
        pass
    with pymysql.connect(unix_socket=str(tmp_path / "s"), user="u", password="p"):
        pass


# Certificates.


def test_client_certificates(start: Start, tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    cert, key = ours.issue("server")
    needed = prepare(tmp_path / "state", cert=cert, key=key, ca=ours.ca, require_client_certificate=True)
    server = start(security=needed)
    with pytest.raises(pymysql.OperationalError):  # no TLS
        server.connect()
    for pair in (None, theirs.issue("stranger")):
        with pytest.raises(pymysql.OperationalError), connect(server, ours.context(pair)) as refused:
            ask(refused, "whoami")
    with connect(server, ours.context(ours.issue("client"))) as connection:
        assert ask(connection, "whoami") == (("u@127.0.0.1 None utf8mb4",),)


def test_the_configured_certificate_is_shown(start: Start, tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    cert, key = ours.issue("server")
    with connect(start(security=prepare(tmp_path / "state", cert=cert, key=key)), ours.context()) as connection:
        assert ask(connection, "x") == (("x",),)
    assert not (tmp_path / "state/tls.pem").exists()


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    state = tmp_path / "a/state"
    prepare(state)
    files = {path.name: path.read_bytes() for path in state.iterdir()}
    assert set(files) == {"tls.pem", "rsa.pem"}
    assert [stat.S_IMODE(path.stat().st_mode) for path in (state, *state.iterdir())] == [0o700, 0o600, 0o600]
    prepare(state)
    assert files == {path.name: path.read_bytes() for path in state.iterdir()}


def test_servers_that_start_at_once_share_their_keys(tmp_path: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: prepare(tmp_path / "state"), range(4)))
    assert {path.name for path in (tmp_path / "state").iterdir()} == {"tls.pem", "rsa.pem"}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"cert": "c.pem"}, "together"),
        ({"cert": "missing.pem", "key": "missing.pem"}, "'missing.pem' can't be used: No such file"),
        ({"ca": "missing.pem"}, "tls_ca 'missing.pem'"),
        ({"require_client_certificate": True}, "needs tls_ca"),
    ],
)
def test_unusable_files_stop_the_start(tmp_path: Path, given: dict[str, str], part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        prepare(tmp_path, **given)  # type: ignore[arg-type]
    assert part in caught.value.message


def test_a_state_directory_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="state_directory"):
        prepare(tmp_path / "file/state")


def test_the_state_directory_is_systemds_or_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/inception:/other")
    assert default_state_directory() == Path("/var/lib/inception")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/x/.state")
    assert default_state_directory() == Path("/home/x/.state/inception")
