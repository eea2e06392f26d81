"""The target goes away in the middle of an online schema change: for a moment, for a while, for good."""

import re

import pytest

from tests.end_to_end.osc.online import (
    LONG,
    PATIENCE,
    ROWS,
    SLOWLY,
    WAITING,
    Background,
    Online,
    running,
    running_with_triggers,
)
from tests.proxy import Proxy
from tests.servers import DatabaseServer, wait_until

FAILED = r"^Execute: pt-online-schema-change ended with exit code \d+: .*DBD::mysql::\w+ \w+ failed: "


def _kill_all(target: DatabaseServer, database: str) -> None:
    with target.connect() as connection:
        for row in connection.query("SHOW PROCESSLIST"):
            if row[3] == database:
                connection.query_ignoring(f"KILL {row[0]!s}", 1094)


@pytest.mark.parametrize("how", ["reset", "closed", "killed"])
def test_connections_are_lost(online: Online, how: str) -> None:
    """The tool's and our own: its row says so, later statements are not run, nothing is left."""
    database = online.prepare(ROWS if LONG else 3000, "cut")
    with Proxy(online.target.port) as proxy:
        batch = Background(
            online, f"use {database}; alter table cut modify a bigint not null; insert into other (a) values (1);",
            *(SLOWLY if LONG else WAITING), port=proxy.port,
        )  # fmt: skip
        running_with_triggers(online)
        if LONG:
            running(online, reached=10)
        if how == "killed":
            _kill_all(online.target, database)
        elif how == "reset":
            proxy.reset()
        else:
            proxy.drop()
        rows = batch.rows(300)
    assert (rows[1].stage, rows[1].errlevel, rows[1].stagestatus) == ("EXECUTED", 2, "Execute failed")
    assert re.search(FAILED, rows[1].errormessage or "", re.M), rows[1].errormessage
    assert (rows[2].stage, rows[2].stagestatus) == ("CHECKED", "Audit completed")
    assert online.traces(database) == (["cut"], [], [])
    assert "int(11) NOT NULL" in online.definition(database, "cut").replace("`a` int NOT", "`a` int(11) NOT")


def test_connections_are_lost_at_the_swap(online: Online) -> None:
    """The tool cannot know that its RENAME was done all the same; its row says so, and there is something to undo."""
    database = online.prepare(100, "swapped")
    before = online.definition(database, "swapped")
    with Proxy(online.target.port, last=b"RENAME TABLE") as proxy:
        alter = f"use {database}; alter table swapped modify a bigint not null;"
        rows = online.alter(alter, port=proxy.port, ssl="off")
    assert rows[1].stagestatus == "Execute failed\nBackup successfully", rows[1].errormessage
    assert "The table has its new definition all the same" in (rows[1].errormessage or "")
    assert "bigint" in online.definition(database, "swapped")
    assert online.traces(database) == (["swapped"], [], [])
    online.undo([rows[1]])
    assert online.definition(database, "swapped") == before


def test_only_our_own_sessions_are_lost(online: Online) -> None:
    """They are idle for as long as the tool works: it is not disturbed, and its rollback is stored."""
    database = online.prepare(100, "idle")
    with online.target.connect() as reader, online.target.connect() as other:
        reader.query("BEGIN")
        reader.query(f"SELECT 1 FROM {database}.idle LIMIT 1")
        batch = Background(online, f"use {database}; alter table idle modify a bigint not null;")
        wait_until(lambda: any(text.startswith("CREATE TRIGGER") for text in online.traces(database)[2]), PATIENCE)
        sessions = {int(str(row[0])): row for row in other.query("SHOW PROCESSLIST")}
        first_of_the_tool = min(key for key, row in sessions.items() if str(row[7]).startswith("CREATE TRIGGER"))
        idle = [key for key, row in sessions.items() if row[4] == "Sleep" and key < first_of_the_tool]
        for key in set(idle) - {reader.thread_id}:
            other.query_ignoring(f"KILL {key}", 1094)
        reader.query("ROLLBACK")
        rows = batch.rows()
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully", rows[1].errormessage
    assert len(online.rollback_of([rows[1]])) == 1


def test_a_target_that_comes_back_is_cleaned(online: Online) -> None:
    """It is asked again until it is there."""
    with type(online.target)() as target:
        own = Online(online.gateway, target.start(durable=True), online.backup, slow=online.slow)
        database = own.prepare(3000, "crashed")
        batch = Background(own, f"use {database}; alter table crashed modify a bigint not null;", *WAITING)
        running_with_triggers(own)
        target.kill()
        target.restart()
        rows = batch.rows(120)
        assert rows[1].stagestatus == "Execute failed"
        assert "To remove them run" not in (rows[1].errormessage or "")
        assert own.traces(database) == (["crashed"], [], [])


@pytest.mark.skipif(not LONG, reason="the target is tried again for 90 seconds: see `make osc`")
def test_a_target_that_does_not_come_back(online: Online) -> None:
    """After 90 seconds the row and the log have what is to be run."""
    with type(online.target)() as target:
        own = Online(online.gateway, target.start(durable=True), online.backup, slow=online.slow)
        database = own.prepare(3000, "gone")
        batch = Background(own, f"use {database}; alter table gone modify a bigint not null;", *WAITING)
        running_with_triggers(own)
        target.kill()
        rows = batch.rows(180)
        told = re.search(r"To remove them run: (.*)", rows[1].errormessage or "")
        assert told, rows[1].errormessage
        assert told[0] in online.gateway.log
        target.restart()
        assert own.traces(database)[0] == ["_gone_new", "gone"]
        with target.connect() as connection:
            for statement in told[1].split("; "):
                connection.query(statement)
        assert own.traces(database) == (["gone"], [], [])
