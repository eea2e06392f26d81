"""Batches with temporary tables: they run as one, and what they do to other tables is undone exactly."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import Shop
from tests.servers import DatabaseServer

_GOOD = "Execute Successfully"
_BACKED_UP = f"{_GOOD}\nBackup successfully"


@pytest.fixture(params=["mariadb", pytest.param("mysql", marks=pytest.mark.server("mysql"))])
def on(request: pytest.FixtureRequest, shop: Shop) -> Iterator[tuple[Shop, str]]:
    """A shop on either kind of target, and a database there with a table of three rows."""
    target: DatabaseServer = request.getfixturevalue(request.param)
    with target.database() as database, target.connect(database=database) as session:
        session.query("create table t (id int primary key, a int)")
        session.query("insert into t values (1, 1), (2, 2), (3, 3)")
        yield Shop(shop.gateway, target, shop.backup), database


def test_a_temporary_table_is_filled_and_read_in_one_batch(on: tuple[Shop, str]) -> None:
    shop, database = on
    before = shop.checksum(database, "t")
    rows = shop.execute(
        f"""use {database}; create temporary table tmp1 (id int, a int); insert into tmp1 values (1, 10), (2, 20);
        insert into tmp1 select id + 10, a from t; update t join tmp1 using (id) set t.a = tmp1.a, t.id = t.id;
        insert into t select * from tmp1 where id > 10; delete from tmp1 where id = 1; truncate table tmp1;
        drop temporary table tmp1;"""
    )
    assert {row.errlevel for row in rows[1:]} <= {0, 1}, rows
    assert [row.stagestatus for row in rows[1:]] == [
        _GOOD, _BACKED_UP, _BACKED_UP, _BACKED_UP, _BACKED_UP, _BACKED_UP, _GOOD, _GOOD
    ], rows  # fmt: skip
    assert [row.Affected_rows for row in rows[2:7]] == [2, 3, 2, 3, 1]
    said = [row.errormessage or "" for row in rows]
    assert not any("doesn't exist" in each for each in said), said
    none = "No rollback for temporary table 'tmp1': it goes with the session, and needs none."
    assert [none in each for each in said] == [False, False, True, True, False, False, True, True, False]
    assert "temporary table 'tmp1' is there only while the batch runs" in said[4]
    shop.undo(rows)
    assert shop.checksum(database, "t") == before


def test_a_temporary_table_hides_a_real_one_until_it_is_dropped(on: tuple[Shop, str]) -> None:
    shop, database = on
    with shop.target.connect(database=database) as session:
        session.query("create table tmp1 (id int primary key, a int)")
        session.query("insert into tmp1 values (1, 1), (2, 2), (3, 3)")
        session.query("create trigger g before delete on tmp1 for each row delete from t where id = old.id")
        session.query("create table c (id int primary key, foreign key (id) references tmp1 (id) on delete cascade)")
    before = shop.checksum(database, "t", "tmp1")
    rows = shop.execute(
        f"""use {database}; create temporary table tmp1 (id int primary key, x int); insert into tmp1 values (1, 5);
        alter table tmp1 add column y int; update t set a = (select x from tmp1) where id = 1; delete from tmp1;
        drop table tmp1; update tmp1 set a = 9 where id = 3;"""
    )
    assert {row.errlevel for row in rows[1:]} <= {0, 1}, rows
    assert not any("Backup failed" in row.stagestatus for row in rows), rows
    assert [row.Affected_rows for row in (rows[2], rows[4], rows[5], rows[7])] == [1, 1, 1, 1]
    said = rows[5].errormessage or ""
    assert "Trigger" not in said and "cascade" not in said
    assert shop.target_rows(database, "tmp1") == 3
    assert len(shop.rollback_of(rows)) == 2
    shop.undo(rows)
    assert shop.checksum(database, "t", "tmp1") == before


def test_changes_of_one_take_no_part_in_a_transaction(on: tuple[Shop, str]) -> None:
    shop, database = on
    before = shop.checksum(database, "t")
    rows = shop.execute(
        f"""use {database}; create temporary table tmp1 (id int, a int); insert into tmp1 values (1, 10);
        update t set a = 5 where id = 2; update t join tmp1 using (id) set t.a = tmp1.a; delete from t where id = 3;
        delete from tmp1; update t set a = 6 where id = 2; drop temporary table tmp1;""",
        "--trans=10;",
    )
    assert not any("Backup failed" in row.stagestatus for row in rows), rows
    assert [row.Affected_rows for row in rows[2:8]] == [1] * 6
    assert [len(shop.rollback_of([row])) for row in rows[2:8]] == [0, 1, 1, 1, 0, 1]
    shop.undo(rows)
    assert shop.checksum(database, "t") == before


def test_a_renamed_one_leaves_the_real_ones_to_be_renamed_back(on: tuple[Shop, str]) -> None:
    """RENAME TABLE is for temporary tables in MariaDB; MySQL's looks past them."""
    shop, database = on
    with shop.target.connect(database=database) as session:
        session.query("create table tmp1 (id int primary key)")
    rows = shop.execute(f"use {database}; create temporary table tmp1 (id int); rename table t to u, tmp1 to tmp2;")
    assert rows[2].stagestatus == _BACKED_UP, rows
    shop.undo(rows)
    with shop.target.connect(database=database) as session:
        assert [str(name) for (name,) in session.query("show tables")] == ["t", "tmp1"]


def test_where_it_cannot_be_made_nothing_is_done_to_the_one_that_it_would_hide(on: tuple[Shop, str]) -> None:
    shop, database = on
    with shop.target.connect(database=database) as session:
        session.query("create table tmp1 (id int primary key)")
        session.query("insert into tmp1 values (1)")
    rows = shop.execute(
        f"use {database}; create temporary table tmp1 (id int) as select a div (a - a) as id, exp(1000 * a) as b from t;"
        "delete from tmp1;",
        "--force;",
    )
    assert rows[1].stagestatus == "Execute failed", rows
    assert "also with --force" in (rows[1].errormessage or "")
    assert rows[2].stage == "CHECKED"
    assert shop.target_rows(database, "tmp1") == 1
