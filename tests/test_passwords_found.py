"""A password that is kept or shown anywhere is found: in tables, logs, answers, command lines, of every test's servers."""

import subprocess
import sys

import pymysql
import pytest

from inception.sql import quote_text
from tests.conftest import KINDS, demand
from tests.processes import HOST, PROJECT, free_port
from tests.secrets import MARK, PASSWORD
from tests.servers import Gateway


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def test_in_a_table_even_when_it_is_gone(kind: str, request: pytest.FixtureRequest) -> None:
    demand(kind, request.config)
    with pytest.raises(AssertionError, match=r"keeps passwords.*binlog"), KINDS[kind]() as server:  # noqa: SIM117
        with server.start().connect() as connection:
            connection.query("CREATE DATABASE d")
            connection.query("CREATE TABLE d.t (a TEXT)")
            connection.query(f"INSERT INTO d.t VALUES ({quote_text(PASSWORD)})")
            connection.query("DROP DATABASE d")


def _ask(gateway: Gateway, text: str) -> None:
    with (
        pytest.raises(pymysql.MySQLError),
        pymysql.connect(host=HOST, port=gateway.port, user="u") as client,
        client.cursor() as cursor,
    ):
        cursor.execute(text)


def test_in_the_log() -> None:
    with pytest.raises(AssertionError, match=r"keeps passwords.*gateway\.log"), Gateway() as gateway:
        _ask(gateway.start(), f"select '{PASSWORD}'")


def test_in_an_answer() -> None:
    with pytest.raises(AssertionError, match="a client was sent a password"), Gateway(general_log="OFF") as gateway:
        _ask(gateway.start(), f"inception set {MARK} = 1")


def test_in_a_password_that_is_not_masked() -> None:
    with pytest.raises(AssertionError, match="stands in the gateway's log"), Gateway() as gateway:
        gateway.start().log_file.write_text("--password=of-a-user;")


def test_on_a_command_line() -> None:
    with pytest.raises(AssertionError, match="A password is shown"):
        Gateway(inception_password=PASSWORD, metrics_port=free_port()).start()


@pytest.mark.parametrize("where", ["['true', SECRET]", "['true'], env={'A': SECRET}"])
def test_where_a_program_is_started(where: str) -> None:
    script = (
        f"import subprocess, tests.watched; from tests.secrets import MARK, PASSWORD as SECRET; subprocess.run({where})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "a program was started with a password" in done.stderr
