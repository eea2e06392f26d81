"""--execute through the wire: order, progress, stopping, and what the rows say."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from inception.claim import find_task
from tests.end_to_end.conftest import Row, Shop
from tests.secrets import ACCOUNT
from tests.servers import wait_until

Sql = Callable[[str], list[Any]]


def progress(shop: Shop, name: str) -> list[Any]:
    with shop.backup.connect() as backup:
        return backup.query(
            "SELECT sequence, status, errcode, message, dbname FROM inception.execute_progress "
            f"WHERE task_sequence = '{name}'"
        )


def test_rows_tell_what_happened(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a varchar(3))")
    rows = shop.execute(
        f"use {database}; insert into t (id, a) values (1, 'a'), (2, 'b'); set names utf8mb4; update t set a = 'x';"
    )
    assert [row.stage for row in rows] == ["RERUN", "EXECUTED", "RERUN", "EXECUTED"]
    assert [row.stagestatus for row in rows] == [
        "Execute Successfully", "Execute Successfully\nBackup successfully",
        "Execute Successfully", "Execute Successfully\nBackup successfully",
    ]  # fmt: skip
    assert [row.Affected_rows for row in rows] == [0, 2, 0, 2]
    assert [row.errlevel for row in rows] == [0, 0, 0, 1]
    for number, row in enumerate(rows):
        assert re.fullmatch(rf"'\d{{10}}_\d+_{number}'", row.sequence)
        assert re.fullmatch(r"\d+\.\d{3}", row.execute_time)


def test_warnings_of_the_server_are_in_the_row(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int)")
    rows = shop.execute(f"use {database}; insert ignore into t (id, a) values (1, 'x'); drop table if exists missing;")
    assert rows[1].errlevel == 1
    assert "#1 Execute(Warning, Code 1366):" in (rows[1].errormessage or "")
    assert "#1 Execute(Note, Code 1051):" in (rows[2].errormessage or "")


def test_an_error_of_the_audit_stops_everything(shop: Shop, database: str, sql: Sql) -> None:
    rows = shop.execute(f"use {database}; create table t (id int primary key); insert into missing values (1);")
    assert [(row.stage, row.stagestatus) for row in rows] == [("CHECKED", "Audit completed")] * 3
    assert sql("SHOW TABLES") == []


def test_a_warning_stops_it_unless_ignored(shop: Shop, database: str, sql: Sql) -> None:
    rows = shop.submit("--enable-execute", f"use {database}; create table t (id int primary key);")
    assert [row.stage for row in rows] == ["CHECKED", "CHECKED"]
    assert sql("SHOW TABLES") == []


def test_a_failure_ends_the_execution_and_force_goes_on(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    batch = (
        f"use {database}; insert into t (id) values (1); insert into t (id) values (1); insert into t (id) values (2);"
    )
    rows = shop.execute(batch)
    assert [row.stagestatus.split("\n")[0] for row in rows] == [
        "Execute Successfully", "Execute Successfully", "Execute failed", "Audit completed",
    ]  # fmt: skip
    assert rows[2].errlevel == 2
    assert "Execute: Duplicate entry '1'" in (rows[2].errormessage or "")
    assert len(shop.rollback_of(rows)) == 1
    sql("delete from t")
    rows = shop.execute(batch, "--enable-force;")
    assert [row.stage for row in rows] == ["RERUN", "EXECUTED", "EXECUTED", "EXECUTED"]
    assert sql("select count(*) from t") == [("2",)]


def test_the_progress_row(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    batch = f"use {database}; insert into t (id) values (1); insert into t (id) values (2);"
    name = f"seq-{database}"
    shop.execute(batch, f"--sequence={name};")
    assert progress(shop, name) == [("3", "DONE", "0", None, database)]
    shop.execute(batch, f"--sequence={name};")
    [(number, status, errno, message, dbname)] = progress(shop, name)
    assert (number, status, errno, dbname) == ("2", "ERROR", "1062", database)
    assert "Duplicate entry" in message
    with shop.backup.connect() as backup:
        task = find_task(backup, name)
    assert task is not None
    assert (task.host, task.user) == ("127.0.0.1", ACCOUNT)
    assert re.fullmatch(r"\d+_\d+_1", task.statements[1].opid)


def test_prepare_is_there_before_the_statement_runs(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    name = f"seq-{database}"
    with shop.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 2")
        batch = Background(shop, f"use {database}; update t set a = 3 where id = 1;", f"--sequence={name};")
        wait_until(lambda: progress(shop, name) == [("2", "PREPARE", "0", None, database)])
        assert shop.ask(f"inception get process status '{name}'") == [("RUNNING",)]
        with pytest.raises(pymysql.MySQLError, match="running"):
            shop.execute(f"use {database};", f"--sequence={name};")
        [mine] = [row for row in shop.ask("inception get processlist") if row[5] == "EXECUTE"]
        assert mine[1:4] == (ACCOUNT, "127.0.0.1", shop.target.port)
        assert mine[6] == "EXECUTING"
        assert mine[9] == "update t set a = 3 where id = 1"
        blocker.query("COMMIT")
        rows = batch.rows()
    assert [row.errlevel for row in rows] == [0, 0]
    assert progress(shop, name) == [("2", "DONE", "0", None, database)]
    assert shop.ask(f"inception get process status '{name}'") == [("STOPPED",)]


def test_an_open_outcome_refuses_the_sequence(shop: Shop, database: str) -> None:
    shop.execute(f"use {database};", "--sequence=make-the-table;")
    with shop.backup.connect() as backup:
        backup.query(
            f"REPLACE INTO inception.execute_progress (task_sequence, sequence, status) VALUES ('{database}', 7, 'PREPARE')"
        )
    with pytest.raises(pymysql.MySQLError, match="began statement 7"):
        shop.execute(f"use {database};", f"--sequence={database};")


def test_sleep_and_kill(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    batch = Background(
        shop, f"use {database};" + "".join(f"insert into t (id) values ({n});" for n in range(5)), "--sleep=100000;"
    )
    wait_until(
        lambda: any(row[5] == "EXECUTE" and row[6] == "EXECUTING" for row in shop.ask("inception get processlist"))
    )
    [number] = [row[0] for row in shop.ask("inception get processlist") if row[5] == "EXECUTE"]
    shop.ask(f"inception kill {number}")
    rows = batch.rows(within=5)
    aborted = next(row for row in rows if row.stage == "CHECKED")
    assert (aborted.errlevel, aborted.stagestatus) == (2, "Execute Aborted")
    assert "Killed by tester@127.0.0.1" in (aborted.errormessage or "")


def test_kill_ends_the_statement_on_the_target(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1), (2, 2)")
    name = f"seq-{database}"
    with shop.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 2 WHERE id = 1")
        batch = Background(
            shop,
            f"use {database}; update t set a = 9 where id = 2; update t set a = 3 where id = 1;",
            f"--sequence={name};",
        )
        wait_until(lambda: progress(shop, name) == [("3", "PREPARE", "0", None, database)])
        [number] = [row[0] for row in shop.ask("inception get processlist") if row[5] == "EXECUTE"]
        shop.ask(f"kill {number}")
        rows = batch.rows(within=5)
        blocker.query("ROLLBACK")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully", "Execute failed"]
    assert "Killed by tester" in (rows[2].errormessage or "")
    assert progress(shop, name)[0][1] == "ERROR"
    assert len(shop.rollback_of(rows)) == 1
    assert sql("select a from t order by id") == [("1",), ("9",)]


def test_a_client_that_leaves_does_not_end_its_execution(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    name = f"seq-{database}"
    text = "".join(f"insert into t (id) values ({n});" for n in range(4))
    with shop.client(read_timeout=1) as client, pytest.raises(pymysql.MySQLError):
        client.query(
            f"{shop.source(f'--enable-execute;--sleep=400;--sequence={name};')} inception_magic_start; use {database};"
            f"{text} inception_magic_commit;"
        )
    assert shop.ask(f"inception get process status '{name}'") == [("RUNNING",)]
    wait_until(lambda: shop.ask(f"inception get process status '{name}'") == [("STOPPED",)])
    assert sql("select count(*) from t") == [("4",)]
    assert progress(shop, name) == [("5", "DONE", "0", None, database)]


def test_a_client_that_leaves_ends_its_check(shop: Shop, database: str, sql: Sql) -> None:
    text = "".join(f"create table t{n} (id int);" for n in range(20000))
    with shop.client(read_timeout=1) as client, pytest.raises(pymysql.MySQLError):
        client.query(f"{shop.source('--check')} inception_magic_start; use {database}; {text} inception_magic_commit;")
    wait_until(lambda: all(row[5] == "LOCAL" for row in shop.ask("inception get processlist")), timeout=3)


def test_bytes_reach_the_target_as_they_were_sent(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a varchar(20)) default charset=utf8mb4")
    with shop.client(charset="latin1") as client, client.cursor() as cursor:
        cursor.execute(
            f"{shop.source('--enable-execute;--ignore-warnings')} inception_magic_start; use {database};"
            " insert into t (id, a) values (1, 'é€'); set names utf8mb4; insert into t (id, a) values (2, 'é€');"
            " inception_magic_commit;"
        )
        assert [row[2] for row in cursor.fetchall()] == [0, 0, 0, 0]
    assert sql("select a from t order by id") == [("é€",), ("é€",)]


class Background:
    """A batch that executes while the test goes on."""

    def __init__(self, shop: Shop, statements: str, options: str, **account: object) -> None:
        self._result: list[Row] | BaseException | None = None
        self._account = account
        self._thread = threading.Thread(target=self._run, args=(shop, statements, options), daemon=True)
        self._thread.start()

    def _run(self, shop: Shop, statements: str, options: str) -> None:
        try:
            options = f"--enable-execute;--enable-ignore-warnings;{options}"
            self._result = shop.submit(options, statements, **self._account)
        except BaseException as error:
            self._result = error

    def end(self) -> object:
        """Wait for its end; return its rows or the error."""
        self._thread.join(30)
        assert not self._thread.is_alive(), "the batch has not ended"
        return self._result

    def rows(self, within: float = 10) -> list[Row]:
        self._thread.join(within)
        assert not self._thread.is_alive(), "the batch has not ended"
        assert isinstance(self._result, list), self._result
        return self._result


def test_the_time_of_a_sleep(shop: Shop, database: str) -> None:
    began = time.monotonic()
    shop.execute(f"use {database}; use {database}; use {database};", "--sleep=100;--sleep-rows=3;")
    assert 0.1 <= time.monotonic() - began < 5


def test_statistics_of_an_executed_batch(shop: Shop, database: str, sql: Sql) -> None:
    def counted() -> dict[str, str]:
        with shop.backup.connect() as backup:
            names, rows = backup.table("SELECT * FROM inception.statistic ORDER BY id DESC LIMIT 1")
            return {name: str(value) for name, value in zip(names[2:], rows[0][2:], strict=True) if str(value) != "0"}

    shop.execute(
        f"""use {database}; create table t (id int primary key, a int, key idx_a (a)); create table u (id int primary key);
        alter table t add column b int, add column c int, drop column a, drop index idx_a, rename to t2;
        rename table u to u2; drop table u2;"""
    )
    assert counted() == {
        "usedb": "1", "createtable": "2", "altertable": "5", "addcolumn": "2", "dropcolumn": "1", "dropindex": "1",
        "renaming": "1", "droptable": "1",
    }  # fmt: skip
    shop.execute(
        f"use {database}; insert into t2 (id) values (1), (2); replace into t2 (id) values (3); delete from t2 where id = 1;"
    )
    assert counted() == {"usedb": "1", "inserting": "2", "deleting": "1"}
    shop.execute(f"use {database}; insert into t2 (id) values (2); update t2 set b = 1;")
    assert counted() == {"usedb": "1", "inserting": "2", "deleting": "1"}, "a batch that ended early is not counted"
