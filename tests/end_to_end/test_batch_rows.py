"""--batch-rows: large row changes in ranges of a key give what the whole statement gives, and can be undone."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from inception.chunks.key import ChunkKey, find_key
from inception.introspect import Observer
from inception.mysql import Connection
from inception.schema.model import TableName
from tests.end_to_end.conftest import Row, Shop
from tests.end_to_end.cut import Cut
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until

FAST = "inception set session inception_chunk_pause = 0; "


@pytest.fixture
def there(target: DatabaseServer, gateway: Gateway, backup_server: MariaDB) -> Shop:
    """The gateway with each kind of target in turn."""
    return Shop(gateway, target, backup_server)


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name:
        yield name


TABLES = {
    "number": ("id int primary key", "n"),
    "unsigned": ("id bigint unsigned primary key", "18446744073709551615 - n * 3"),
    "negative": ("id decimal(20,5) primary key", "-7.00001 * n + 1000"),
    "day": ("id date primary key", "'1969-12-01' + interval n day"),
    "moment": ("id datetime(6) primary key", "'2026-10-25 02:59:59.999990' + interval n microsecond"),
    "bytes": ("id varbinary(40) primary key", "unhex(sha2(n, 256))"),
    "fixed": ("id binary(8) primary key", "unhex(lpad(hex(n * 256), 6, '0'))"),
    "name": ("id varchar(40) charset utf8mb4 collate utf8mb4_unicode_ci primary key",
             "concat(elt(n % 5 + 1, 'é', 'E', 'ß', 'a\\'', '中\\\\'), n, elt(n % 3 + 1, '', 'Z', 'ü'))"),
    "three": ("id varchar(40) charset utf8mb3 collate utf8mb3_general_ci primary key", "concat(char(97 + n % 26), n, 'é')"),
    "western": ("id char(20) charset latin1 collate latin1_german1_ci primary key",
                "concat(convert(elt(n % 3 + 1, 'ö', 'O', 'p') using latin1), n)"),
    "chinese": ("id varchar(20) charset gbk primary key", "concat(elt(n % 3 + 1, '中', '文', 'a'), n)"),
    "several": ("id int not null, s varchar(9) charset utf8mb4 not null, d date not null, primary key (s, d, id)", "n % 7"),
    "unique": ("id int not null, f varchar(9) charset utf16 primary key, unique other (id)", "n"),
}  # fmt: skip


def fill(connection: Connection, definition: str, value: str, rows: int, *, options: str = "") -> None:
    """Make table t and its mirror m, equal, with rows whose key is made from n."""
    connection.query("DROP TABLE IF EXISTS t, m")
    connection.query(f"CREATE TABLE t ({definition}, a int, b varchar(50)) ENGINE=InnoDB {options}")
    columns, values = "id", value
    if "s varchar" in definition:
        columns, values = (
            "id, s, d",
            f"n, elt(({value}) + 1, 'a', 'B', 'b c', 'ö', 'z', '', 'a1'), '2026-01-01' + interval n % 5 day",
        )
    if "f varchar" in definition:
        columns, values = "id, f", f"{value}, n"
    numbers = f"(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {rows}) SELECT n FROM r) x"
    connection.query(f"INSERT INTO t ({columns}, a, b) SELECT {values}, n % 10, concat('row ', n) FROM {numbers}")
    connection.query("CREATE TABLE m LIKE t")
    connection.query("INSERT INTO m SELECT * FROM t")
    connection.query("ANALYZE TABLE t")


def rows_of(connection: Connection, table: str) -> list[str]:
    return sorted(map(repr, connection.query(f"SELECT * FROM {table}")))


def execute(shop: Shop, place: str, statement: str, options: str = "--batch-rows=7;") -> Row:
    *_, row = shop.execute(f"{FAST}use {place}; {statement};", options)
    return row


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


class Walked(Cut):
    """Rows 1 to 100 changed in ranges of ten, cut off in the middle: every row tells how often it was changed."""

    statement = "update t set a = a + 1 where id > 0"

    def begin(self, middle: str = "", blocked: str = "", *tables: str) -> Connection:
        """Execute until the fifth range waits for a lock; return the session that holds it."""
        with self.target.connect() as target:
            target.query("DROP DATABASE IF EXISTS d")
            target.query("CREATE DATABASE d")
        with self.target.connect(database="d") as target:
            fill(target, *TABLES["number"], 100)
        self.blocker.query("BEGIN")
        self.blocker.query("SELECT * FROM d.t WHERE id = 45 FOR UPDATE")
        self.batch = f"{FAST}use d; {self.statement}; insert into m (id) values (1000);"
        self.more = "--batch-rows=10;"
        self.before = self.checksum("d", "t", "m")
        self.rows: list[Row] = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        wait_until(lambda: self.chunks() == [("DONE",)] * 4 + [("PREPARE",)])
        wait_until(lambda: self.waits(self.blocker, "update t"))
        return self.blocker

    def _run(self) -> None:
        with contextlib.suppress(pymysql.MySQLError):
            self.rows = self.execute(self.batch, f"--sequence={self.name};{self.more}")

    def chunks(self, what: str = "status") -> list[tuple[Any, ...]]:
        with self.backup.connect() as backup, contextlib.suppress(Exception):
            return backup.query(
                f"SELECT {what} FROM inception.execute_chunk WHERE task_sequence = '{self.name}' ORDER BY number, chunk"
            )
        return []

    def kill_waiting(self) -> None:
        [number] = [row[0] for row in self.blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
        self.blocker.query(f"KILL {number!s}")

    def judge(self, rows: list[Row]) -> None:
        """All rows have been changed once, and what is stored restores the start."""
        assert [row.errlevel for row in rows] == [0, 1, 0], rows
        assert rows[1].Affected_rows == 100
        assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
        with self.target.connect(database="d") as target:
            assert target.query("SELECT COUNT(*) FROM t JOIN m USING (id) WHERE t.a = m.a + 1") == [("100",)]
        self.undo(rows)
        assert self.checksum("d", "t", "m") == self.before


@pytest.fixture
def walked(
    gateway: Gateway, target: DatabaseServer, backup_server: MariaDB, request: pytest.FixtureRequest
) -> Iterator[Walked]:
    shop = Walked(gateway, target, backup_server)
    shop.name = f"{request.node.name}-{os.getpid()}"
    with target.connect() as shop.blocker:
        yield shop


def test_what_is_written_while_it_runs(walked: Walked) -> None:
    blocker = walked.begin()
    status = walked.status()
    assert (status["finished"], status["total"], status["workUnit"]) == (40, 100, "rows")
    assert status["progress"] == "40.00 %"
    assert walked.chunks("after_key, upto_key, affected_rows")[3:] == [
        ('["30"]', '["40"]', "10"),
        ('["40"]', '["50"]', None),
    ]
    assert walked.progress() == ("2", "PREPARE")
    with walked.backup.connect() as backup:
        assert backup.query(
            f"SELECT chunks, chunk_rows, chunk_last FROM inception.execute_statement WHERE task_sequence = '{walked.name}' AND number = 2"
        ) == [("5", "10", '["100"]')]
    [line] = [row for row in walked.ask("inception get processlist") if "update t" in str(row)]
    assert int(line[-1]) == 46  # of three statements one and 40 %
    blocker.query("ROLLBACK")
    walked.thread.join(30)
    walked.judge(walked.rows)


def _goes_on(walked: Walked) -> None:
    walked.kill_workers()
    walked.blocker.query("ROLLBACK")


def _undone(walked: Walked) -> None:
    walked.kill_workers()
    walked.kill_waiting()
    walked.blocker.query("ROLLBACK")


def _killed(walked: Walked) -> None:
    [line] = [row for row in walked.ask("inception get processlist") if "update t" in str(row)]
    walked.ask(f"inception kill {line[0]}")
    walked.thread.join(10)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    assert walked.rows[1].Affected_rows == 40
    assert walked.rows[2].stage == "CHECKED"
    walked.blocker.query("ROLLBACK")


def _connection_lost(walked: Walked) -> None:
    walked.kill_waiting()
    walked.thread.join(30)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    walked.blocker.query("ROLLBACK")


def _failed(walked: Walked) -> None:
    with walked.target.connect() as other:
        other.query("SET SESSION lock_wait_timeout = 100")
        [number] = [row[0] for row in walked.blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
        other.query(f"KILL QUERY {number!s}")
    walked.thread.join(30)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    walked.blocker.query("ROLLBACK")


@pytest.mark.parametrize(
    ("cut", "outcome"),
    [
        (_goes_on, "partly committed"), (_undone, "partly committed"), (_killed, "partly committed"),
        (_connection_lost, "partly committed"), (_failed, "partly committed"),
    ],
)  # fmt: skip
def test_it_is_taken_up_behind_the_last_range(walked: Walked, cut: Callable[[Walked], None], outcome: str) -> None:
    walked.begin()
    cut(walked)
    wait_until(lambda: walked.status()["outcome"] == outcome)
    rows = walked.resume()
    walked.judge(rows)
    assert walked.status()["stage"] == "Finished"
