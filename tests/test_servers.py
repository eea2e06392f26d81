"""The private servers themselves: what tests take for granted when they use them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inception.errors import ConnectionLost, ServerError
from inception.mysql import connect
from tests import processes
from tests.conftest import KINDS, demand
from tests.processes import PROJECT, free_port, greets
from tests.secrets import awkward
from tests.servers import DatabaseServer, Gateway, MariaDB, NotInstalled, ServerDied, wait_until


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> type[DatabaseServer]:
    return KINDS[request.param]


def test_row_images_are_full_and_their_metadata_is_what_the_server_defaults_to(target: DatabaseServer) -> None:
    with target.connect() as connection:
        default = "NO_LOG" if connection.version.mariadb else "MINIMAL"
        names = ("log_bin", "binlog_format", "binlog_row_image", "binlog_row_metadata")
        assert connection.variables(*names) == dict(zip(names, ("ON", "ROW", "FULL", default), strict=True))


def test_it_listens_on_the_loopback_address_only(target: DatabaseServer) -> None:
    with target.connect() as connection:
        assert connection.variables("bind_address") == {"bind_address": "127.0.0.1"}


def test_servers_side_by_side_differ_in_port_id_and_data(mariadb: MariaDB, backup_server: MariaDB) -> None:
    with mariadb.connect() as one, backup_server.connect() as other, mariadb.database() as database:
        assert mariadb.port != backup_server.port
        assert one.value("SELECT @@server_id") != other.value("SELECT @@server_id")
        assert other.query(f"SHOW DATABASES LIKE '{database}'") == []


def test_a_committed_row_outlives_a_crash_of_a_durable_server(kind: type[DatabaseServer]) -> None:
    with kind() as server:
        server.start(durable=True)
        port = server.port
        with server.connect() as connection:
            connection.query("CREATE DATABASE d")
            connection.query("CREATE TABLE d.t (a INT PRIMARY KEY)")
            connection.query("INSERT INTO d.t VALUES (1), (2)")
        server.kill()
        assert not server.alive
        server.restart(binlog_row_image="MINIMAL")
        assert server.port == port
        with server.connect() as connection:
            assert connection.value("SELECT COUNT(*) FROM d.t") == "2"
            assert connection.variables("binlog_row_image", "sync_binlog") == {
                "binlog_row_image": "MINIMAL",
                "sync_binlog": "1",
            }


def test_a_server_that_is_stopped_exits_in_order_and_answers_no_more() -> None:
    with MariaDB() as server:
        server.start()
        assert greets(server.port)
        assert server.stop() == 0
        assert not greets(server.port)
        assert "Shutdown complete" in server.log
    assert not server.directory.exists()


def test_an_account_has_its_password_and_its_grants_only(target: DatabaseServer) -> None:
    address = target.create_user("clerk", awkward("it's \\ "), "SELECT ON mysql.*")
    with connect(address) as connection:
        assert connection.value("SELECT CURRENT_USER()") == "clerk@%"
        with pytest.raises(ServerError, match="denied"):
            connection.query("CREATE DATABASE clerks_own")
    with pytest.raises(ServerError) as refused:
        target.connect("clerk", "wrong")
    assert refused.value.errno == 1045


def test_a_database_is_new_and_gone_afterwards(mariadb: MariaDB) -> None:
    with mariadb.database() as one, mariadb.database() as other, mariadb.connect() as connection:
        assert one != other
        assert connection.query(f"SHOW TABLES FROM {one}") == []
    with mariadb.connect() as connection:
        assert connection.query(f"SHOW DATABASES LIKE '{one}'") == []


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with MariaDB() as server, pytest.raises(ServerDied, match="unknown variable 'no-such-option=1'"):
        server.start(no_such_option="1")


def test_a_port_that_was_taken_meanwhile_is_replaced(mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = iter([mariadb.port, free_port()])
    monkeypatch.setattr(processes, "free_port", lambda: next(ports))
    # what greets on the taken port is another server
    with MariaDB() as server:
        server.start()
        assert server.port != mariadb.port
        with server.connect() as connection:
            assert connection.value("SELECT @@port") == str(server.port)


def test_the_gateway_greets_and_ends_in_order() -> None:
    with Gateway() as gateway:
        gateway.start()
        assert greets(gateway.port)
        assert gateway.stop() == 0, gateway.log
        assert not greets(gateway.port)


def test_a_server_that_is_to_be_kept_outlives_its_block() -> None:
    with MariaDB(keep=True) as server:
        server.start()
    assert greets(server.port)
    with pytest.raises(ZeroDivisionError), server:
        _ = 1 / 0
    assert not greets(server.port)
    assert not server.directory.exists()


def test_servers_die_with_the_process_that_started_them() -> None:
    script = (
        "import os, signal\n"
        "from tests.servers import MariaDB\n"
        "server = MariaDB().start()\n"
        "print(server.pid, server.directory, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL
    pid, directory = done.stdout.split()
    wait_until(lambda: not _runs(int(pid)))
    subprocess.run(["rm", "-r", directory], check=True)


def _runs(pid: int) -> bool:
    """Tell whether a process is there and is no zombie that nobody has waited for."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_waiting_ends_with_an_error_that_names_the_condition() -> None:
    def the_moon_is_blue() -> bool:
        return False

    with pytest.raises(TimeoutError, match="the_moon_is_blue"):
        wait_until(the_moon_is_blue, 0.05)


def test_a_server_that_is_absent_skips_or_fails_if_it_was_asked_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in KINDS.values():
        monkeypatch.setattr(kind, "find", classmethod(lambda _: None))
    monkeypatch.setattr(request.config.option, "servers", "mariadb")
    with pytest.raises(pytest.skip.Exception, match="MySQL"):
        demand("mysql", request.config)
    with pytest.raises(pytest.fail.Exception, match="mariadb-server-core"):
        demand("mariadb", request.config)
    with pytest.raises(NotInstalled):
        MariaDB()


@pytest.mark.parametrize(
    ("test", "shown"),
    [
        ("def test(mariadb): mariadb.connect(password='wrong')", "log of MariaDB"),
        (
            "from tests.servers import MariaDB\ndef test():\n  with MariaDB() as s: s.start(); 1 / 0",
            "end of the log of",
        ),
    ],
    ids=["session", "own"],
)
def test_a_failed_test_shows_what_its_servers_logged(tmp_path: Path, test: str, shown: str) -> None:
    (tmp_path / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert shown in done.stdout
    assert "1 failed" in done.stdout


def test_a_session_whose_server_is_gone_always_says_so() -> None:
    with MariaDB() as server:
        server.start()
        with server.connect() as connection:
            server.kill()
            for _ in range(2):
                with pytest.raises(ConnectionLost) as caught:
                    connection.query("SELECT 1")
                assert caught.value.message
