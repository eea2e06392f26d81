"""--check through the wire."""

from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Shop
from tests.secrets import awkward, unseen
from tests.servers import MariaDB

COLUMNS = [
    "ID", "stage", "errlevel", "stagestatus", "errormessage", "SQL", "Affected_rows", "sequence", "backup_dbname",
    "execute_time", "sqlsha1",
]  # fmt: skip


def test_the_eleven_columns_and_their_types(shop: Shop, database: str) -> None:
    with shop.client() as client, client.cursor() as cursor:
        cursor.execute(f"{shop.source('--check')} inception_magic_start; use {database}; inception_magic_commit")
        assert [column[0] for column in cursor.description] == COLUMNS
        integers = [column[0] for column in cursor.description if column[1] in (1, 2, 3, 8, 9)]
        assert integers == ["ID", "errlevel", "Affected_rows"]
        assert cursor.fetchall() == (
            (1, "CHECKED", 0, "Audit completed", None, f"use {database}", 0, "'0_0_0'", None, "0", ""),
        )


def test_the_batch_sees_its_own_changes(shop: Shop, database: str) -> None:
    rows = shop.check(
        f"""use {database};
        create table a (id int unsigned not null comment 'k', primary key (id)) engine=InnoDB default charset=utf8mb4 comment='x';
        insert into a (id) values (1), (2);
        alter table a add column name varchar(10) not null default '' comment 'n';
        insert into a (id, name) values (3, 'x');
        rename table a to b;
        update b set name = 'y' where id = 1;
        update a set name = 'y' where id = 1;
        drop table b;
        delete from b where id = 1;"""
    )
    assert [row.errlevel for row in rows] == [0, 0, 0, 0, 0, 1, 0, 2, 0, 2]
    assert rows[7].errormessage is not None and f"Table '{database}.a' doesn't exist." in rows[7].errormessage
    assert rows[9].errormessage is not None and f"Table '{database}.b' doesn't exist." in rows[9].errormessage
    assert rows[2].Affected_rows == 2
    assert rows[1].backup_dbname == f"127_0_0_1_{shop.target.port}_{database}"


