"""Executions that are cut off: what became of the last statement, and --resume, on both kinds of server."""

import os
import signal
from collections.abc import Iterator

import pymysql
import pytest

from inception.backup import INFORMATION
from inception.plan import backup_name
from inception.sql import quote_name
from tests.conftest import demand
from tests.end_to_end.cut import ALTER, UPDATE, Cut, shop_of
from tests.faults import gateway_before, start_with_gtids
from tests.journals import rewrite, statements_of
from tests.servers import Gateway, MariaDB, MySQL, wait_until


@pytest.fixture(scope="module")
def assigning(backup_server: MariaDB, pytestconfig: pytest.Config) -> Iterator[tuple[Gateway, MySQL]]:
    """A gateway that gives statements GTIDs of its own, and a target that takes them."""
    demand("mysql", pytestconfig)
    with MySQL() as target, gateway_before(backup_server, assign_gtid=True) as gateway:
        start_with_gtids(target)
        yield gateway.start(), target


@pytest.fixture(params=["mariadb", "mysql", "assigning"])
def cut(request: pytest.FixtureRequest, backup_server: MariaDB) -> Iterator[Cut]:
    """On both kinds of server, and with GTIDs that are assigned."""
    found = request.getfixturevalue(request.param)
    gateway, target = found if request.param == "assigning" else (request.getfixturevalue("gateway"), found)
    with shop_of(gateway, target, backup_server, request) as shop:
        yield shop


@pytest.fixture
def cut_alone(gateway: Gateway, backup_server: MariaDB, request: pytest.FixtureRequest) -> Iterator[Cut]:
    """With a target that nobody else uses."""
    with MariaDB() as target, shop_of(gateway, target.start(), backup_server, request) as shop:
        yield shop


def test_a_statement_that_goes_on_without_its_worker_is_found_committed(cut: Cut) -> None:
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    wait_until(lambda: cut.status()["outcome"] == "unknown")
    assert "may still run" in cut.status()["reason"]
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.status()["outcome"] == "committed")
    rows = cut.resume()
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]
    assert [row.stage for row in rows] == ["RERUN", "RERUN", "EXECUTED", "EXECUTED", "EXECUTED", "EXECUTED"]
    assert all(row.stagestatus.endswith("Backup successfully") for row in rows[2:])
    assert [row.Affected_rows for row in rows[2:]] == [1, 1, 1, 1]
    assert "the target's answer was lost" in str(rows[3].errormessage)
    assert "Affected_rows was counted in the binary log" in str(rows[3].errormessage)
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_a_cascade_is_not_forgotten_with_the_answer(cut: Cut) -> None:
    """How many rows the statement changed is not known then: that must not pass for none."""
    child = (
        "CREATE TABLE d.c (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES d.t (id) ON DELETE CASCADE) ENGINE=InnoDB"
    )
    blocker = cut.begin(
        "delete from t where id = 1", "UPDATE d.t SET a = a WHERE id = 1", child, "INSERT INTO d.c VALUES (1)"
    )
    cut.kill_workers()
    blocker.query("ROLLBACK")
    row = cut.resume()[3]
    assert row.Affected_rows == 1
    if blocker.version.mariadb:  # does not log what a cascade changes
        assert row.stagestatus == "Execute Successfully\nBackup failed"
        assert "changes rows by cascade" in str(row.errormessage)
    else:
        assert row.stagestatus == "Execute Successfully\nBackup successfully"
        assert len(cut.rollback_of([row])) == 2


def test_a_statement_that_was_killed_is_not_committed_and_runs_again(cut: Cut) -> None:
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    [number] = [row[0] for row in blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
    blocker.query(f"KILL {number!s}")
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.status()["outcome"] == "not committed")
    assert cut.values() == [("1", "1"), ("2", "12")]
    with pytest.raises(pymysql.MySQLError, match="began statement 4"):
        cut.execute(cut.batch, f"--sequence={cut.name};")
    rows = cut.resume()
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_a_definition_change_that_goes_on_without_its_worker(cut: Cut) -> None:
    blocker = cut.begin(ALTER, "SELECT * FROM d.u FOR UPDATE")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    rows = cut.resume()  # waits for it
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.columns() == 3
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_a_transaction_that_was_cut_off_runs_again_as_a_whole(cut: Cut) -> None:
    cut.more = "--trans=10;"
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.status()["outcome"] == "not committed")
    assert cut.values() == [("1", "1"), ("2", "2")]
    rows = cut.resume()
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_a_transaction_that_was_committed_is_not_run_again(cut: Cut) -> None:
    """Its statements are found committed, also the one that changed no row, and its backup is completed."""
    cut.more = "--trans=10;"
    blocker = cut.begin("update t set a = 5 where id = 1 and a = 7", "UPDATE d.t SET a = a WHERE id = 1")
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.progress() == ("6", "DONE"))
    wait_until(lambda: cut.status()["stage"] != "Running")
    home = quote_name(backup_name("127.0.0.1", cut.target.port, "d"), INFORMATION)
    with cut.backup.connect() as backup:
        rewrite(backup, cut.name, lambda fact: {} if "ended" in fact else fact)
        backup.query(f"UPDATE inception.execute_progress SET status = 'PREPARE' WHERE task_sequence = '{cut.name}'")
        kept = [begun.opid for number, begun in statements_of(backup, cut.name).items() if number > 2]
        for opid in kept:
            backup.query(f"DELETE FROM {home} WHERE opid_time = '{opid}'")
    rows = cut.resume()
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.values() == [("1", "1"), ("2", "112"), ("3", "3")]
    assert [row.sequence for row in rows[2:]] == [f"'{opid}'" for opid in kept]
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_a_session_that_its_owner_left_idle_is_ended(cut_alone: Cut, backup_server: MariaDB) -> None:
    """Its process stands still, with its connection to the target; another server goes on in its place."""
    cut = cut_alone
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    stopped = cut.workers
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        blocker.query("ROLLBACK")
        with cut.backup.connect() as backup:
            old = "heartbeat = NOW() - INTERVAL 1 HOUR"
            backup.query(f"UPDATE inception.execute_task SET {old} WHERE task_sequence = '{cut.name}'")
        with gateway_before(backup_server) as other:
            heir = Cut(other.start(), cut.target, cut.backup)
            heir.name, heir.batch = cut.name, cut.batch
            rows = heir.resume()
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGKILL)
    assert [row.errlevel for row in rows] == [0] * 6, rows
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]


