"""`inception get status`: the document, its keys, and what it says of tasks that run, ended, failed or were orphaned."""

import json
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Shop
from tests.end_to_end.test_execute import Background, Sql
from tests.servers import wait_until

KEYS = (
    "taskName taskStatus target stage unit sequence statement progress finished total workUnit totalRate recentRate "
    "remainSeconds binlog masterBinlog waiting outcome reason result"
).split()


def document(shop: Shop, name: str = "") -> dict[str, Any]:
    [(text,)] = shop.ask(f"inception get status {repr(name) if name else ''}")
    told = json.loads(text)
    assert isinstance(told, dict)
    return told


def task(shop: Shop, name: str) -> dict[str, Any]:
    told = document(shop, name)
    assert (told["result"], told["msg"], len(told["tasks"])) == (True, "", 1)
    found = told["tasks"][0]
    assert list(found)[: len(KEYS)] == KEYS
    assert list(found["result"]) == ["code", "msg", "reason", "workaround"]
    assert isinstance(found, dict)
    return found


def test_a_task_that_runs(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    with shop.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 2 WHERE id = 1")
        text = f"use {database}; insert into t (id, a) values (2, 2); update t set a = 3 where id = 1;"
        batch = Background(shop, text, f"--sequence={database};")
        wait_until(lambda: shop.ask(f"inception get process status '{database}'") == [("RUNNING",)])
        wait_until(lambda: task(shop, database)["sequence"] == 3)
        found = task(shop, database)
        blocker.query("ROLLBACK")
    assert (found["taskName"], found["taskStatus"], found["stage"], found["unit"]) == (
        database, "Running", "Running", "Execute",
    )  # fmt: skip
    assert found["target"] == f"127.0.0.1:{shop.target.port}"
    assert found["statement"] == "update t set a = 3 where id = 1"
    assert (found["progress"], found["finished"], found["total"], found["workUnit"]) == ("66.67 %", 2, 3, "statements")
    assert found["masterBinlog"].startswith("binlog.")
    batch.rows()
    found = task(shop, database)
    assert (found["taskStatus"], found["stage"], found["progress"]) == ("Finished", "Finished", "100.00 %")
    assert {"taskName": database, "taskStatus": "Finished", "target": found["target"]} in document(shop)["tasks"]


def test_a_task_that_failed_says_why_and_what_to_do(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key);\ninsert into t values (1)")
    shop.execute(f"use {database}; insert into t (id) values (1);", f"--sequence={database};")
    found = task(shop, database)
    assert found["stage"] == "Stopped"
    assert found["taskStatus"].startswith("Error - Duplicate entry '1'")
    assert (found["sequence"], found["statement"]) == (2, "insert into t (id) values (1)")
    assert (found["result"]["code"], found["result"]["reason"]) == (1062, "Statement 2 did not end well.")
    assert "row that is there already" in found["result"]["workaround"]


def test_a_batch_that_its_audit_refuses_is_not_finished(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    text = f"use {database}; insert into t (id) values (1); insert into missing (id) values (1);"
    rows = shop.execute(text, f"--sequence={database};")
    assert [row.stage for row in rows] == ["CHECKED"] * 3
    found = task(shop, database)
    said = "Nothing is executed: the audit objects to statement 3."
    assert (found["stage"], found["unit"], found["taskStatus"]) == ("Stopped", "Check", f"Error - {said}")
    assert (found["progress"], found["finished"], found["total"]) == ("0.00 %", 0, 3)
    assert (found["sequence"], found["statement"]) == (3, "insert into missing (id) values (1)")
    assert found["result"] == {
        "code": 0,
        "msg": said,
        "reason": rows[2].errormessage,
        "workaround": "Mend what the rows object to",
    }


def test_a_batch_that_only_warnings_stop_says_how_to_accept_them(shop: Shop, database: str) -> None:
    text = f"use {database}; create table t (id int primary key); create table u (id int primary key);"
    shop.submit(f"--enable-execute;--sequence={database};", text)
    found = task(shop, database)
    assert found["taskStatus"] == "Error - Nothing is executed: the audit objects to statement 2 and 1 more."
    assert found["result"]["workaround"] == "Mend what the rows object to, or accept it with --enable-ignore-warnings"


def test_a_batch_that_may_not_be_executed_says_why(shop: Shop, database: str) -> None:
    shop.ask("inception set global inception_read_only = ON")
    try:
        shop.execute(f"use {database};", f"--sequence={database};")
    finally:
        shop.ask("inception set global inception_read_only = OFF")
    found = task(shop, database)
    assert (found["stage"], found["progress"]) == ("Stopped", "0.00 %")
    assert found["taskStatus"] == "Error - Nothing is executed: inception_read_only is ON."


def test_the_rows_of_an_execution_whose_client_went_away(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    text = "".join(f"insert into t (id) values ({n});" for n in range(3))
    with shop.client(read_timeout=1) as client, pytest.raises(pymysql.MySQLError):
        client.query(
            f"{shop.source(f'--enable-execute;--ignore-warnings;--sleep=500;--sequence={database};')} "
            f"inception_magic_start; use {database}; {text} inception_magic_commit;"
        )
    wait_until(lambda: task(shop, database)["stage"] == "Finished")
    rows = task(shop, database)["rows"]
    assert [row["stagestatus"].splitlines()[-1] for row in rows[1:]] == ["Backup successfully"] * 3
    assert [row["ID"] for row in rows] == [1, 2, 3, 4]


def test_an_unknown_task(shop: Shop) -> None:
    with pytest.raises(pymysql.MySQLError, match="There is no task 'nobody'"):
        shop.ask("inception get status 'nobody'")