def test_nothing_is_written(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    shop.check(f"use {database}; create table a (id int); insert into a values (1); drop database {database};")
    assert sql("SHOW TABLES") == []


def test_a_broken_statement_does_not_hide_the_others(shop: Shop, database: str) -> None:
    rows = shop.check(f"use {database}; create tabel a (id int); selec 1; create table c (id int);")
    assert [row.errlevel for row in rows] == [0, 2, 2, 1]
    rows = shop.check(f"use {database}; create table a (id int,); insert into 'a' values (1); create table c (id int);")
    assert [row.errlevel for row in rows] == [0, 2, 2, 1]
    assert "Syntax error: You have an error in your SQL syntax" in (rows[1].errormessage or "")


def test_estimates_come_from_the_target(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    sql(
        "create table t (id int primary key, a int);\ninsert into t select seq, seq from seq_1_to_1000;\nanalyze table t"
    )
    rows = shop.check(
        f"""use {database}; update t set a = 1 where id < 100; delete from t where id = 5;
        insert into t (id, a) select id + 10000, a from t; alter table t add column b int; drop table t;"""
    )
    estimates = [row.Affected_rows for row in rows]
    assert 90 <= estimates[1] <= 110
    assert estimates[2] == 1
    assert all(900 <= estimate <= 1100 for estimate in estimates[3:])


def test_definitions_of_the_target_are_known(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    sql("create table t (id int primary key, a int);\ncreate view v as select id, a from t")
    rows = shop.check(
        f"""use {database}; insert into t (id, b) values (1, 1); insert into t values (1); update v set a = 1 where id = 1;
        select v.b from v where id = 1; create table t (id int); delete from {database}.missing where id = 1;"""
    )
    messages = [row.errormessage or "" for row in rows]
    assert "Unknown column 'b'" in messages[1]
    assert "Column count doesn't match value count at row 1" in messages[2]
    assert rows[3].errlevel == 0
    assert "Unknown column 'v.b'" in messages[4]
    assert f"Table '{database}.t' already exists." in messages[5]
    assert f"Table '{database}.missing' doesn't exist." in messages[6]


def test_the_target_is_read_as_its_sql_mode_says(shop: Shop, mariadb: MariaDB, database: str) -> None:
    with mariadb.connect() as target:
        before = target.value("SELECT @@GLOBAL.sql_mode")
        target.query("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'")
        try:
            rows = shop.check(f"""use {database}; create table "a b" (id int comment 'x\\'); delete from "a b";""")
        finally:
            target.query(f"SET GLOBAL sql_mode = '{before!s}'")
    assert [row.SQL for row in rows[1:]] == ["""create table "a b" (id int comment 'x\\')""", 'delete from "a b"']
    assert all("Syntax" not in (row.errormessage or "") for row in rows)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("inception_magic_start; use test; inception_magic_commit;", 2501, "source comment"),
        ("/*--host=127.0.0.1;--port=1;--user=u;--password=Sesame7;--chekc*/ inception_magic_start; inception_magic_commit;", 2502, "chekc"),
        ("/*--host=127.0.0.1;--port=1;--user=u;--password=Sesame7;--check*/ inception_magic_start; use test;", 2504, "inception_magic_commit"),
        ("/*--host=127.0.0.1;--port=1;--user=u;--password=Sesame7;--check*/ inception_magic_start; use test; inception_magic_commit;", 2003, "127.0.0.1:1"),
        ("select a from t", 2576, "Must start as begin statement."),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(shop: Shop, text: str, code: int, says: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        shop.ask(text)
    assert caught.value.args[0] == code
    assert says in caught.value.args[1]
    unseen(caught.value.args[1] + shop.gateway.log)


def test_a_missing_backup_server_is_said_before_anything_runs(mariadb: MariaDB, database: str, shop: Shop) -> None:
    from tests.servers import Gateway

    with Gateway() as lonely:
        lonely.start()
        other = Shop(lonely, mariadb, shop.backup)
        with pytest.raises(pymysql.MySQLError) as caught:
            other.execute(f"use {database}; create table t (id int);")
        assert caught.value.args[0] == 2520
        assert caught.value.args[1].startswith("Invalid remote backup information")
        assert other.execute(f"use {database}; create table t (id int);", "--disable-remote-backup;")[1].errlevel == 1
    with mariadb.connect() as target:
        assert target.query(f"SHOW TABLES FROM `{database}`") == [("t",)]


def test_a_refused_login_is_the_targets_own_error(shop: Shop) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        shop.submit("--check", "use test;", user="nobody", password="'it;s*/Sesame7'")
    assert caught.value.args[0] == 1045
    unseen(caught.value.args[1] + shop.gateway.log)


def test_a_table_that_the_account_may_not_see_is_not_called_missing(shop: Shop, database: str) -> None:
    with shop.target.connect(database=database) as target:
        target.query("CREATE TABLE hidden (id INT PRIMARY KEY)")
        target.query("CREATE TABLE seen (id INT PRIMARY KEY)")
    shop.target.create_user("limited", awkward("it;s'*/"), f"SELECT, INSERT ON {database}.seen")
    rows = shop.submit(
        "--check", f"insert into {database}.hidden (id) values (1); insert into {database}.seen (id) values (1);",
        user="limited", password="'" + awkward("it;s''*/") + "'",
    )  # fmt: skip
    assert [row.errlevel for row in rows] == [0, 0]
    assert "it;s" not in unseen(shop.gateway.log)


def test_split_through_the_wire(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    batch = f"use {database}; create table t (id int primary key); insert into t (id) values (1), (2); alter table t add a int;"
    text = f"{shop.source('--split')} inception_magic_start; {batch} inception_magic_commit;"
    parts = shop.ask(text)
    assert [(number, flag) for number, _, flag in parts] == [(1, 0), (2, 0), (3, 1)]
    assert sql("show tables") == []
    for _, part, _ in parts:
        assert {row.errlevel for row in shop.execute(part)} <= {0, 1}
    assert sql("select id, a from t") == [("1", None), ("2", None)]


def test_no_name_or_statement_ends_the_audit(shop: Shop, database: str) -> None:
    rows = shop.check(f"""use {database}; select * from `no😁table`; delete from information_schema.nothing where a = 1;
        drop table if exists `#mysql50#a@002fb`; insert into `{"x" * 70}` (a) values (1); help 'no such topic';
        help contents; delete t1, json_table(t1.a, '$' columns (a int path '$')) as j using t1; create table t (id int);""")
    assert len(rows) == 9
    assert "already exists" not in str(rows[-1].errormessage)
    assert rows[-1].errlevel == 1
