"""Roles, warnings and prepared batches through the whole gateway."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

from inception.sql import quote_text
from inception.wire.native import hash_native
from tests.secrets import ACCOUNT, PASSWORD
from tests.servers import Gateway, MariaDB

LOGIN = f"--user={ACCOUNT};--password={PASSWORD};"
BATCH = f"/*--host=127.0.0.1;--port={{}};{LOGIN}{{}}*/ inception_magic_start; {{}} inception_magic_commit;"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    directory = tmp_path_factory.mktemp("roles")
    path: Path = directory / "inception.yaml"
    users = "".join(f"  {role}: {{password_hash: '{hash_native(PASSWORD)}', role: {role}}}\n" for role in
                    ("audit", "execute", "admin"))  # fmt: skip
    users += f"  bound: {{password_hash: '{hash_native(PASSWORD)}', role: execute, sources: [shop]}}\n"
    there = "{host: 127.0.0.1, port: 1, user: u}"  # nobody answers there
    path.write_text(f"state_directory: {directory}\nusers:\n{users}sources: {{shop: {there}, hr: {there}}}\n")
    with Gateway(config=path) as running:
        yield running.start()


def client(gateway: Gateway, role: str, **options: Any) -> "pymysql.Connection[Any]":
    return pymysql.connect(
        host="127.0.0.1",
        port=gateway.port,
        user=role,
        password=PASSWORD,
        charset="utf8mb4",
        ssl_disabled=True,
        **options,
    )


def ask(gateway: Gateway, role: str, text: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(client(gateway, role)) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())


@pytest.mark.parametrize(("role", "executed"), [("audit", False), ("execute", True), ("admin", True)])
def test_an_audit_user_cannot_execute(
    gateway: Gateway, mariadb: MariaDB, database: str, role: str, executed: bool
) -> None:
    create = f"create table {database}.t (id int unsigned not null primary key comment 'i') comment 't';"
    rows = ask(gateway, role, BATCH.format(mariadb.port, "--execute;--ignore-warnings;--disable-backup;", create))
    assert [row[1] for row in rows] == ["EXECUTED" if executed else "CHECKED"]
    assert ("Nothing is executed: user 'audit' is of role audit" in str(rows[0][4])) is not executed
    with mariadb.connect() as target:
        assert bool(target.query(f"SHOW TABLES FROM {database}")) is executed


@pytest.mark.parametrize("command", ["inception set global wait_timeout = 5", "inc set wait_timeout = 5",
                                     "inception set level dml_limit = 0",
                                     "inception kill 999", "kill 999", "KILL QUERY 999"])  # fmt: skip
@pytest.mark.parametrize("role", ["audit", "execute"])
def test_only_an_admin_changes_what_concerns_others(gateway: Gateway, role: str, command: str) -> None:
    with pytest.raises(pymysql.MySQLError, match="needs a user of role admin") as caught:
        ask(gateway, role, command)
    assert caught.value.args[0] == 2530
    with contextlib.closing(client(gateway, role)) as connection, pytest.raises(pymysql.MySQLError) as caught:
        connection.kill(999)  # type: ignore[no-untyped-call]
    assert caught.value.args[0] == 2530


def test_only_who_may_execute_may_roll_back(gateway: Gateway, mariadb: MariaDB) -> None:
    command = f"/*--host=127.0.0.1;--port={mariadb.port};{LOGIN}*/ inception rollback '1_2_3'"
    with pytest.raises(pymysql.MySQLError, match="needs a user of role execute; 'audit' is of role audit") as caught:
        ask(gateway, "audit", command)
    assert caught.value.args[0] == 2530
    for role in ("execute", "admin"):  # past the role: this gateway has no backup server
        with pytest.raises(pymysql.MySQLError, match="Invalid remote backup information"):
            ask(gateway, role, command)


def test_everybody_sets_values_of_a_session_and_looks(gateway: Gateway) -> None:
    for role in ("audit", "execute", "admin"):
        assert ask(gateway, role, "inception set session inception_osc_max_lag = 7") == []
        assert ask(gateway, role, "inception get processlist")
    assert ask(gateway, "admin", "inception set global wait_timeout = 1000") == []


def test_findings_are_warnings_of_the_last_batch(gateway: Gateway, mariadb: MariaDB, database: str) -> None:
    check = BATCH.format(mariadb.port, "--check;", f"create table {database}.t (id int); drop table nosuch.t;")
    with contextlib.closing(client(gateway, "audit")) as connection, connection.cursor() as cursor:
        cursor.execute(check)
        rows = cursor.fetchall()
        lines = [line for row in rows for line in str(row[4] or "").splitlines()]
        assert connection._result.warning_count == len(lines) > 2  # type: ignore[attr-defined]
        cursor.execute("SHOW WARNINGS")
        shown = cursor.fetchall()
        assert [message.partition(": ")[2] for _, _, message in shown] == lines
        assert {level for level, _, _ in shown} == {"Warning", "Error"} or {level for level, _, _ in shown} == {"Error"}
        cursor.execute("SELECT @@warning_count")
        assert cursor.fetchall() == ((len(lines),),)


def test_several_statements_at_once(gateway: Gateway) -> None:
    with contextlib.closing(client(gateway, "audit", client_flag=CLIENT.MULTI_STATEMENTS)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("select 1; inception get variables 'port'; set names utf8mb4; select 'a;b'")
            found = [cursor.fetchall()]
            while cursor.nextset():
                found.append(cursor.fetchall())
        assert [list(rows) for rows in found] == [[(1,)], [("port", str(gateway.port))], [], [("a;b",)]]


def test_a_prepared_command_and_a_prepared_batch(gateway: Gateway, mariadb: MariaDB, database: str) -> None:
    connector = pytest.importorskip("mysql.connector")
    connection = connector.connect(
        host="127.0.0.1", port=gateway.port, user="audit", password=PASSWORD, use_pure=True, ssl_disabled=True,
        auth_plugin="mysql_native_password",
    )  # fmt: skip
    with connection.cursor(prepared=True) as cursor:
        cursor.execute("inception get variables ?", ("wait%",))
        assert [row[0] for row in cursor.fetchall()] == ["wait_timeout"]
        text = BATCH.format(mariadb.port, "--check;", f"insert into {database}.t (a) values (?), (?);")
        hostile = "it's; --"
        cursor.execute(text, (hostile, None))
        [row] = cursor.fetchall()
        assert (row[1], row[5]) == ("CHECKED", f"insert into {database}.t (a) values ({quote_text(hostile)}), (NULL)")
        assert isinstance(row[0], int)
    connection.close()


@pytest.mark.parametrize(
    ("charset", "codec", "sent", "shown"),
    [
        ("utf8mb4", "utf8", b"\xff\xfe\xe4", r"\xFF\xFE\xE4"), ("gbk", "gbk", b"\xff\xb0\xa1\x81", r"\xFF啊\x81"),
        ("latin1", "cp1252", b"\xe9\x80\x81", r"é€\x81"), ("utf8", "utf8", b"\xc3", r"\xC3"),
        ("binary", "latin-1", b"\xe9\x81", "é\x81"), ("dec8", "latin-1", b"\xe9\x81", "é\x81"),
        ("hp8", "hp_roman8", b"\xc5", "é"), ("eucjpms", "euc_jp", b"\xb4\xc1\xff", r"漢\xFF"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_text_reach_the_target_as_they_came(
    gateway: Gateway, mariadb: MariaDB, database: str, charset: str, codec: str, sent: bytes, shown: str
) -> None:
    with mariadb.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT UNSIGNED NOT NULL PRIMARY KEY, b BLOB)")
        options = "--execute;--ignore-warnings;--disable-backup;"
        head, tail = BATCH.format(mariadb.port, options, f"insert into {database}.t (id, b) values (1, '@');").split(
            "@"
        )
        with contextlib.closing(client(gateway, "execute")) as connection:
            connection.query(f"set names {charset}")
            connection.encoding = codec
            connection.query(head.encode() + sent + tail.encode())
            [row] = connection._result.rows  # type: ignore[attr-defined]
            assert row[5] == f"insert into {database}.t (id, b) values (1, '{shown}')"
        ((stored,),) = target.query("SELECT HEX(b) FROM t")
        assert bytes.fromhex(str(stored)) == sent


@pytest.mark.parametrize("target", ["--source=hr", "--host=127.0.0.1;--port=3306;--user=root"])
def test_a_user_that_is_bound_to_sources_uses_no_other_target(gateway: Gateway, target: str) -> None:
    refused = r"User 'bound' may only use targets by name \(--source=…\), and of these: shop"
    for text in (
        f"/*{target};--check;*/ inception_magic_start; select 1; inception_magic_commit;",
        f"/*{target};*/ inception rollback '1_2_3'",
    ):
        with pytest.raises(pymysql.MySQLError, match=refused):
            ask(gateway, "bound", text)
    with pytest.raises(pymysql.MySQLError, match="Can't connect"):  # of its own source it gets as far as the target
        ask(gateway, "bound", "/*--source=shop;--check;*/ inception_magic_start; select 1; inception_magic_commit;")


@pytest.mark.parametrize(("name", "hint"), [("shopp", " Did you mean 'shop'?"), ("elsewhere", "")])
def test_a_source_that_is_not_there_is_told(gateway: Gateway, name: str, hint: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        ask(
            gateway, "execute", f"/*--source={name};--check;*/ inception_magic_start; select 1; inception_magic_commit;"
        )
    assert caught.value.args[1] == f"--source: there is no source '{name}' in the configuration.{hint}"
