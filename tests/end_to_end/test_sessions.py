"""What a client keeps and loses when it resets its session, becomes another user, or says more than is asked."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

from inception.sql import quote_text
from inception.wire.native import hash_native
from inception.wire.sha2 import hash_sha2
from tests.end_to_end.conftest import Shop
from tests.secrets import PASSWORD
from tests.servers import Gateway
from tests.wire.clients.matrix import Absent, mysql_program

connector = pytest.importorskip("mysql.connector")
VARIABLE = "inception_osc_max_lag"
SET, GET = f"inception set session {VARIABLE} = 7", f"inception get variables '{VARIABLE}'"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a user for each password plugin."""
    directory = tmp_path_factory.mktemp("sessions")
    path: Path = directory / "inception.yaml"
    users = {
        "old": {"password_hash": hash_native(PASSWORD), "role": "audit"},
        "new": {"password_sha2": hash_sha2(PASSWORD), "role": "admin"},
    }
    path.write_text(json.dumps({"state_directory": str(directory), "users": users}))  # JSON is YAML
    with Gateway(config=path) as running:
        yield running.start()


@pytest.fixture
def client(guarded: Gateway) -> Iterator[Any]:
    connection = connector.connect(
        host="127.0.0.1", port=guarded.port, user="old", password=PASSWORD, database="shop", use_pure=True
    )
    yield connection
    connection.close()


def ask(client: Any, text: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(client.cursor()) as cursor:
        cursor.execute(text)
        return list(cursor.fetchall()) if cursor.with_rows else []


def refusal(client: Any, text: str) -> int:
    with pytest.raises(connector.Error) as caught:
        ask(client, text)
    return int(caught.value.errno)


def refusal_text(client: Any, text: str) -> str:
    with pytest.raises(connector.Error) as caught:
        ask(client, text)
    assert caught.value.errno == 2505
    return str(caught.value)


def test_a_reset_forgets_all_but_who_it_is_and_the_database(client: Any, guarded: Gateway) -> None:
    before = ask(client, GET)
    ask(client, SET)
    ask(client, "use other")
    ask(client, "/*--host=127.0.0.1;--port=1;--user=u;--check;*/ inception_magic_start")
    client.cmd_reset_connection()
    assert ask(client, "select user(), database()") == [("old@127.0.0.1", "other")]
    assert ask(client, GET) == before
    assert refusal(client, "inception_magic_commit") == 2576  # no batch is open


def test_another_user_starts_from_nothing(client: Any, guarded: Gateway) -> None:
    number, before = ask(client, "select connection_id()"), ask(client, GET)
    ask(client, SET)
    assert refusal(client, "kill 999999") == 2530
    client.cmd_change_user("new", PASSWORD, "other")
    assert ask(client, "select user(), database()") == [("new@127.0.0.1", "other")]
    assert ask(client, "select connection_id()") == number
    assert ask(client, GET) == before
    assert refusal(client, "kill 999999") == 2513  # may, but there is none
    client.cmd_change_user("old", PASSWORD, "")
    assert ask(client, "select user(), database()") == [("old@127.0.0.1", None)]


def test_a_wrong_password_ends_the_session_of_the_right_one(client: Any) -> None:
    with pytest.raises(connector.Error) as caught:
        client.cmd_change_user("new", "wrong", "")
    assert caught.value.errno == 1045
    with pytest.raises(connector.Error):
        ask(client, "select user()")


OPENING = "/*--host=127.0.0.1;--port=1;--user=u;--check;*/ inception_magic_start"


def test_what_open_batches_keep_is_bounded() -> None:
    """By max_allowed_packet for each, by request_memory for all together; what is dropped is given back."""
    part = "insert into t values ('" + "x" * 300_000 + "')"
    with Gateway(max_allowed_packet="1M", request_memory="1M") as gateway, contextlib.ExitStack() as clients:
        where = {"host": "127.0.0.1", "port": gateway.start().port, "user": "u", "use_pure": True}
        one, other = (clients.enter_context(contextlib.closing(connector.connect(**where))) for _ in range(2))
        for text in (OPENING, part, part):
            ask(one, text)
        ask(other, OPENING)
        assert "request_memory" in refusal_text(other, part)
        assert refusal(other, "inception_magic_commit") == 2576  # it was dropped
        long = OPENING.replace("--check", "--sequence=" + "y" * 300_000 + ";--check")
        assert "request_memory" in refusal_text(other, long)
        one.cmd_reset_connection()
        ask(other, long)
        ask(other, part)
        ask(one, "select 1")


def test_an_open_batch_is_no_larger_than_a_packet() -> None:
    part = "insert into t values ('" + "x" * 300_000 + "')"
    with Gateway(max_allowed_packet="1M") as gateway:
        where = {"host": "127.0.0.1", "port": gateway.start().port, "user": "u", "use_pure": True}
        with contextlib.closing(connector.connect(**where)) as client:
            for text in (OPENING, part, part, part):
                ask(client, text)
            assert "max_allowed_packet" in refusal_text(client, part)
            assert refusal(client, "inception_magic_commit") == 2576
            assert ask(client, OPENING) == []  # and may begin again


def test_long_texts_are_not_cut_into_statements(guarded: Gateway) -> None:
    """Several statements at once are what clients send by themselves, and short."""
    client = pymysql.connect(
        host="127.0.0.1", port=guarded.port, user="old", password=PASSWORD, client_flag=CLIENT.MULTI_STATEMENTS
    )
    with contextlib.closing(client), client.cursor() as cursor:
        cursor.execute("select 1; " + "set a = 1; " * 1000)
        answers = 1
        while cursor.nextset():
            answers += 1
        assert answers == 1001
        with pytest.raises(pymysql.MySQLError, match="Must start as begin statement"):
            cursor.execute("select 1; " + "set a = 1; " * 100_000)


@pytest.mark.filterwarnings("ignore:This version of the server does not support Query Attributes")
def test_query_attributes_are_not_taken_and_do_no_harm(client: Any, guarded: Gateway) -> None:
    for prepared in (False, True):
        with contextlib.closing(client.cursor(prepared=prepared)) as cursor:
            cursor.add_attribute("trace", "a-b")
            cursor.execute("inception get variables %s", ("port",))
            assert cursor.fetchall() == [("port", str(guarded.port))]


def test_query_attributes_of_the_command_line(shop: Shop) -> None:
    program = mysql_program()
    if isinstance(program, Absent):
        pytest.skip(program.reason)
    done = subprocess.run(
        [*program, "--no-defaults", "-h127.0.0.1", f"-P{shop.gateway.port}", "-uu", "--loose-commands", "-N"],
        input=f"query_attributes trace a;\nselect {quote_text('x')};\n", capture_output=True, text=True, check=False,
        timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "x\n")
