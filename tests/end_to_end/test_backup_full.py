"""A backup server that is full, or slow, behaves as docs/operations.md says: told, nothing by halves, and then on it goes."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator

import pymysql
import pytest

from inception.upkeep import purge
from tests.end_to_end.conftest import Row, Shop
from tests.processes import HOST, wait_until
from tests.proxy import Proxy
from tests.servers import Gateway, MariaDB

_ROWS = 6000  # of a kilobyte: their rollback fits once into what there is, not twice
_DELETE = "use d; delete from t where id > 0;"


@contextlib.contextmanager
def _shop(mariadb: MariaDB, backup: MariaDB, port: int) -> Iterator[Shop]:
    with Gateway(
        inception_remote_backup_host=HOST, inception_remote_backup_port=port, inception_remote_system_user="root"
    ) as gateway:
        yield Shop(gateway.start(), mariadb, backup)


@pytest.fixture
def target() -> Iterator[MariaDB]:
    with MariaDB() as server, server.start().connect() as connection:
        connection.query("CREATE DATABASE d")
        connection.query("CREATE TABLE d.t (id int PRIMARY KEY, a varchar(1000))")
        connection.query("CREATE TABLE d.u (id int PRIMARY KEY)")
        _fill(server)
        yield server


def _fill(target: MariaDB) -> None:
    with target.connect(database="d") as connection:
        connection.query(f"INSERT INTO t SELECT seq, REPEAT('x', 1000) FROM seq_1_to_{_ROWS}")


def _statuses(rows: list[Row]) -> list[str]:
    return [row.stagestatus.split("\n")[-1] for row in rows if row.stage == "EXECUTED"]


def test_a_full_one_stores_nothing_by_halves_and_goes_on_after_a_purge(target: MariaDB) -> None:
    with MariaDB() as backup:
        # one file for all tables that may not grow: as full as a disk
        backup.start(innodb_file_per_table=False, innodb_data_file_path="ibdata1:12M:autoextend:max:24M")
        with _shop(target, backup, backup.port) as shop, backup.connect() as stored:
            assert _statuses(shop.execute(_DELETE, "--sequence=fits;")) == ["Backup successfully"]
            _fill(target)
            [_, failed] = shop.execute(_DELETE, "--sequence=full;")
            assert failed.stagestatus == "Execute Successfully\nBackup failed"
            assert "is full" in (failed.errormessage or "")
            with pytest.raises(pymysql.MySQLError, match="No rollback is stored"):
                shop.ask(f"inception get rollback {failed.sequence}")
            home = f"127_0_0_1_{target.port}_d"
            assert stored.value(f"SELECT COUNT(*) FROM {home}.t WHERE opid_time = {failed.sequence}") == "0"
            assert _in_the_binary_log(target) == 2 * _ROWS
            _purge(backup)
            assert stored.value(f"SELECT COUNT(*) FROM {home}.t") == "0"
            _fill(target)
            after = shop.execute(_DELETE, "--sequence=after;")
            assert _statuses(after) == ["Backup successfully"]
            assert len(shop.rollback_of(after)) == _ROWS


def _purge(backup: MariaDB) -> None:
    """Purge as in a few days."""
    with backup.connect() as connection:
        connection.query("SET timestamp = UNIX_TIMESTAMP() + 3 * 86400")
        assert purge(connection, 1).operations == 1
        # rows that were deleted take their room until InnoDB's own purge has been there
        history = "SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'"
        wait_until(lambda: int(str(connection.query(history)[0][1])) == 0, timeout=60)


def _in_the_binary_log(target: MariaDB) -> int:
    """Return how many deleted rows `inception flashback` can still take back."""
    done = subprocess.run(
        [sys.executable, "-m", "inception", "flashback", f"--host={HOST}", f"--port={target.port}", "--user=root",
         "--start-position=binlog.000001:4", "--table=d.t", "--only=delete", "--progress=none"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.count("INSERT INTO `d`.`t`")


def test_a_slow_one_is_waited_for_and_that_is_seen(target: MariaDB, backup_server: MariaDB) -> None:
    answers: list[list[Row]] = []
    with Proxy(backup_server.port) as slow, _shop(target, backup_server, slow.port) as shop:
        thread = threading.Thread(target=lambda: answers.append(shop.execute(_DELETE)))
        with target.connect(database="d") as blocker:
            blocker.query("BEGIN")
            blocker.query("UPDATE t SET a = '' WHERE id = 1")
            thread.start()
            wait_until(lambda: shop.ask("inception get processlist")[0][6] == "EXECUTING")
            slow.stall()
            blocker.query("ROLLBACK")
        wait_until(lambda: shop.ask("inception get processlist")[0][6] == "BACKUP", 30)
        assert thread.is_alive()
        slow.go_on()
        thread.join(60)
    assert _statuses(answers[0]) == ["Backup successfully"]
