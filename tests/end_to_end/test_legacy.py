"""What tools that were written for older servers send: all of it through the wire. docs/migration.md lists it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Row, Shop
from tests.secrets import PASSWORD, awkward
from tests.servers import DatabaseServer


def answer(shop: Shop, text: str) -> list[Row]:
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        cursor.execute(text)
        return [Row(*row) for row in cursor.fetchall()]


@pytest.mark.parametrize(
    "form",
    [
        "/*--user=dba;--password={PASSWORD};--host=127.0.0.1;--port={port};--enable-check;*/inception_magic_start;use {db};select 1;inception_magic_commit;",
        "/*--user=root;--host=127.0.0.1;--check=1;--port={port}*/ inception_magic_start; use {db}; select 1; inception_magic_commit",
        "/* --user='dba'; --password='{PASSWORD}'; --host=\"127.0.0.1\"; --port='{port}'; --check=true; */\r\ninception_magic_start;\r\nuse {db};\r\nselect 1;\r\ninception_magic_commit;\r\n",
        "\n\t/*--USER=root;--Password=;--HOST = 127.0.0.1;--port= {port} ;--check=ON;*/\n\n  INCEPTION_MAGIC_START; use {db};; select 1;\n;INCEPTION_MAGIC_COMMIT ; ",
        "/*--user=dba;--password={PASSWORD};--host=127.0.0.1;--port={port};--check;--sleep_rows=5;--sleep=1;--backup=0;*/inception_magic_start; use {db};\nselect 1;\ninception_magic_commit;",
        "/*--user=dba;--password={PASSWORD};--host=127.0.0.1;--port={port};--check;--enable_remote_backup;*/inception_magic_start;use `{db}`;select 1;inception_magic_commit;",
        "/*--user=dba;--password={PASSWORD};--host=127.0.0.1;--port={port};--enable-check;--disable-remote-backup;--enable-ignore-warnings;*/inception_magic_start;use {db};select 1;inception_magic_commit;",
    ],
)  # fmt: skip
def test_envelopes(shop: Shop, database: str, form: str) -> None:
    rows = answer(shop, form.format(port=shop.target.port, db=database, PASSWORD=PASSWORD))
    assert [row.SQL.split()[0].lower() for row in rows] == ["use", "select"]
    assert [row.stage for row in rows] == ["CHECKED", "CHECKED"]


@pytest.mark.parametrize(
    "password", ["a;b", "a*/b", "it's", '"', "--user=x;", " #:=% ", "пароль☃", "a\\b", "'", "x;--y"]
)
@pytest.mark.parametrize("form", ["'{}'", '"{}"', "{}"])
def test_passwords(shop: Shop, database: str, password: str, form: str) -> None:
    quote = form[0] if form[0] in "'\"" else ""
    if not quote and password in ("--user=x;", "x;--y", '"', "'", " #:=% "):
        pytest.skip("cannot be told from the comment's own signs without quotes")
    password = awkward(password)
    account = shop.target.create_user("legacy", password, "ALL ON *.*")
    try:
        written = form.format(password.replace(quote, quote * 2) if quote else password)
        rows = shop.submit("--enable-check;", f"use {database};", user=account.user, password=written)
        assert rows[0].errlevel == 0
    finally:
        with shop.target.connect() as target:
            target.query("DROP USER legacy")


def test_columns_by_position_and_type(shop: Shop, database: str) -> None:
    with contextlib.closing(shop.client(charset="utf8mb4")) as client, client.cursor() as cursor:
        source = shop.source("--enable-check;")
        cursor.execute(f"{source}inception_magic_start;use {database};create table t (id int);inception_magic_commit;")
        types = [(each[0], each[1]) for each in cursor.description or ()]
        integer, string = pymysql.constants.FIELD_TYPE.LONGLONG, pymysql.constants.FIELD_TYPE.VAR_STRING
        assert types == [
            ("ID", integer), ("stage", string), ("errlevel", integer), ("stagestatus", string), ("errormessage", string),
            ("SQL", string), ("Affected_rows", integer), ("sequence", string), ("backup_dbname", string),
            ("execute_time", string), ("sqlsha1", string),
        ]  # fmt: skip
        charsets = {each.charsetnr for each in cursor._result.fields if each.type_code == string}
        assert 63 not in charsets  # binary
        first, second = cursor.fetchall()
    assert first[4] is None
    assert isinstance(second[4], str)
    assert [type(cell) for cell in first] == [int, str, int, str, type(None), str, int, str, type(None), str, str]


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        ("inc get variables", ["Variable_name", "Value"]),
        ("inception show variables", ["Variable_name", "Value"]),
        ("inception show variables like 'inception_max_%'", ["Variable_name", "Value"]),
        ("inception show variables 'inception_max_%';", ["Variable_name", "Value"]),
        ("INCEPTION SHOW PROCESSLIST;", None),
        ("inc show full processlist", None),
        ("inception get full processlist", None),
    ],
)
def test_commands(shop: Shop, command: str, columns: list[str] | None) -> None:
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        cursor.execute(command)
        names = [each[0] for each in cursor.description or ()]
        assert cursor.fetchall()
    assert names == columns if columns else names[0] == "Id"


def test_help(shop: Shop) -> None:
    listed = dict(shop.ask("inception help"))
    assert "inception kill <id>" in listed
    assert all(listed.values())
    assert {name.split()[1] for name, _ in shop.ask("inc help 'rollback'")} == {"get", "rollback"}
    assert shop.ask("inception help nonsense") == []


# -- --real_row_count ------------------------------------------------------------------------------------------

COUNTED = [
    ("update t set a = 0 where b not in (1, 2)", 3),
    ("update t set a = 0 where id = 3", 1),
    ("update t set a = 0 where id = 77", 0),
    ("update t set a = 0 where c like 'it''s\\\\\\\\%' or c regexp '^x'", 2),
    ("delete from t where a is null order by id desc limit 1", 1),
    ("delete from t limit 100", 5),
    ("update t x join s on s.t = x.id set x.b = 1 where s.n > 0", 2),
    ("delete t, s from t left join s on s.t = t.id where t.id < 3", 5),
    ("delete from x using t x, s where x.id = s.t", 2),
    ("insert into t (id) select id + 100 from t where a > 0", 3),
    ("insert into t (id, a) select n + 200, n from s union select n + 200, n from s", 2),
    ("insert into t (id) select distinct n + 300 from s", 2),
    ("insert into t (id) values (400), (401)", 2),
]  # fmt: skip


@pytest.fixture
def counted(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name, target.connect(database=name) as connection:
        connection.query("create table t (id int primary key, a int, b int, c varchar(20))")
        connection.query(
            "insert into t values (1, 1, 1, 'it''s\\\\here'), (2, 2, 2, 'x'), (3, null, 3, ''), (4, null, 4, 'y'), (5, 5, 5, 'z')"
        )
        connection.query("create table s (id int primary key, t int, n int)")
        connection.query("insert into s values (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, null, 0)")
        connection.query("delete from s where id = 4")
        yield name


@pytest.mark.parametrize(("statement", "rows"), COUNTED)
def test_real_row_count(shop: Shop, target: DatabaseServer, counted: str, statement: str, rows: int) -> None:
    """What is counted in the audit is what the statement then does to the target."""
    account = {"port": target.port}
    for option in ("--real_row_count=true;", "--enable-real-row-count;"):
        checked = shop.submit(f"--enable-check;{option}", f"use {counted};\n{statement};", **account)
        assert checked[-1].Affected_rows == rows
    with target.connect(database=counted) as connection:
        connection.query("SET SESSION sql_mode = ''")
        done = connection.execute(statement.encode()).affected_rows
        assert done <= rows if statement.startswith("update") else done == rows  # equal values are no change


def test_without_it_the_optimizer_estimates(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    sql(
        "create table t (id int primary key, a int);\ninsert into t select seq, seq from seq_1_to_3000;\nanalyze table t"
    )
    statement = f"use {database}; update t set id = id where a % 1000 = 0;"
    assert shop.check(statement)[-1].Affected_rows > 2000
    assert shop.submit("--enable-check;--real-row-count;", statement)[-1].Affected_rows == 3
