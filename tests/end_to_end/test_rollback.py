"""inception get rollback and inception rollback."""

from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Row, Shop
from tests.servers import DatabaseServer, MySQL, wait_until

Sql = Callable[[str], list[Any]]


def opid(row: Row) -> str:
    return row.sequence.strip("'")


def roll_back(shop: Shop, *rows: Row, options: str = "", port: int = 0) -> list[Row]:
    listed = ", ".join(f"'{opid(row)}'" for row in rows)
    return [
        Row(*row)
        for row in shop.ask(f"{shop.source(options, port=port or shop.target.port)} inception rollback {listed}")
    ]


@pytest.fixture
def filled(sql: Sql) -> None:
    sql(
        "create table t (id int primary key, a varchar(20), b timestamp null default null);\n"
        "create table u (id int primary key, a int);\n"
        "insert into t (id, a) values (1, 'one'), (2, 'two'), (3, '漢🌙');\ninsert into u values (1, 1), (2, 2)"
    )


def test_get_rollback_lists_in_running_order(shop: Shop, database: str, filled: None) -> None:
    rows = shop.execute(f"use {database}; update t set a = 'x' where id = 1; delete from u where id > 0;")
    found = shop.ask(f"inception get rollback '{opid(rows[1])}', '{opid(rows[2])}';")
    home = f"127_0_0_1_{shop.target.port}_{database}"
    assert found == [
        (opid(rows[2]), home, "u", f"INSERT INTO `{database}`.`u` (`id`,`a`) VALUES (2,2);"),
        (opid(rows[2]), home, "u", f"INSERT INTO `{database}`.`u` (`id`,`a`) VALUES (1,1);"),
        (opid(rows[1]), home, "t", f"UPDATE `{database}`.`t` SET `a`='one' WHERE `id`=1;"),
    ]
    assert shop.ask(f"inception get rollback {opid(rows[1])} from {home}") == found[2:]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("inception get rollback '1_2_3'", "No rollback is stored under '1_2_3'"),
        ("inception rollback '1_2_3'", "*/ inception rollback <opid_time>[, …] [from <backup_dbname>]"),
        ("/*--host=127.0.0.1;--port=1;--user=root*/ inception rollback '1_2_3'", "No rollback is stored"),
        ("inception get rollback", "inception get rollback <opid_time>[, …]"),
    ],
)
def test_refusals(shop: Shop, command: str, says: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        shop.ask(command)
    assert says in caught.value.args[1]


def test_several_operations_are_undone_the_last_first(shop: Shop, database: str, filled: None) -> None:
    before = shop.checksum(database, "t", "u")
    rows = shop.execute(
        f"""use {database}; update t set a = concat(a, '!'), b = '2024-03-31 02:30:00';
        delete from t where id = 2; replace into t (id, a) values (1, 'again'); update u, t set u.a = 9 where u.id = t.id;"""
    )
    done = roll_back(shop, rows[1], rows[4], rows[2], rows[3])
    assert [row.SQL for row in done] == [f"inception rollback '{opid(rows[n])}'" for n in (4, 3, 2, 1)]
    assert {row.stagestatus for row in done} == {"Execute Successfully\nBackup successfully"}, done
    assert [row.Affected_rows for row in done] == [1, 1, 1, 3]
    assert shop.checksum(database, "t", "u") == before


def test_a_rollback_can_be_rolled_back(shop: Shop, database: str, filled: None) -> None:
    before = shop.checksum(database, "t")
    rows = shop.execute(f"use {database}; delete from t where id < 3; update t set a = 'new' where id = 3;")
    changed = shop.checksum(database, "t")
    undone = roll_back(shop, *rows[1:])
    assert shop.checksum(database, "t") == before
    again = roll_back(shop, *undone)
    assert {row.errlevel for row in again} == {0}, again
    assert shop.checksum(database, "t") == changed
    assert {row.errlevel for row in roll_back(shop, *rows[1:])} == {0}
    assert shop.checksum(database, "t") == before


@pytest.mark.parametrize(
    "meanwhile",
    [
        "update t set a = 'theirs' where id = 1",
        "update t set a = 'theirs' where id = 1;\nupdate t set a = 'mine' where id = 1",
        "delete from t where id = 1",
        "replace into t (id, a) values (1, 'theirs')",
    ],
)
def test_rows_that_have_changed_since_are_a_conflict(
    shop: Shop, database: str, sql: Sql, filled: None, meanwhile: str
) -> None:
    rows = shop.execute(f"use {database}; update t set a = 'mine' where id < 3; update u set a = 5 where id = 1;")
    sql(meanwhile)
    now = shop.checksum(database, "t", "u")
    [u_row, t_row] = roll_back(shop, *rows[1:])
    assert u_row.errlevel == 0
    assert (t_row.stage, t_row.errlevel, t_row.stagestatus) == ("CHECKED", 2, "Execute Aborted")
    assert f"1 of the rows of {database}.t have changed since" in (t_row.errormessage or "")
    assert shop.checksum(database, "t") == {f"{database}.t": now[f"{database}.t"]}
    [forced] = roll_back(shop, rows[1], options="--force;")
    assert forced.stagestatus.startswith("Execute Successfully")
    assert sql("select a from t where id = 2") == [("two",)]


def test_other_rows_are_no_conflict(shop: Shop, database: str, sql: Sql, filled: None) -> None:
    rows = shop.execute(f"use {database}; update t set a = 'mine' where id = 1;")
    sql("update t set a = 'theirs' where id = 2;\ninsert into t (id) values (77);\nupdate u set a = 7")
    assert [row.errlevel for row in roll_back(shop, rows[1])] == [0]
    assert sql("select a from t where id < 3") == [("one",), ("theirs",)]


def test_a_later_operation_of_ours_is_a_conflict_until_undone(shop: Shop, database: str, filled: None) -> None:
    rows = shop.execute(
        f"use {database}; update t set a = 'first' where id = 1; update t set a = 'second' where id = 1;"
    )
    assert [row.errlevel for row in roll_back(shop, rows[1])] == [2]
    assert [row.errlevel for row in roll_back(shop, rows[2])] == [0]
    assert [row.errlevel for row in roll_back(shop, rows[1])] == [0]


def test_what_was_rolled_back_is_not_rolled_back_twice(shop: Shop, database: str, filled: None) -> None:
    rows = shop.execute(f"use {database}; insert into t (id, a) values (9, 'x');")
    assert [row.errlevel for row in roll_back(shop, rows[1])] == [0]
    with pytest.raises(pymysql.MySQLError, match="was rolled back already"):
        roll_back(shop, rows[1])


def test_a_purged_log_needs_force(shop: Shop, database: str, sql: Sql, filled: None) -> None:
    rows = shop.execute(f"use {database}; update t set a = 'mine' where id = 1;")
    with shop.target.connect() as target:
        target.query("FLUSH BINARY LOGS")
        [(file, *_)] = target.query("SHOW MASTER STATUS")

        def purged() -> bool:  # the server waits until no storage engine needs the file
            target.query(f"PURGE BINARY LOGS TO '{file!s}'")
            return len(target.query("SHOW BINARY LOGS")) == 1

        wait_until(purged, timeout=30)
    [row] = roll_back(shop, rows[1])
    assert (row.errlevel, row.stagestatus) == (2, "Execute Aborted")
    assert "cannot be found out" in (row.errormessage or "")
    assert [row.errlevel for row in roll_back(shop, rows[1], options="--force;")] == [0]
    assert sql("select a from t where id = 1") == [("one",)]


def test_definitions_are_rolled_back(shop: Shop, database: str, filled: None) -> None:
    before = shop.definition(database, "t")
    rows = shop.execute(
        f"use {database}; alter table t drop column a, add column c int; create table n (id int primary key);"
    )
    done = roll_back(shop, rows[2], rows[1])
    assert {row.stagestatus for row in done} == {"Execute Successfully\nBackup successfully"}, done
    assert shop.definition(database, "t") == before
    again = roll_back(shop, done[1])
    assert again[0].errlevel == 0, again
    assert "`c` int" in shop.definition(database, "t")


@pytest.fixture(params=["mariadb", pytest.param("mysql", marks=pytest.mark.server("mysql"))])
def on(request: pytest.FixtureRequest, shop: Shop) -> Iterator[tuple[Shop, str]]:
    """A shop on either kind of target, and a new database there."""
    target: DatabaseServer = request.getfixturevalue(request.param)
    with target.database() as database:
        yield Shop(shop.gateway, target, shop.backup), database


def test_views_are_rolled_back(on: tuple[Shop, str]) -> None:
    shop, database = on
    made = (
        "t (id int primary key)",
        "create view v as select id, 'VIEW `x`' q from t",
        "create view a as select q from v",
    )
    with shop.target.connect(database=database) as target:
        for text in (f"create table {made[0]}", *made[1:]):
            target.query(text)
    before = [shop.definition(database, name) for name in "va"]
    rows = shop.execute(
        f"use {database}; create or replace view v as select id, 2 q from t; alter view a as select 1 z; "
        "create view w as select 1 x; drop view a, v;"
    )
    done = roll_back(shop, *rows[1:])
    assert {row.stagestatus for row in done} == {"Execute Successfully\nBackup successfully"}, done
    assert [shop.definition(database, name) for name in "va"] == before
    assert [row.errlevel for row in roll_back(shop, *done)] == [0] * 4
    with shop.target.connect(database=database) as target:
        assert [str(name) for (name,) in target.query("show tables")] == ["t", "w"]


def test_tables_that_refer_to_one_another_are_made_again(on: tuple[Shop, str]) -> None:
    shop, database = on
    keys = "id int primary key, n int, constraint f_{0} foreign key (n) references {0} (id)"
    with shop.target.connect(database=database) as target:
        for text in ("p (id int primary key)", f"b ({keys.format('p')})", f"a ({keys.format('b')})"):
            target.query(f"create table {text}")
    before = [shop.definition(database, name) for name in "pba"]
    rows = shop.execute(f"use {database}; drop table a, b, p;")
    done = roll_back(shop, rows[1])
    assert [row.stagestatus for row in done] == ["Execute Successfully\nBackup successfully"], done
    assert [shop.definition(database, name) for name in "pba"] == before
    again = roll_back(shop, *done)
    assert [row.stagestatus for row in again] == ["Execute Successfully\nBackup successfully"], again
    with shop.target.connect(database=database) as target:
        assert target.query("show tables") == []


def test_a_change_that_left_the_definition_alone_hinders_no_other(shop: Shop, database: str, filled: None) -> None:
    rows = shop.execute(f"use {database}; alter table u engine=innodb; drop table if exists nothing; drop table t;")
    done = roll_back(shop, *rows[1:])
    assert [row.errlevel for row in done] == [0, 1, 1]
    assert "Nothing is stored" in (done[1].errormessage or "")


def test_a_new_database_is_rolled_back_for_good(on: tuple[Shop, str]) -> None:
    shop, database = on
    made = f"{database}_made"
    rows = shop.execute(f"create database {made}; use {made}; create table n (id int primary key);")
    done = roll_back(shop, rows[0], rows[2])
    assert [(row.errlevel, row.stagestatus) for row in done] == [
        (0, "Execute Successfully\nBackup successfully"),
        (0, "Execute Successfully"),
    ], done
    assert done[1].backup_dbname is None
    assert "cannot be rolled back itself" in (done[1].errormessage or "")
    with shop.target.connect() as target:
        assert target.query(f"show databases like '{made}'") == []
    with pytest.raises(pymysql.MySQLError, match=f"No rollback is stored under '{opid(done[1])}'"):
        roll_back(shop, done[1])


def test_ids_without_a_rollback_are_named_and_nothing_is_run(shop: Shop, database: str, sql: Sql, filled: None) -> None:
    sql("create table k (a int)")
    rows = shop.execute(
        f"use {database}; update t set a = 'x' where id = 1; truncate table u; insert into k values (1);"
    )
    now = shop.checksum(database, "t", "u", "k")
    truncated, keyless = opid(rows[2]), opid(rows[3])
    with pytest.raises(pymysql.MySQLError, match="No rollback is stored") as caught:
        roll_back(shop, *rows[1:])
    says = caught.value.args[1]
    assert f"under '{truncated}', '{keyless}': " in says
    assert f"Leave '{truncated}', '{keyless}' out" in says
    assert shop.checksum(database, "t", "u", "k") == now
    assert [row.errlevel for row in roll_back(shop, rows[1])] == [0]


def test_another_target_is_refused(shop: Shop, database: str, filled: None) -> None:
    rows = shop.execute(f"use {database}; update t set a = 'mine' where id = 1;")
    with pytest.raises(pymysql.MySQLError, match=f"is for 127.0.0.1:{shop.target.port}"):
        roll_back(shop, rows[1], port=1)


@pytest.mark.server("mysql")
def test_on_mysql(shop: Shop, mysql: MySQL) -> None:
    with mysql.database() as database, mysql.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20))")
        target.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        rows = shop.submit(
            "--enable-execute;--ignore-warnings;", f"use {database}; update t set a = 'x'; delete from t where id = 2;",
            port=mysql.port,
        )  # fmt: skip
        target.query("UPDATE t SET a = 'theirs' WHERE id = 1")
        first, second = roll_back(shop, *rows[1:], port=mysql.port)
        assert (first.errlevel, second.errlevel) == (0, 2)
        assert target.query("SELECT * FROM t") == [("1", "theirs"), ("2", "x")]
        assert [row.errlevel for row in roll_back(shop, rows[1], options="--force;", port=mysql.port)] == [0]
        assert target.query("SELECT * FROM t") == [("1", "a"), ("2", "b")]
