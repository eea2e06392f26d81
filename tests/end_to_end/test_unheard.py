"""A target that answers a statement and is gone before anybody could ask where that ended: its rollback is not lost."""

from collections.abc import Iterator

import pytest

from inception.backup import INFORMATION
from inception.plan import backup_name
from inception.sql import quote_name
from tests.end_to_end.cut import Cut, shop_of
from tests.servers import DatabaseServer, Gateway, MariaDB

_TABLES = (
    "DROP DATABASE IF EXISTS d",
    "CREATE DATABASE d",
    "CREATE TABLE d.t (id INT PRIMARY KEY, a INT) ENGINE=InnoDB",
    "INSERT INTO d.t VALUES (1, 1), (2, 2)",
    "CREATE TABLE d.u (id INT PRIMARY KEY) ENGINE=InnoDB",
    "INSERT INTO d.u VALUES (1)",
)


@pytest.fixture
def cut(
    gateway: Gateway, target: DatabaseServer, backup_server: MariaDB, request: pytest.FixtureRequest
) -> Iterator[Cut]:
    with shop_of(gateway, target, backup_server, request) as shop:
        for text in _TABLES:
            shop.blocker.query(text)
        yield shop


def forget(cut: Cut, what: str) -> None:
    """Leave behind what such a target leaves behind of the second statement, with its rollback not stored."""
    home = quote_name(backup_name("127.0.0.1", cut.target.port, "d"), INFORMATION)
    with cut.backup.connect() as backup:
        of_it = f"WHERE task_sequence = '{cut.name}' AND number = 2"
        opid = str(backup.value(f"SELECT opid FROM inception.execute_statement {of_it}"))
        backup.query(f"UPDATE inception.execute_statement SET {what} {of_it}")
        backup.query(f"DELETE FROM {home} WHERE opid_time = '{opid}'")


@pytest.mark.parametrize(
    "what", ["end_file = NULL, gtid = NULL, definitions_after = NULL", "definitions_after = NULL"], ids=["end", "after"]
)
@pytest.mark.parametrize(
    "statement",
    ["update t set a = a + 1", "update t set a = a where id = 1", "alter table t add column b int"],
    ids=["rows", "no row", "definition"],
)
def test_where_it_ended_is_found(cut: Cut, statement: str, what: str) -> None:
    before = cut.whole()
    cut.batch = f"use d; {statement}; insert into u (id) values (1);"
    assert cut.execute(cut.batch, f"--sequence={cut.name};")[2].stagestatus == "Execute failed"
    forget(cut, what)
    cut.blocker.query("DELETE FROM d.u")
    rows = cut.resume()
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 2, rows
    cut.undo(rows)
    cut.blocker.query("INSERT INTO d.u VALUES (1)")
    assert cut.whole() == before


def test_where_it_cannot_be_found_only_its_rollback_is_lost(cut: Cut) -> None:
    cut.batch = "use d; update t set a = a + 1; insert into u (id) values (1);"
    cut.execute(cut.batch, f"--sequence={cut.name};")
    forget(cut, "end_file = NULL, gtid = NULL, opid = '1_1_1', connection_id = 1")
    cut.blocker.query("DELETE FROM d.u")
    rows = cut.resume()
    assert [row.stagestatus.splitlines() for row in rows[1:]] == [
        ["Execute Successfully", "Backup failed"], ["Execute Successfully", "Backup successfully"],
    ]  # fmt: skip
    assert "The position of the statement in the binary log is not known" in str(rows[1].errormessage)