def test_another_text_is_not_resumed(cut: Cut) -> None:
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.status()["outcome"] == "committed")
    right, cut.batch = cut.batch, cut.batch.replace("100", "200")
    with pytest.raises(pymysql.MySQLError, match="begun with another text"):
        cut.resume()
    cut.batch = right
    assert cut.resume()[-1].errlevel == 0
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]


def test_a_temporary_table_that_is_gone_is_not_mistaken_for_another(cut: Cut) -> None:
    cut.shape = (
        "use d; create temporary table tmp1 (id int primary key, a int); update t set a = 7 where id = 2; {middle};"
        " delete from tmp1; drop table tmp1;"
    )
    real = "CREATE TABLE d.tmp1 (id INT PRIMARY KEY)"
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1", real, "INSERT INTO d.tmp1 VALUES (1)")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    with pytest.raises(pymysql.MySQLError, match=r"Statement 5 needs the temporary table d\.tmp1, which went with"):
        cut.resume()
    assert cut.values() == [("1", "2"), ("2", "7")]
    assert cut.target_rows("d", "tmp1") == 1


def test_what_comes_after_a_temporary_table_is_resumed(cut: Cut) -> None:
    cut.shape = (
        "create temporary table d.tmp1 (id int primary key, b int) select 2 as id, 40 as b;"
        " update d.t join d.tmp1 using (id) set a = b; drop temporary table d.tmp1; {middle};"
        " create temporary table d.tmp1 (id int); insert into d.t (id, a) values (3, 3);"
    )
    blocker = cut.begin("update d.t set a = a + 1 where id = 1", "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    rows = cut.resume()
    assert max(row.errlevel for row in rows) < 2, rows
    assert cut.values() == [("1", "2"), ("2", "40"), ("3", "3")]
    cut.undo(rows)
    assert cut.whole() == cut.before


def test_what_never_began_is_not_resumed(cut: Cut) -> None:
    cut.batch = "use mysql;"
    with pytest.raises(pymysql.MySQLError, match="nothing to resume"):
        cut.resume()


def test_a_purged_binary_log_leaves_it_to_the_operator(cut_alone: Cut) -> None:
    cut = cut_alone
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    blocker.query("ROLLBACK")
    wait_until(lambda: not cut.waits(blocker, "update t"))
    blocker.query("FLUSH BINARY LOGS")

    def purged() -> bool:  # a file that somebody still reads is kept
        *_, last = blocker.query("SHOW BINARY LOGS")
        blocker.query(f"PURGE BINARY LOGS TO '{last[0]!s}'")
        return len(blocker.query("SHOW BINARY LOGS")) == 1

    wait_until(purged)
    wait_until(lambda: cut.status()["outcome"] == "unknown")
    assert "binary log" in cut.status()["reason"]
    with pytest.raises(pymysql.MySQLError, match="--resume-as=committed"):
        cut.resume()
    rows = cut.resume("--resume-as=committed;")
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]
    assert [row.stagestatus.splitlines()[0] for row in rows] == ["Execute Successfully"] * 6
    assert rows[3].stagestatus.endswith("Backup failed")


def test_a_task_that_failed_is_resumed_with_the_statement_that_failed(cut: Cut) -> None:
    with cut.target.connect() as target:
        for text in ("DROP DATABASE IF EXISTS d", "CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY)"):
            target.query(text)
        target.query("INSERT INTO d.t VALUES (2)")
        cut.batch = "use d; insert into t (id) values (1); insert into t (id) values (2);"
        rows = cut.execute(cut.batch, f"--sequence={cut.name};")
        assert rows[2].stagestatus == "Execute failed"
        assert cut.status()["taskStatus"].startswith("Error - Duplicate entry")
        target.query("DELETE FROM d.t WHERE id = 2")
        assert [row.errlevel for row in cut.resume()] == [0, 0, 0]
        assert target.query("SELECT id FROM d.t") == [("1",), ("2",)]
