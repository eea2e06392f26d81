"""The process model: a worker for each batch, and what becomes of it when a process dies."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import COMMAND

from tests.end_to_end.conftest import Shop, stored
from tests.servers import Gateway, MariaDB, wait_until
from tests.trees import all_descendants, connects_to

Sql = Callable[[str], list[Any]]


@pytest.fixture
def own(mariadb: MariaDB, backup_server: MariaDB) -> Iterator[Shop]:
    """A gateway of the test's own, to be killed."""
    with Gateway(
        inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup_server.port,
        inception_remote_system_user="root", inception_workers=2, shutdown_grace=1,
    ) as gateway:  # fmt: skip
        yield Shop(gateway.start(), mariadb, backup_server)


def start(shop: Shop, database: str, statements: str, options: str = "") -> threading.Thread:
    def run() -> None:
        with contextlib.suppress(pymysql.MySQLError):
            shop.execute(f"use {database}; {statements}", options)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def running(shop: Shop) -> list[Any]:
    return [row for row in shop.ask("inception get processlist") if row[6] == "EXECUTING" and row[9]]


def test_a_worker_is_used_again(own: Shop, database: str) -> None:
    own.check(f"use {database};")
    before = all_descendants(own.gateway.pid)
    for _ in range(3):
        own.check(f"use {database};")
    assert all_descendants(own.gateway.pid) == before


def test_further_batches_wait_their_turn(own: Shop, database: str, sql: Sql) -> None:
    sql(";\n".join(f"create table t{n} (id int primary key)" for n in range(4)))
    threads = [
        start(own, database, f"insert into t{n} (id) values (1); insert into t{n} (id) values (2);", "--sleep=300;")
        for n in range(4)
    ]
    wait_until(lambda: len(running(own)) == 2)
    wait_until(lambda: sum(row[5] == "EXECUTE" for row in own.ask("inception get processlist")) == 4)
    assert len(running(own)) <= 2
    for thread in threads:
        thread.join(20)
    assert [sql(f"select count(*) from t{n}") for n in range(4)] == [[("2",)]] * 4


def test_a_batch_stopped_while_it_waits_never_runs(own: Shop, database: str, sql: Sql) -> None:
    sql(
        "create table t1 (id int primary key, a int);\ninsert into t1 values (1, 1);\n"
        "create table t2 (id int primary key, a int);\ninsert into t2 values (2, 2)"
    )
    errors: list[Any] = []

    def submit() -> None:
        try:
            own.execute(f"use {database}; insert into t1 (id, a) values (3, 3);")
        except pymysql.MySQLError as error:
            errors.append(error.args)

    with own.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t1, t2 SET t1.a = 3, t2.a = 3")
        threads = [start(own, database, f"update t{n} set a = 20 where id = {n};") for n in (1, 2)]
        wait_until(lambda: len(running(own)) == 2)
        busy = {row[0] for row in running(own)}
        threads.append(threading.Thread(target=submit))
        threads[-1].start()
        wait_until(lambda: len(own.ask("inception get processlist")) == 4)
        [waiting] = [
            row[0] for row in own.ask("inception get processlist") if row[5] == "EXECUTE" and row[0] not in busy
        ]
        own.ask(f"inception kill {waiting}")
        blocker.query("ROLLBACK")
    for thread in threads:
        thread.join(20)
    assert errors == [(2570, "Killed by tester@127.0.0.1")]
    assert sql("select id, a from t1 union select id, a from t2 order by id") == [("1", "20"), ("2", "20")]


def test_a_worker_that_dies_takes_only_its_batch_along(own: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    own.check(f"use {database};")
    errors: list[Any] = []

    def run() -> None:
        try:
            own.execute(f"use {database}; update t set a = 2 where id = 1;")
        except pymysql.MySQLError as error:
            errors.append(error)

    with own.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 3")
        thread = threading.Thread(target=run)
        thread.start()
        wait_until(lambda: running(own))
        [worker] = [pid for pid in all_descendants(own.gateway.pid) if connects_to(pid, own.target.port)]
        os.kill(worker, signal.SIGKILL)
        thread.join(10)
        blocker.query("ROLLBACK")
    assert errors[0].args[0] == 2571
    assert "may have taken effect" in errors[0].args[1]
    assert own.check(f"use {database};")[0].errlevel == 0


def test_a_check_whose_client_has_gone_is_told_as_stopped(own: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # a target that takes connections and says nothing
        batch = own.source("--enable-check;", port=silent.getsockname()[1])
        client: Any = own.client()
        name = str(client.thread_id())
        client._execute_command(COMMAND.COM_QUERY, f"{batch} inception_magic_start; select 1; inception_magic_commit;")
        wait_until(lambda: len(own.ask("inception get processlist")) == 2)
        client._force_close()
        wait_until(lambda: "The client is gone" in own.ask(f"inception get status '{name}'")[0][0])
    assert own.check("use test;")[0].errlevel == 0


def test_workers_survive_their_gateway_and_tell_the_truth(own: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1), (2, 2)")
    name = f"seq-{database}"
    with own.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 3 WHERE id = 1")
        start(
            own, database,
            "update t set a = 20 where id = 2; update t set a = 10 where id = 1; update t set a = 30 where id = 2;",
            f"--sequence={name};",
        )  # fmt: skip
        wait_until(lambda: running(own) and running(own)[0][9].endswith("id = 1"))
        processes = all_descendants(own.gateway.pid)
        own.gateway.kill()
        blocker.query("ROLLBACK")
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes), timeout=20)
    assert sql("select a from t order by id") == [("10",), ("20",)]
    with own.backup.connect() as backup:
        assert backup.query(
            f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{name}'"
        ) == [("3", "DONE")]
        home = f"127_0_0_1_{own.target.port}_{database}"
        opids = [row[0] for row in backup.query(
            f"SELECT opid_time FROM `{home}`.`$_$Inception_backup_information$_$` ORDER BY opid_time DESC"
        )]  # fmt: skip
        assert [text for opid in opids for text in stored(backup, str(opid))] == [
            f"UPDATE `{database}`.`t` SET `a`=1 WHERE `id`=1;", f"UPDATE `{database}`.`t` SET `a`=2 WHERE `id`=2;",
        ]  # fmt: skip


