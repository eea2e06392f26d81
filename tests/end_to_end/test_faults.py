"""Servers that die in the middle: the answer comes, and it is the truth."""

import json
import threading
from collections.abc import Iterator

import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Row, Shop
from tests.servers import Gateway, MariaDB, wait_until


class Mortal(Shop):
    """A gateway, a target and a backup server of the test's own, with a table to work on."""

    blocker: Connection

    def start_batch(self, options: str, last: str = "; update t set a = 30 where id = 2;") -> "Batch":
        """Execute three statements; the second one waits for a row that `blocker` has locked."""
        with self.target.connect() as target:
            for text in (
                "CREATE DATABASE d",
                "CREATE TABLE d.t (id INT PRIMARY KEY, a INT)",
                "INSERT INTO d.t VALUES (1, 1), (2, 2)",
            ):
                target.query(text)
        self.blocker.query("BEGIN")
        self.blocker.query("UPDATE d.t SET a = 5 WHERE id = 1")
        batch = Batch(self, options, f"use d; update t set a = 20 where id = 2; update t set a = 10 where id = 1{last}")
        wait_until(lambda: any((row[9] or "").endswith("id = 1") for row in self.ask("inception get processlist")))
        return batch


class Batch:
    """An execution in the background."""

    def __init__(self, shop: Shop, options: str, text: str) -> None:
        self._shop, self._options, self.text = shop, options, text
        self._rows: list[Row] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._rows = self._shop.execute(self.text, self._options)

    def rows(self) -> list[Row]:
        self._thread.join(30)
        assert not self._thread.is_alive(), "no answer"
        assert self._rows, "an error instead of rows"
        return self._rows


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    with MariaDB() as target, MariaDB() as backup:
        backup.start(durable=True)
        settings = {"inception_remote_backup_host": "127.0.0.1", "inception_remote_backup_port": backup.port}
        with Gateway(inception_remote_system_user="root", **settings) as gateway:  # type: ignore[arg-type]
            shop = Mortal(gateway.start(), target.start(durable=True), backup)
            with shop.target.connect() as shop.blocker:
                yield shop


def values(shop: Shop) -> list[str]:
    with shop.target.connect() as target:
        return [str(value) for (value,) in target.query("SELECT a FROM d.t ORDER BY id")]


def test_a_backup_server_that_dies(mortal: Mortal) -> None:
    batch = mortal.start_batch("")
    wait_until(lambda: _stored(mortal) == 1)
    mortal.backup.kill()
    mortal.blocker.query("ROLLBACK")
    rows = batch.rows()
    assert [row.stagestatus for row in rows[1:]] == [
        "Execute Successfully\nBackup successfully", "Execute Successfully\nBackup failed",
        "Execute Successfully\nBackup failed",
    ]  # fmt: skip
    assert all("Backup: " in (row.errormessage or "") for row in rows[2:])
    assert values(mortal) == ["10", "30"]
    mortal.backup.start()
    assert len(mortal.rollback_of(rows)) == 1


def _stored(shop: Shop) -> int:
    with shop.backup.connect() as backup:
        return int(str(backup.value("SELECT COUNT(*) FROM inception.rollback_origin")))


def test_progress_that_cannot_be_written_ends_the_execution(mortal: Mortal) -> None:
    batch = mortal.start_batch("--sequence=s;--force;")
    mortal.backup.kill()
    mortal.blocker.query("ROLLBACK")
    rows = batch.rows()
    assert rows[2].stagestatus == "Execute Successfully\nBackup failed"
    assert "could not be written to execute_progress" in (rows[2].errormessage or "")
    assert rows[3].stage == "CHECKED"
    assert values(mortal) == ["10", "20"]
    mortal.backup.start()
    with mortal.backup.connect() as backup:
        assert backup.query("SELECT sequence, status FROM inception.execute_progress") == [("3", "PREPARE")]


def test_a_statement_is_not_sent_without_its_progress(mortal: Mortal) -> None:
    batch = mortal.start_batch("--sequence=s;--sleep=1500;")
    mortal.blocker.query("ROLLBACK")
    with mortal.backup.connect() as backup:
        wait_until(lambda: backup.query("SELECT sequence, status FROM inception.execute_progress") == [("3", "DONE")])
    mortal.backup.kill()
    rows = batch.rows()
    assert (rows[3].stage, rows[3].errlevel, rows[3].stagestatus) == ("CHECKED", 2, "Execute Aborted")
    assert "Not sent" in (rows[3].errormessage or "")
    assert values(mortal) == ["10", "20"]


def test_definitions_that_the_backup_server_cannot_take(mortal: Mortal) -> None:
    mortal.backup.restart(max_allowed_packet="1M")
    columns = ", ".join(f"c{number} int COMMENT '{'x' * 1000}'" for number in range(60))
    names = [f"d.large{number}" for number in range(20)]
    with mortal.target.connect() as target:
        target.query("CREATE DATABASE d")
        for name in names:
            target.query(f"CREATE TABLE {name} ({columns})")
        [row] = mortal.execute(f"drop table {', '.join(names)};", "--sequence=large;")
        assert target.query("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'large%'") == [
            ("20",)
        ]
    assert row.stagestatus == "Execute Aborted"
    assert "on the backup server" in (row.errormessage or "")
    assert "raise max_allowed_packet there" in (row.errormessage or "")


def test_a_target_that_dies(mortal: Mortal) -> None:
    batch = mortal.start_batch("--sequence=s;--force;")
    wait_until(lambda: _stored(mortal) == 1)
    mortal.target.kill()
    rows = batch.rows()
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
    assert (rows[2].stagestatus, rows[2].errlevel) == ("Execute failed", 2)
    assert "whether it was committed is not known" in (rows[2].errormessage or "")
    assert rows[3].stage == "CHECKED"
    with mortal.backup.connect() as backup:
        [(number, status, message)] = backup.query("SELECT sequence, status, message FROM inception.execute_progress")
    assert (number, status) == ("3", "PREPARE") and "not known" in str(message)
    mortal.target.start(durable=True)
    assert values(mortal) == ["1", "20"]
    assert len(mortal.rollback_of(rows)) == 1


def test_a_target_that_dies_between_two_statements(mortal: Mortal) -> None:
    """Nothing can be asked about the tables of the second one: it is not sent, and --resume begins with it."""
    batch = mortal.start_batch("--sequence=s;--sleep=1500;", "; create table u (id int primary key);")
    mortal.blocker.query("ROLLBACK")
    with mortal.backup.connect() as backup:
        wait_until(lambda: backup.query("SELECT sequence, status FROM inception.execute_progress") == [("3", "DONE")])
    mortal.target.kill()
    row = batch.rows()[3]
    assert (row.stage, row.stagestatus) == ("CHECKED", "Execute Aborted")
    assert "Not sent: the target could not be asked" in str(row.errormessage)
    mortal.target.start(durable=True)
    [(text,)] = mortal.ask(f"{mortal.source('')} inception get status 's'")
    [task] = json.loads(text)["tasks"]
    assert (task["stage"], task["sequence"], task["statement"]) == ("Stopped", 4, "create table u (id int primary key)")
    rows = mortal.execute(batch.text, "--sequence=s;--resume;")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 3
    assert values(mortal) == ["10", "20"]
