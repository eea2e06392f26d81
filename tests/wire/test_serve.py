"""The server as a process: readiness for systemd, the keys it makes, addresses it listens on, its end."""

import socket
import stat
import threading
from pathlib import Path
from typing import Any

import pymysql
import pytest
from click.testing import CliRunner

from inception.cli import main
from inception.serve import notify
from inception.settings.accounts import read_users
from tests.servers import Gateway, ServerDied
from tests.wire.authority import Authority


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    bound.bind(str(tmp_path / "notify"))
    bound.settimeout(10)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return bound


def test_readiness_and_stop(listener: socket.socket, tmp_path: Path) -> None:
    with listener, Gateway(state_directory=tmp_path / "state") as gateway:
        gateway.start()
        assert listener.recv(100) == b"READY=1"
        assert stat.S_IMODE((tmp_path / "state/tls.pem").stat().st_mode) == 0o600
        with pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl={"check_hostname": False}) as client:
            assert client._secure  # type: ignore[attr-defined]
        gateway.stop()
        assert listener.recv(100) == b"STOPPING=1"


def test_nobody_to_notify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in ("", "relative", str(tmp_path / "gone")):
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        notify("READY=1")


def test_an_abstract_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind("\0inception-test-notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "@inception-test-notify")
        notify("READY=1")
        assert bound.recv(100) == b"READY=1"


def test_client_certificates_allow_other_addresses_without_users(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    cert, key = ours.issue("server")
    with Gateway(
        bind_address="0.0.0.0", tls_cert=cert, tls_key=key, tls_ca=ours.ca, tls_require_client_certificate="ON",
        state_directory=tmp_path,
    ) as gateway:  # fmt: skip
        gateway.start()
        with pytest.raises(pymysql.OperationalError) as caught:
            pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl_disabled=True)
        assert caught.value.args[0] == 3159
        with pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl=ours.context(ours.issue("client"))):
            pass


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"tls_cert": "/nonexistent.pem"}, "together"), ({"tls_require_client_certificate": "ON"}, "needs tls_ca"),
     ({"state_directory": "/dev/null/x"}, "state_directory")],
)  # fmt: skip
def test_what_cannot_be_kept_stops_the_start(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ServerDied, match=says):
        Gateway(**settings).start()


def test_hash_password_prints_what_users_holds() -> None:
    done = CliRunner().invoke(main, ["hash-password", "--password", "s3cret"])
    lines = dict(line.split(": ", 1) for line in done.output.strip().splitlines())
    user = read_users({"u": {name: value.strip("'") for name, value in lines.items()}})["u"]
    assert user.password_hash.startswith("*")
    assert user.password_sha2.startswith("$A$005$")


def test_a_running_request_has_its_grace(tmp_path: Path) -> None:
    """A client that is connected but idle is closed at once, and a stop with nothing to wait for is quick."""
    with Gateway(state_directory=tmp_path) as gateway:
        gateway.start()
        client = pymysql.connect(host="127.0.0.1", port=gateway.port, user="u", ssl={"check_hostname": False})
        stopping = threading.Thread(target=gateway.stop)
        stopping.start()
        stopping.join(10)
        assert not stopping.is_alive()
        with pytest.raises(pymysql.err.MySQLError):
            client.ping(reconnect=False)