def test_a_terminated_gateway_stops_in_order(own: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    rows: list[Any] = []
    with own.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 3 WHERE id = 1")
        batch = f"use {database}; insert into t values (2, 2); update t set a = 10 where id = 1;"
        thread = threading.Thread(target=lambda: rows.extend(own.execute(batch)))
        thread.start()
        wait_until(lambda: running(own) and running(own)[0][9].startswith("update"))
        processes = all_descendants(own.gateway.pid)
        assert own.gateway.stop() == 0
        thread.join(10)
        blocker.query("ROLLBACK")
    assert [row.stagestatus.split("\n")[0] for row in rows] == ["Execute Successfully"] * 2 + ["Execute failed"]
    assert "shutting down" in rows[2].errormessage
    assert rows[1].stagestatus.endswith("Backup successfully")
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes))
    assert sql("select a from t order by id") == [("1",), ("2",)]


def test_a_terminated_gateway_refuses_new_requests_and_waits_for_running_ones(
    own: Shop, database: str, sql: Sql
) -> None:
    """Within the grace time a statement ends as if nothing were, while nobody else may begin anything."""
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    own.gateway.restart(shutdown_grace=30)
    rows: list[Any] = []
    with own.target.connect(database=database) as blocker, contextlib.closing(own.client()) as idle:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 3 WHERE id = 1")
        batch = f"use {database}; update t set a = 10 where id = 1; insert into t (id, a) values (2, 2);"
        thread = threading.Thread(target=lambda: rows.extend(own.execute(batch)))
        thread.start()
        wait_until(lambda: running(own))
        logged = own.gateway.log.count("no new requests")
        os.kill(own.gateway.pid, signal.SIGTERM)
        wait_until(lambda: own.gateway.log.count("no new requests") > logged)
        with pytest.raises(pymysql.MySQLError), idle.cursor() as cursor:
            cursor.execute(f"{own.source('--check')} inception_magic_start; use {database}; inception_magic_commit;")
        with pytest.raises(pymysql.MySQLError):
            own.client().close()
        assert thread.is_alive()
        blocker.query("ROLLBACK")
        thread.join(20)
    assert [row.stagestatus.split("\n") for row in rows[1:]] == [["Execute Successfully", "Backup successfully"]] * 2
    wait_until(lambda: not own.gateway.alive)
    assert own.gateway.stop() == 0
    assert sql("select id, a from t order by id") == [("1", "10"), ("2", "2")]


def test_a_second_signal_ends_the_server_at_once(own: Shop, database: str, sql: Sql) -> None:
    """The grace time is not waited for; the worker goes on with its statement and writes the truth."""
    sql("create table t (id int primary key, a int);\ninsert into t values (1, 1)")
    own.gateway.restart(shutdown_grace=3600)
    with own.target.connect(database=database) as blocker:
        blocker.query("BEGIN")
        blocker.query("UPDATE t SET a = 3 WHERE id = 1")
        text = "update t set a = 10 where id = 1; insert into t (id, a) values (2, 2);"
        thread = start(own, database, text, f"--sequence={database};")
        wait_until(lambda: running(own))
        processes = all_descendants(own.gateway.pid)
        logged = own.gateway.log.count("no new requests")
        os.kill(own.gateway.pid, signal.SIGTERM)
        wait_until(lambda: own.gateway.log.count("no new requests") > logged)
        assert own.gateway.stop() == 1  # sends the second one
        thread.join(10)
        assert not thread.is_alive(), "its client still waits"
        assert any("a = 10" in str(row[7]) for row in blocker.query("SHOW FULL PROCESSLIST")), "the statement was ended"
        blocker.query("ROLLBACK")
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes))
    assert sql("select id, a from t order by id") == [("1", "10")]
    with own.backup.connect() as backup:
        assert backup.query(
            f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{database}'"
        ) == [("2", "DONE")]
        home = f"127_0_0_1_{own.target.port}_{database}"
        assert len(backup.query(f"SELECT 1 FROM `{home}`.`$_$Inception_backup_information$_$`")) == 1
