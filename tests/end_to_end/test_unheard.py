"""A target that answers a statement and is gone before anybody could ask where that ended: its rollback is not lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from inception.backup import INFORMATION
from inception.plan import backup_name
from inception.sql import quote_name
from tests.end_to_end.cut import Cut, shop_of
from tests.journals import rewrite, statements_of
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


def forget(cut: Cut, *lost: str, **changed: Any) -> None:
    """Leave behind what such a target leaves behind of the second statement, with its rollback not stored."""
    home = quote_name(backup_name("127.0.0.1", cut.target.port, "d"), INFORMATION)
    with cut.backup.connect() as backup:
        opid = statements_of(backup, cut.name)[2].opid

        def without(fact: dict[str, Any]) -> dict[str, Any]:
            of_it = 2 in (fact.get("begun"), fact.get("ended"))
            return (
                {name: changed.get(name, value) for name, value in fact.items() if name not in lost} if of_it else fact
            )

        rewrite(backup, cut.name, without)
        backup.query(f"DELETE FROM {home} WHERE opid_time = '{opid}'")


@pytest.mark.parametrize("lost", [("end", "gtid", "after"), ("after",)], ids=["end", "after"])
@pytest.mark.parametrize(
    "statement",
    ["update t set a = a + 1", "update t set a = a where id = 1", "alter table t add column b int"],
    ids=["rows", "no row", "definition"],
)
def test_where_it_ended_is_found(cut: Cut, statement: str, lost: tuple[str, ...]) -> None:
    before = cut.whole()
    cut.batch = f"use d; {statement}; insert into u (id) values (1);"
    assert cut.execute(cut.batch, f"--sequence={cut.name};")[2].stagestatus == "Execute failed"
    forget(cut, *lost)
    cut.blocker.query("DELETE FROM d.u")
    rows = cut.resume()
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 2, rows
    cut.undo(rows)
    cut.blocker.query("INSERT INTO d.u VALUES (1)")
    assert cut.whole() == before


def test_where_it_cannot_be_found_only_its_rollback_is_lost(cut: Cut) -> None:
    cut.batch = "use d; update t set a = a + 1; insert into u (id) values (1);"
    cut.execute(cut.batch, f"--sequence={cut.name};")
    forget(cut, "end", "gtid", opid="1_1_1", connection=1)
    cut.blocker.query("DELETE FROM d.u")
    rows = cut.resume()
    assert [row.stagestatus.splitlines() for row in rows[1:]] == [
        ["Execute Successfully", "Backup failed"], ["Execute Successfully", "Backup successfully"],
    ]  # fmt: skip
    assert "The position of the statement in the binary log is not known" in str(rows[1].errormessage)
