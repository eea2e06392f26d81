"""A backup server that stalls: it is waited for in bounds, what happened is told, nothing is sent without its progress."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from inception import claim, task
from inception.backup import connect_backup
from inception.batch.options import Mode, Options
from inception.errors import BackupUnreachable, SequenceBusy
from inception.mysql import connect
from inception.pipeline import Request
from inception.progress import Control, Progress, State
from inception.report import Report
from inception.rule import rule_variables
from inception.server import Address
from inception.settings import Settings
from tests.processes import HOST, wait_until
from tests.proxy import Proxy
from tests.servers import MariaDB

_PATIENCE = 2.0  # seconds here; a minute and more in earnest


class Stalling:
    """Runs batches of a target whose backup server is behind a proxy."""

    def __init__(self, target: MariaDB, backup: Proxy, database: str) -> None:
        self.target, self.backup, self.database = target, backup, database

    def run(self, when: Callable[[Progress], bool], *, sequence: str = "", **options: Any) -> list[Report]:
        """Execute two row changes; the backup server stalls as soon as the execution stands there."""

        def look(progress: Progress) -> None:
            if when(progress):
                self.backup.stall()

        text = f"use {self.database}; insert into t (id) values (1); insert into t (id) values (2);"
        given = Options(
            Mode.EXECUTE,
            host=HOST,
            port=self.target.port,
            user="root",
            sequence=sequence,
            ignore_warnings=True,
            **options,
        )
        values = Settings(rule_variables()).snapshot()
        request = Request((), given, "utf8mb4", values, scripts=(text,), backup=Address(HOST, self.backup.port, "root"))
        return [row for row in request.run(Control(look)) if isinstance(row, Report)]

    def resume(self) -> list[Report]:
        """Go on, once the claim that could not be given up has expired."""
        found: list[Report] = []

        def free() -> bool:
            with suppress(SequenceBusy):
                found.extend(self.run(lambda _: False, sequence=self.database, resume=True))
            return bool(found)

        wait_until(free)
        return found

    def rows(self) -> list[Any]:
        with self.target.connect(database=self.database) as target:
            return target.query("SELECT id FROM t ORDER BY id")


@pytest.fixture
def stalling(
    mariadb: MariaDB, backup_server: MariaDB, database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stalling]:
    assert task._ANSWERS_WITHIN <= 60
    monkeypatch.setattr(claim, "LEASE", _PATIENCE)
    monkeypatch.setattr(task, "_ANSWERS_WITHIN", _PATIENCE)
    monkeypatch.setattr(connect_backup, "__kwdefaults__", {"read_timeout": _PATIENCE})
    monkeypatch.setattr(connect, "__kwdefaults__", {**(connect.__kwdefaults__ or {}), "connect_timeout": _PATIENCE})
    with mariadb.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT PRIMARY KEY)")
    with Proxy(backup_server.port) as backup:
        yield Stalling(mariadb, backup, database)


def _at(number: int, state: State = State.EXECUTING) -> Callable[[Progress], bool]:
    return lambda progress: (progress.state, progress.number) == (state, number)


@pytest.mark.parametrize("force", [False, True])
def test_the_next_statement_is_not_sent(stalling: Stalling, force: bool) -> None:
    rows = stalling.run(_at(3), sequence=stalling.database, force=force)
    assert rows[1].status.startswith("Execute Successfully")
    assert any("could not be written to execute_progress" in each for each in rows[1].messages)
    assert (rows[2].stage, rows[2].status, rows[2].errlevel) == ("CHECKED", "Execute Aborted", 2)
    assert any("Not sent: its progress could not be written" in each for each in rows[2].messages)
    assert any("timed out" in each for each in rows[2].messages)
    assert stalling.rows() == [("1",)]
    stalling.backup.go_on()
    rows = stalling.resume()
    assert [row.status for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 2
    assert stalling.rows() == [("1",), ("2",)]


def test_the_first_statement_is_not_sent(stalling: Stalling) -> None:
    rows = stalling.run(_at(2), sequence=stalling.database)
    assert [row.stage for row in rows] == ["RERUN", "CHECKED", "CHECKED"]
    assert any("Not sent: its progress" in each for each in rows[1].messages)
    assert stalling.rows() == []


def test_nothing_is_executed_where_it_stalls_from_the_beginning(stalling: Stalling) -> None:
    with pytest.raises(BackupUnreachable, match="cannot be used"):
        stalling.run(lambda progress: progress.state is State.INIT)
    assert stalling.rows() == []


def test_without_a_sequence_the_rows_say_that_nothing_was_stored(stalling: Stalling) -> None:
    rows = stalling.run(_at(2))
    assert [row.status for row in rows[1:]] == ["Execute Successfully\nBackup failed"] * 2
    assert all(any(each.startswith("Backup: ") for each in row.messages) for row in rows[1:])
    assert stalling.rows() == [("1",), ("2",)]
