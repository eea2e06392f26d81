"""Online schema changes watched and steered from other connections: one, several of a batch, several batches."""

import contextlib

import pymysql
import pytest

from tests.end_to_end.osc.online import (
    LONG,
    PATIENCE,
    ROWS,
    SLOWLY,
    WAITING,
    Background,
    Online,
    Watcher,
    Writers,
    running,
    same_rows,
)
from tests.servers import wait_until

TOO_FAST = "this version of the tool is done with a small table before it can be paused: see `make osc`"


def test_each_is_watched_by_its_name(online: Online) -> None:
    """Two ALTERs of one batch and one of another, each asked for from a connection of its own until all are done."""
    one, two, three = [online.prepare(ROWS, name) for name in ("first", "second", "third")]
    both = f"alter table {one}.first modify a bigint not null; alter table {two}.second modify a bigint not null;"
    alone = f"use {three}; alter table third modify a bigint not null;"
    names = [row.sqlsha1 for row in (*online.check(both), online.check(alone)[1])]
    assert len(set(names)) == 3
    watchers = [Watcher(online, name) for name in names]
    try:
        batches = [Background(online, text, *(SLOWLY if online.slow else ())) for text in (both, alone)]
        answers = [row for batch in batches for row in batch.rows(900)]
    finally:
        for watcher in watchers:
            watcher.stop()
    altered = [row for row in answers if row.sqlsha1]
    assert [row.sqlsha1 for row in altered] == names
    assert all(row.stagestatus.startswith("Execute Successfully") for row in altered), altered
    assert all(watcher.percents for watcher in watchers)
    if online.slow:
        assert all(len(set(watcher.percents)) > 3 for watcher in watchers), [each.percents for each in watchers]
        assert all(watcher.remaining - {"", "00:00"} for watcher in watchers)
    assert online.processes() == []


def test_it_is_shown_until_the_answer_is_sent(online: Online) -> None:
    """From the beginning of the execution: at 100 while the batch goes on, and until its client has the answer."""
    database = online.prepare(100, "shown")
    alter = f"use {database}; alter table shown modify a bigint not null; insert into other (a) values (1);"
    with online.target.connect() as target, contextlib.closing(online.client()) as client:
        target.query(f"LOCK TABLES {database}.other READ")
        batch = Background(online, alter)
        wait_until(lambda: any(row["PERCENT"] == 100 for row in online.processes()), PATIENCE)
        [row] = online.processes()
        assert (row["DBNAME"], row["TABLENAME"], row["REMAINTIME"]) == (database, "shown", "00:00")
        assert "Successfully altered" in row["INFOMATION"]
        for question in ("get osc_percent", "show osc progress"):
            with client.cursor() as cursor:
                cursor.execute(f"inception {question} '{row['SQLSHA1']}'")
                assert [each[3] for each in cursor.fetchall()] == [100]
        target.query("UNLOCK TABLES")
        assert batch.rows()[2].stagestatus.startswith("Execute Successfully")
    wait_until(lambda: online.processes() == [])
    assert online.ask(f"inception get osc_percent '{row['SQLSHA1']}'") == []
    again = f"inception_magic_start; use {database}; alter table shown engine = innodb; inception_magic_commit;"
    with contextlib.closing(online.client()) as client, client.cursor() as cursor:
        cursor.execute(online.source("--enable-execute;--enable-ignore-warnings;") + again)
        assert [each["PERCENT"] for each in online.processes()] == [100]  # it may still be reading
    wait_until(lambda: online.processes() == [])


def test_several_at_once(online: Online) -> None:
    """Two of one batch and one of another: each has its row from the beginning, under its own name."""
    one, two, three = [online.prepare(2000, name) for name in ("one", "two", "three")]
    alters = f"alter table {one}.one modify a bigint not null; alter table {two}.two modify a bigint not null;"
    first = Background(online, alters, *WAITING)
    second = Background(online, f"use {three}; alter table three modify a bigint not null;", *WAITING)
    try:
        wait_until(lambda: len(online.processes()) == 3, PATIENCE)
        names = [row["SQLSHA1"] for row in online.processes()]
        assert len(set(names)) == 3
        wait_until(lambda: sum("Pausing because" in row["INFOMATION"] for row in online.processes()) == 2, PATIENCE)
        with pytest.raises(pymysql.MySQLError, match="Can not find OSC executing task: it has not begun yet"):
            online.ask(
                f"inception pause osc '{next(row['SQLSHA1'] for row in online.processes() if row['TABLENAME'] == 'two')}'"
            )
    finally:
        for row in online.processes():
            if row["TABLENAME"] != "two":
                online.ask(f"inception stop alter '{row['SQLSHA1']}'")
        answers = [*first.rows(), *second.rows()]
    assert [row.stagestatus for row in answers] == [
        "Execute Aborted",
        "Audit completed",
        "Execute Successfully",
        "Execute Aborted",
    ]
    assert online.processes() == []


def test_paused_and_resumed(online: Online) -> None:
    """It copies nothing while it is paused, and goes on to its end; others write all the while."""
    if not online.slow:
        pytest.skip(TOO_FAST)
    database = online.prepare(ROWS, "paused")
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}.mirror LIKE {database}.paused")
        target.query(f"INSERT INTO {database}.mirror SELECT * FROM {database}.paused")
    with contextlib.ExitStack() as stack:
        writers = Writers(online.target, f"{database}.paused", f"{database}.mirror")
        stack.callback(writers.stop)
        batch = Background(online, f"use {database}; alter table paused modify a bigint not null;", *SLOWLY)
        name = running(online, reached=5)
        online.ask(f"inception pause osc '{name}'")
        wait_until(lambda: "Sleeping 60 seconds because" in online.progress(name)[2], PATIENCE)
        percent, written = online.progress(name)[0], writers.written
        wait_until(lambda: writers.written > written + 50, PATIENCE)
        assert online.progress(name)[0] == percent < 100
        online.ask(f"inception resume osc '{name}'")
        if not LONG:  # the tool looks once a minute whether it may go on: `make osc` waits for that
            online.ask(f"inception stop alter '{name}'")
        rows = batch.rows(900)
    if LONG:
        assert rows[1].stagestatus.startswith("Execute Successfully"), rows[1].errormessage
        assert "bigint" in online.definition(database, "paused")
        assert same_rows(online.target, f"{database}.paused", f"{database}.mirror")
    else:
        assert rows[1].stagestatus == "Execute Aborted", rows[1].errormessage
    assert online.traces(database) == (["mirror", "paused"], [], [])
