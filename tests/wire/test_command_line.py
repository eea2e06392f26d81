"""The `mariadb` and `mysql` command line clients as clients of ours."""

import os
import pty
import select
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from inception.settings.accounts import User
from inception.wire.native import hash_native
from inception.wire.sha2 import hash_sha2
from inception.wire.tls import Security
from tests.wire.clients.matrix import Absent, mariadb_program, mysql_program
from tests.wire.conftest import Start
from tests.wire.support import Running, native_user

COMMANDS = "--loose-commands"  # without it MySQL's, since 9.7, has its own commands on a terminal only
Run = Callable[..., subprocess.CompletedProcess[str]]

BATCH = """/*--user=u;--host=h;*/
inception_magic_start;
-- a; b
insert into t values ('a;b', "中"); # c
inception_magic_commit;
"""


@pytest.fixture(params=["mariadb", "mysql"])
def client(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The start of the argv of a command line."""
    program = mariadb_program() if request.param == "mariadb" else mysql_program()
    if isinstance(program, Absent):
        pytest.skip(program.reason)
    return (*program, "--no-defaults", "-h127.0.0.1")


@pytest.fixture
def run(client: tuple[str, ...]) -> Run:
    """Run a command line to its end."""

    def run(server: Running, *arguments: str, text: str = "", user: str = "u") -> subprocess.CompletedProcess[str]:
        command = [*client, f"-P{server.port}", f"-u{user}", *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=20, check=False)

    return run


def test_execute(run: Run, server: Running) -> None:
    done = run(server, "-e", "inception get osc_percent '*ABC';")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "text\ninception get osc_percent '*ABC'\n"
    assert server.program.queries == ["inception get osc_percent '*ABC'"]


def test_a_file_statement_by_statement(run: Run, server: Running) -> None:
    assert run(server, "-c", text=BATCH).returncode == 0
    assert server.program.queries[0] == "/*--user=u;--host=h;*/\ninception_magic_start"
    assert any("insert into t values ('a;b', " in text for text in server.program.queries)
    assert server.program.queries[-1] == "inception_magic_commit"


def test_a_file_as_one_query_byte_for_byte(run: Run, server: Running) -> None:
    done = run(server, "-c", "--default-character-set=utf8mb4", text=f"delimiter $$\n{BATCH}$$\n")
    assert done.returncode == 0
    assert server.program.queries == [BATCH.rstrip("\n")]


def test_a_use_line_comes_as_init_db(run: Run, server: Running) -> None:
    done = run(server, COMMANDS, text="use shop\nwhoami;\n")
    assert "u@127.0.0.1 shop utf8" in done.stdout


def test_a_table_with_numbers_and_warnings(run: Run, server: Running) -> None:
    done = run(server, "-t", "--default-character-set=utf8mb4", "-e", "mixed")
    assert "|                    1 | ä😀" in done.stdout
    assert "| NULL" in done.stdout


def test_ok_with_info(run: Run, server: Running) -> None:
    done = run(server, "-vvv", "-e", "done")
    assert "Query OK, 7 rows affected, 2 warnings" in done.stdout
    assert "Rows matched: 7" in done.stdout


def test_status(run: Run, server: Running) -> None:
    done = run(server, COMMANDS, "-e", "status")
    assert "8.0.36-inception" in done.stdout
    assert "Threads: 1" in done.stdout


def test_errors(run: Run, server: Running) -> None:
    done = run(server, "-e", "refuse")
    assert (done.returncode, done.stderr.split("\n")[-2]) == (
        1,
        "ERROR 2576 (HY000) at line 1: Must start as begin statement.",
    )


def test_force_goes_on_after_an_error(run: Run, server: Running) -> None:
    assert "two" in run(server, "-f", text="bug;\ntwo;\n").stdout


def test_password(run: Run, start: Start, security: Security) -> None:
    """MariaDB's logs in by mysql_native_password, MySQL's by TLS, whatever hash there is."""
    both = {"dba": User("dba", hash_native("right"), "admin", hash_sha2("right"))}
    for users in (both, native_user("dba", "right")):
        server = start(users, security=security)
        assert run(server, "-pright", "-e", "whoami", user="dba").returncode == 0
        refused = run(server, "-pwrong", "-e", "whoami", user="dba")
        assert refused.returncode == 1
        assert "ERROR 1045 (28000): Access denied for user 'dba'@'127.0.0.1' (using password: YES)" in refused.stderr


def test_interactive_with_tab_completion(client: tuple[str, ...], server: Running, tmp_path: Path) -> None:
    """On a terminal the client asks for names to complete by itself, and Tab completes them."""
    control, terminal = pty.openpty()
    command = [*client, f"-P{server.port}", "-uu", "--auto-rehash", r"--prompt=[\d]> "]
    environment = {**os.environ, "TERM": "dumb", "MYSQL_HISTFILE": "/dev/null", "HOME": str(tmp_path)}
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    try:
        shown = _shown_until(control, b"[(none)]> ")
        os.write(control, b"use shop\n")
        shown += _shown_until(control, b"[shop]> ")
        os.write(control, b"sho\t\x15whoami;\n")
        shown += _shown_until(control, b"u@127.0.0.1 shop")
        os.write(control, b"\\q\n")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(control)
    assert b"ERROR" not in shown


def _shown_until(control: int, text: bytes) -> bytes:
    shown = b""
    while text not in shown:
        readable, _, _ = select.select([control], [], [], 10)
        assert readable, shown
        shown += os.read(control, 4096)
    return shown
