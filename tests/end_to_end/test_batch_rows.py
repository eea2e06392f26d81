"""--batch-rows: large row changes in ranges of a key give what the whole statement gives, and can be undone."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from inception.chunks.key import ChunkKey, find_key
from inception.introspect import Observer
from inception.mysql import Connection
from inception.schema.model import TableName
from tests.end_to_end.conftest import Shop
from tests.end_to_end.ranges import FAST, TABLES, execute, fill, rows_of
from tests.end_to_end.test_rollback import roll_back
from tests.servers import DatabaseServer, Gateway, MariaDB


@pytest.fixture
def there(target: DatabaseServer, gateway: Gateway, backup_server: MariaDB) -> Shop:
    """The gateway with each kind of target in turn."""
    return Shop(gateway, target, backup_server)


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name:
        yield name


@pytest.mark.parametrize("kind", TABLES)
def test_ranges_change_what_the_whole_statement_does(there: Shop, place: str, kind: str) -> None:
    definition, value = TABLES[kind]
    with there.target.connect(database=place) as connection:
        fill(connection, definition, value, 100)
        before = rows_of(connection, "t")
        done = []
        for statement in (
            "update {} set a = a + 1, b = concat(b, ' ', a) where a > 2 or b like '%9' -- all\n",
            "delete from {} where a % 3 = 0",
        ):
            wanted = connection.execute(statement.format("m")).affected_rows
            row = execute(there, place, statement.format("t"))
            assert row.stagestatus == "Execute Successfully\nBackup successfully", row
            assert row.errormessage is not None and "ranges of a key" in row.errormessage, row
            assert row.Affected_rows == wanted
            assert rows_of(connection, "t") == rows_of(connection, "m")
            done.append(row)
        there.undo(done)
        assert rows_of(connection, "t") == before


@pytest.mark.parametrize(
    "by",
    [
        "hash (id) partitions 3",
        "range (id) (partition p0 values less than (30), partition p1 values less than maxvalue)",
    ],
)
def test_partitions(there: Shop, place: str, by: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100, options=f"partition by {by}")
        before = rows_of(connection, "t")
        connection.query("UPDATE m SET a = a + 1 WHERE id > 20 AND id < 80")
        row = execute(there, place, "update t set a = a + 1 where id > 20 and id < 80")
        assert rows_of(connection, "t") == rows_of(connection, "m")
        there.undo([row])
        assert rows_of(connection, "t") == before


def test_a_range_of_several_columns_is_read_by_the_key(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["several"], 900)
        connection.query("FLUSH STATUS")
        found = find_key(there_table(there, place))
        assert isinstance(found, ChunkKey)
        bounds = [connection.query(found.next_query((), last(connection, found), rows))[0] for rows in (400, 410)]
        after, upto = (tuple(map(str, bound)) for bound in bounds)
        names, rows = connection.table(f"EXPLAIN FORMAT=TRADITIONAL DELETE FROM t WHERE {found.between(after, upto)}")
        plan = dict(zip(map(str.lower, names), rows[0], strict=True))
        assert plan["type"] == "range"
        assert plan["key"] == "PRIMARY"
        assert int(str(plan["rows"])) < 50


def there_table(shop: Shop, place: str) -> Any:
    with contextlib.closing(Observer(shop.target.address)) as observer:
        return observer.table(TableName(place, "t"))


def last(connection: Connection, key: ChunkKey) -> tuple[str, ...]:
    return tuple(map(str, connection.query(key.last_query())[0]))


def test_what_is_refused_is_not_begun(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100)
        before = rows_of(connection, "t")
        rows = there.execute(
            f"{FAST}use {place}; update t set a = a + 1; update t set b = uuid(); insert into t (id) values (1000);",
            "--batch-rows=7;",
        )
        assert {row.stage for row in rows} == {"CHECKED"}
        assert [row.errlevel for row in rows][1:3] == [1, 2]
        assert "uuid()" in str(rows[2].errormessage)
        assert rows_of(connection, "t") == before


def test_small_changes_run_as_usual(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100)
    row = execute(there, place, "update t set b = uuid() where id < 5")
    assert (row.Affected_rows, row.errormessage) == (4, None)


def test_the_option_has_bounds(there: Shop, place: str) -> None:
    with pytest.raises(pymysql.MySQLError, match="--batch-rows must be a number from 0 to 1000000"):
        execute(there, place, "update t set a = 1", "--batch-rows=1000001;")


def test_a_value_that_cannot_be_written_down_ends_it(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        connection.query("SET SESSION sql_mode = ''")
        fill(connection, "id date primary key", "concat('2020-', lpad(n, 2, '0'), '-00')", 12)
        before = rows_of(connection, "t")
        row = execute(there, place, "update t set a = a + 1")
        assert row.stagestatus == "Execute Aborted"
        assert "2020-12-00, which is none" in str(row.errormessage)
        assert rows_of(connection, "t") == before


def test_one_that_fails_on_the_way_leaves_and_takes_back_its_ranges(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100)
        connection.query("ALTER TABLE t MODIFY a tinyint")
        connection.query("UPDATE t SET a = 127 WHERE id = 45")
        before = rows_of(connection, "t")
        statements = f"{FAST}use {place}; update t set a = a + 1; insert into m (id) values (1000);"
        _, row, other = there.execute(statements, "--batch-rows=10;--force;")
        assert (row.stagestatus, row.Affected_rows) == ("Execute failed\nBackup successfully", 40)
        assert "The 4 ranges before, with 40 rows, stay changed" in str(row.errormessage)
        assert "1264" in str(row.errormessage)
        assert other.stagestatus == "Execute Successfully\nBackup successfully"
        assert connection.value("SELECT SUM(a = id % 10 + 1) FROM t") == "40"
        there.undo([row])
        assert rows_of(connection, "t") == before


def test_what_ranges_changed_is_rolled_back_by_command(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100)
        before = rows_of(connection, "t")
        row = execute(there, place, "delete from t where a > 2")
        assert len(rows_of(connection, "t")) == 30
        [undone] = roll_back(there, row)
        assert (undone.errlevel, undone.Affected_rows) == (0, 70)
        assert rows_of(connection, "t") == before
        [again] = roll_back(there, undone)
        assert again.errlevel == 0
        assert len(rows_of(connection, "t")) == 30


def test_no_rows(there: Shop, place: str) -> None:
    """All rows have gone between the audit's estimate and the execution."""
    with there.target.connect(database=place) as connection:
        fill(connection, *TABLES["number"], 100)
        statements = (
            f"{FAST}use {place}; delete from m; insert into m select * from t where id = 5; delete from m where id > 0;"
        )
        rows = there.execute(statements, "--batch-rows=10;--real-row-count=1;")
        assert [row.Affected_rows for row in rows[1:]] == [100, 1, 1]
        assert "It ran in 1 ranges" in str(rows[3].errormessage)
        there.undo(rows)
        assert rows_of(connection, "m") == rows_of(connection, "t")
