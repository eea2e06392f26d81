"""Purging the backup server: what is old goes, completely; what is younger or not resolved stays."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from inception.mysql import Connection
from inception.sql import quote_name
from inception.upkeep import Purged, purge
from tests.end_to_end.conftest import Row, Shop
from tests.processes import HOST, wait_until
from tests.servers import Gateway, MariaDB

_OLD = 1_000_000_000  # the second of 2001 in which the old operations were executed


@pytest.fixture(scope="module")
def own(mariadb: MariaDB) -> Iterator[Shop]:
    """A gateway with a backup server that others do not write to."""
    with MariaDB() as backup:
        backup.start()
        with Gateway(
            inception_remote_backup_host=HOST, inception_remote_backup_port=backup.port,
            inception_remote_system_user="root",
        ) as gateway:  # fmt: skip
            gateway.start()
            yield Shop(gateway, mariadb, backup)


def _executed(shop: Shop, database: str, sequence: str) -> list[Row]:
    options = f"--sequence={sequence};"
    rows = shop.execute(f"use {database}; insert into t values (1), (2), (3); delete from t;", options)
    assert [row.stage for row in rows] == ["RERUN", "EXECUTED", "EXECUTED"]
    return rows


def _age(backup: Connection, rows: list[Row], sequence: str) -> None:
    """Let an execution have been long ago."""
    tables = backup.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.COLUMNS WHERE COLUMN_NAME = 'opid_time'"
    )
    for row in rows[1:]:
        opid = row.sequence.strip("'")
        aged = f"{_OLD}_{opid.partition('_')[2]}"
        for database, table in tables:
            name = quote_name(str(database), str(table))
            backup.query(f"UPDATE {name} SET opid_time = '{aged}' WHERE opid_time = '{opid}'")
    when = f"update_time = FROM_UNIXTIME({_OLD})"
    backup.query(f"UPDATE inception.execute_progress SET {when} WHERE task_sequence = '{sequence}'")


def _count(backup: Connection, table: str) -> int:
    return int(str(backup.value(f"SELECT COUNT(*) FROM {table}")))


def _everything(backup: Connection, home: str) -> dict[str, int]:
    own = [f"inception.{name}" for name in ("rollback_parts", "rollback_origin", "execute_journal", "execute_task",
                                            "execute_progress")]  # fmt: skip
    return {name: _count(backup, name) for name in (*own, f"{home}.t", f"{home}.`$_$Inception_backup_information$_$`")}


@pytest.fixture
def table(database: str, mariadb: MariaDB) -> str:
    with mariadb.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY)")
    return database


def test_what_is_old_goes_and_what_is_young_stays(own: Shop, table: str) -> None:
    old = _executed(own, table, "old")
    with own.backup.connect() as backup:
        _age(backup, old, "old")
        young = _executed(own, table, "young")
        home = str(young[1].backup_dbname)
        both = _everything(backup, home)
        counted = purge(backup, 1, dry_run=True)
        assert _everything(backup, home) == both
        assert purge(backup, 1) == counted == Purged(operations=2, rows=6, tasks=1)
        left = _everything(backup, home)
    assert left == {name: number // 2 for name, number in both.items()}
    assert len(own.ask(f"inception get rollback {young[2].sequence}")) == 3
    with pytest.raises(pymysql.MySQLError, match="No rollback is stored"):
        own.ask(f"inception get rollback '{_OLD}_{old[2].sequence.strip(chr(39)).partition('_')[2]}'")


def test_rows_that_never_counted_go_too(own: Shop, table: str) -> None:
    young = _executed(own, table, "with-orphans")
    with own.backup.connect() as backup:
        name = quote_name(str(young[1].backup_dbname), "t")
        backup.query(f"INSERT INTO {name} (rollback_statement, opid_time) VALUES ('DELETE …', '{_OLD}_1_1')")
        assert purge(backup, 1).rows == 1
        assert _count(backup, name) == 6


def test_a_task_whose_outcome_is_unknown_stays_and_is_named(own: Shop, table: str) -> None:
    rows = _executed(own, table, "unknown")
    with own.backup.connect() as backup:
        backup.query("UPDATE inception.execute_progress SET status = 'PREPARE' WHERE task_sequence = 'unknown'")
        _age(backup, rows, "unknown")
        found = purge(backup, 1)
        assert (found.tasks, found.kept) == (0, ("unknown",))
        assert _count(backup, "inception.execute_task WHERE task_sequence = 'unknown'") == 1
        backup.query("DELETE FROM inception.execute_progress WHERE task_sequence = 'unknown'")


def test_a_task_that_is_begun_anew_meanwhile_stays(own: Shop, table: str) -> None:
    rows = _executed(own, table, "anew")
    found: list[Purged] = []

    def run() -> None:
        with own.backup.connect() as backup:
            found.append(purge(backup, 1))

    with own.backup.connect() as backup:
        _age(backup, rows, "anew")
        backup.query("BEGIN")
        backup.query("SELECT 1 FROM inception.execute_task WHERE task_sequence = 'anew' FOR UPDATE")  # as claim.py
        thread = threading.Thread(target=run)
        thread.start()
        wait_until(lambda: any("execute_task" in str(row[7]) for row in _others(backup)))
        backup.query("REPLACE INTO inception.execute_progress (task_sequence) VALUES ('anew')")
        backup.query("COMMIT")
        thread.join(20)
        assert found[0].tasks == 0
        assert _count(backup, "inception.execute_progress WHERE task_sequence = 'anew'") == 1
        assert _count(backup, "inception.execute_journal WHERE task_sequence = 'anew'") > 1


def _others(session: Connection) -> list[Any]:
    return [row for row in session.query("SHOW FULL PROCESSLIST") if row[0] != str(session.thread_id)]


def test_less_than_a_day_is_refused(own: Shop) -> None:
    with own.backup.connect() as backup, pytest.raises(ValueError, match="Less than a day"):
        purge(backup, 0)


def test_a_backup_server_that_has_nothing(mariadb: MariaDB) -> None:
    with MariaDB() as empty, empty.start().connect() as backup:
        assert purge(backup, 1) == Purged()


def test_the_command(own: Shop, table: str) -> None:
    rows = _executed(own, table, "by-command")
    with own.backup.connect() as backup:
        _age(backup, rows, "by-command")
    command = [
        sys.executable, "-m", "inception", "purge", "--days=30", "--inception-remote-backup-host=127.0.0.1",
        f"--inception-remote-backup-port={own.backup.port}", "--inception-remote-system-user=root",
    ]  # fmt: skip
    for options, said in (["--dry-run"], "Would remove"), ([], "Removed"):
        done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{said}: 2 operations with 6 rollback statements, 1 tasks.")


def test_the_server_does_it_by_itself(own: Shop, table: str) -> None:
    rows = _executed(own, table, "by-itself")
    with own.backup.connect() as backup:
        _age(backup, rows, "by-itself")
    own.gateway.restart(inception_purge_days=1)
    wait_until(lambda: "purged what is older than 1 days: 2 operations, 6 rollback rows, 1 tasks" in own.gateway.log)
