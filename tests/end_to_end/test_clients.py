"""Real clients: the command line, statement by statement and as one packet, and accounts of the configuration."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymysql
import pytest

from inception.wire.native import hash_native
from tests.end_to_end.conftest import Shop
from tests.secrets import PASSWORD
from tests.servers import Gateway, MariaDB, ServerDied

CLIENT = shutil.which("mariadb") or shutil.which("mysql") or "mariadb"
Sql = Callable[[str], list[Any]]


def command_line(gateway: Gateway, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CLIENT, "--no-defaults", "-h127.0.0.1", f"-P{gateway.port}", "-utester", *options],
        input=text, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def batch(shop: Shop, database: str, options: str = "--enable-execute;--ignore-warnings") -> str:
    return f"""{shop.source(options)}
inception_magic_start;
use {database};
create table t (id int primary key, a varchar(20)); -- a table
/* with a comment; */ insert into u (id, a) values (1, 'x;y'), (2, 'it''s');
inception_magic_commit;
"""


@pytest.mark.parametrize("options", [("-c",), ("-c", "--delimiter=$$"), ("-c", "--binary-mode")])
def test_a_file_of_the_command_line(shop: Shop, database: str, sql: Sql, options: tuple[str, ...]) -> None:
    sql("create table u (id int primary key, a varchar(20))")
    done = command_line(shop.gateway, batch(shop, database), "-t", *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Execute Successfully") == 3
    assert sql("select a from u order by id") == [("x;y",), ("it's",)]
    assert ("t",) in sql("show tables")


def test_the_comment_that_the_command_line_strips_is_asked_for(shop: Shop, database: str) -> None:
    done = command_line(shop.gateway, batch(shop, database))
    assert done.returncode == 1
    assert "ERROR 2501" in done.stderr
    assert "--comments" in done.stderr


def test_statement_by_statement(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    with shop.client() as client, client.cursor() as cursor:
        for text in (f"{shop.source('--execute')} inception_magic_start", f"insert into {database}.t (id) values (1)"):
            assert cursor.execute(text) == 0
        cursor.execute("SELECT DATABASE()")
        assert cursor.fetchall() == ((None,),)
        client.select_db(database)
        cursor.execute("insert into t (id) values (2)")
        cursor.execute("inception_magic_commit")
        rows = cursor.fetchall()
        assert [row[5] for row in rows] == [
            f"insert into {database}.t (id) values (1)", f"use `{database}`", "insert into t (id) values (2)",
        ]  # fmt: skip
        with pytest.raises(pymysql.MySQLError, match="Must start as begin statement"):
            cursor.execute("insert into t (id) values (3)")
    assert sql("select id from t") == [("1",), ("2",)]


@pytest.mark.parametrize("text", ["use shop", "USE `sh``op` ;", " use\tshop;"])
def test_a_use_outside_a_batch(shop: Shop, text: str) -> None:
    """The command line of MySQL 9 sends it so."""
    with shop.client() as client, client.cursor() as cursor:
        cursor.execute(text)
        cursor.execute("select database()")
        assert cursor.fetchall() == (("sh`op" if "`" in text else "shop",),)


def test_an_open_batch_is_dropped_with_its_connection(shop: Shop, database: str, sql: Sql) -> None:
    with shop.client() as client, client.cursor() as cursor:
        cursor.execute(f"{shop.source('--execute')} inception_magic_start;")
        cursor.execute(f"create table {database}.t (id int primary key)")
        with pytest.raises(pymysql.MySQLError) as caught:
            cursor.execute(f"{shop.source('--execute')} inception_magic_start;")
        assert caught.value.args[0] == 2503
        with pytest.raises(pymysql.MySQLError):
            cursor.execute("inception_magic_commit")
    assert sql("show tables") == []


def test_nothing_leaks_into_the_next_batch(shop: Shop, database: str) -> None:
    with shop.client() as client, client.cursor() as cursor:
        text = f"{shop.source('--check')} inception_magic_start; {{}} inception_magic_commit;"
        cursor.execute(text.format(f"use {database}; create table t (id int primary key);"))
        cursor.execute(text.format("insert into t (id) values (1);"))
        [row] = cursor.fetchall()
        assert "No database selected" in row[4]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, backup_server: MariaDB) -> Any:
    """A gateway with accounts, configured by a YAML file."""
    path: Path = tmp_path_factory.mktemp("conf") / "inception.yaml"
    path.write_text(
        f"""
inception_remote_backup_host: 127.0.0.1
inception_remote_backup_port: {backup_server.port}
inception_remote_system_user: root
general-log: off
users:
  dba: {{password_hash: "{hash_native(PASSWORD)}"}}
"""
    )
    with Gateway(config=path) as gateway:
        yield gateway.start()


def test_accounts_of_the_configuration(guarded: Gateway) -> None:
    where: dict[str, Any] = {"host": "127.0.0.1", "port": guarded.port, "ssl_disabled": True}
    with pymysql.connect(user="dba", password=PASSWORD, **where) as client, client.cursor() as cursor:
        cursor.execute("inception get variables 'general_log'")
        assert cursor.fetchall() == (("general_log", "OFF"),)
    for user, password in (("dba", "wrong"), ("dba", ""), ("nobody", PASSWORD), ("root", "")):
        with pytest.raises(pymysql.OperationalError) as caught:
            pymysql.connect(user=user, password=password, **where)
        assert caught.value.args[0] == 1045


def test_an_option_file(tmp_path: Path) -> None:
    path = tmp_path / "inception.cnf"
    path.write_text("[client]\nport=1\n[inception]\n# comment\ninception-max-update-rows = 77\nautocommit=1\n")
    with Gateway(defaults_file=path, inception_check_dml_where="OFF") as gateway:
        gateway.start()
        with gateway.connect() as client:
            assert client.query("inception get variables 'inception_max_update_rows'")[0][1] == "77"
            assert client.query("inception get variables 'inception_check_dml_where'")[0][1] == "OFF"


def test_only_loopback_without_accounts() -> None:
    with pytest.raises(ServerDied, match="users"):
        Gateway(bind_address="0.0.0.0").start()


@pytest.mark.parametrize(
    ("setting", "says"),
    [({"inception_max_update_row": 5}, "inception_max_update_rows"), ({"inception_max_update_rows": "many"}, "many")],
)
def test_a_bad_configuration_stops_the_start(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(ServerDied, match=says):
        Gateway(**setting).start()
