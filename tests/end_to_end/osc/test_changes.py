"""Online schema change, whole: real servers, the real tool, other sessions that write, and what is left behind."""

import json
import re
import tempfile
from pathlib import Path

import pymysql
import pytest

from tests.end_to_end.osc.online import (
    PATIENCE,
    ROWS,
    SECRET,
    SLOWLY,
    USER,
    WAITING,
    Background,
    Online,
    Writers,
    running,
    running_with_triggers,
    same_rows,
)
from tests.servers import wait_until

ABORTED = r"Execute has been abort in percent: \d+, remain time: \d\d:\d\d"
ALTER = "alter table t /* wider */ modify a bigint not null, -- and\n add column `né 表` varchar(20) comment 'é表', add index note (note(9));"


def test_same_rows_progress_and_rollback(online: Online) -> None:
    """The whole life: the check names the job, its progress is seen elsewhere, and the result is a native ALTER's."""
    database = online.prepare(ROWS)
    before = online.definition(database, "t")
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}.mirror SELECT * FROM {database}.t")
        target.query(f"ALTER TABLE {database}.mirror ADD PRIMARY KEY (id)")
    checked = online.check(f"use {database}; {ALTER}")
    assert [row.sqlsha1[:1] for row in checked] == ["", "*"]
    assert online.processes() == []
    writers = Writers(online.target, f"{database}.t", f"{database}.mirror")
    try:
        with online.target.connect() as target:
            target.query(f"INSERT INTO {database}.t (id, a) VALUES (-1, 0)")
            target.query(f"INSERT INTO {database}.mirror (id, a) VALUES (-1, 0)")
            rows = online.alter(f"use {database}; {ALTER} insert into other (a) values (1);")
    finally:
        writers.stop()
    assert [row.stagestatus.split("\n")[0] for row in rows] == ["Execute Successfully"] * 3, [
        row.errormessage for row in rows
    ]
    assert [row.sqlsha1 for row in rows[:2]] == [row.sqlsha1 for row in checked]
    assert rows[1].stagestatus == rows[2].stagestatus == "Execute Successfully\nBackup successfully"
    assert writers.written > 20
    assert same_rows(online.target, f"{database}.t", f"{database}.mirror")
    assert online.traces(database) == (["mirror", "t"], [], [])
    assert "`né 表` varchar(20) DEFAULT NULL COMMENT 'é表'" in online.definition(database, "t")
    undo = online.rollback_of([rows[1]])
    assert len(undo) == 1
    online.undo([rows[1]])
    assert _plain(online.definition(database, "t")) == _plain(before)


def _plain(definition: str) -> str:
    return re.sub(r" AUTO_INCREMENT=\d+", "", definition)


def test_stopped_on_the_way(online: Online) -> None:
    """An order stops it: nothing is left, its row says how far it came, later statements are not run."""
    database = online.prepare(ROWS, "stopped")
    before = online.traces(database)
    batch = Background(
        online, f"use {database}; alter table stopped modify a bigint not null; insert into other (a) values (1);",
        *(SLOWLY if online.slow else WAITING), options="--enable-force;",
    )  # fmt: skip
    running_with_triggers(online)
    name = running(online, reached=30 if online.slow else 0)
    shown = online.processes()[0]
    assert (shown["DBNAME"], shown["TABLENAME"]) == (database, "stopped")
    assert shown["COMMAND"] == "alter table stopped modify a bigint not null"
    assert "Copying approximately" in shown["INFOMATION"]
    online.ask(f"inception stop alter '{name}'")
    rows = batch.rows()
    assert (rows[1].stage, rows[1].errlevel, rows[1].stagestatus) == ("CHECKED", 2, "Execute Aborted")
    last = (rows[1].errormessage or "").splitlines()[-1]
    assert re.fullmatch(ABORTED, last)
    assert (rows[2].stage, rows[2].stagestatus) == ("CHECKED", "Audit completed")
    assert online.traces(database) == before
    with pytest.raises(pymysql.MySQLError, match="Can not find OSC executing task"):
        online.ask(f"inception kill osc '{name}'")
    assert online.ask(f"inception show osc progress '{name}'") == []


def test_load_and_failure_are_told(online: Online) -> None:
    """A wait for load is seen from elsewhere; what ends the tool stands in the row in its own words."""
    database = online.prepare(5000, "loaded")
    alter = f"use {database}; alter table loaded modify a bigint not null; insert into other (a) values (1);"
    batch = Background(online, alter, *WAITING)
    try:
        name = running(online)
        wait_until(lambda: "Pausing because Threads_running=" in online.progress(name)[2], PATIENCE)
    finally:
        task = next(row[0] for row in online.ask("inception get processlist") if row[5] == "EXECUTE")
        online.ask(f"inception kill {task}")
        rows = batch.rows()
    assert (rows[1].stage, rows[1].stagestatus) == ("EXECUTED", "Execute failed")
    assert re.search(f"Killed by tester@127.0.0.1: {ABORTED}$", rows[1].errormessage or "")
    assert online.traces(database) == (["loaded"], [], [])
    rows = online.alter(alter, "critical_thread_running = 1", options="--enable-force;")
    assert [row.stagestatus.split("\n")[0] for row in rows[1:]] == ["Execute failed", "Execute Successfully"]
    why = r"pt-online-schema-change ended with exit code \d+: .*Threads_running=\d exceeds its critical threshold 1"
    assert re.search(rf"^Execute: {why}$", rows[1].errormessage or "", re.M)
    assert "Copying approximately" in (rows[1].errormessage or "")
    assert online.traces(database) == (["loaded"], [], [])
    sequence = f"loaded-{online.gateway.port}"
    online.alter(alter, "critical_thread_running = 1", options=f"--sequence={sequence};")
    [status] = json.loads(online.ask(f"inception get status '{sequence}'")[0][0])["tasks"]
    assert re.fullmatch(f"Error - {why}", status["taskStatus"])
    assert status["result"]["msg"].startswith(status["taskStatus"].removeprefix("Error - ") + "\n")
    assert json.dumps(status).count("Created new table") == 1


def test_leftovers(online: Online) -> None:
    """What an earlier run left is told in the audit, not worked upon, and removed by command: triggers first."""
    database = online.prepare(10, "taken")
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}._taken_new (id INT PRIMARY KEY)")
        target.query(
            f"CREATE TRIGGER {database}.pt_osc_{database}_taken_ins AFTER INSERT ON {database}.taken FOR EACH ROW "
            f"REPLACE INTO `{database}`.`_taken_new` VALUES (NEW.id)"
        )
    rows = online.alter(f"use {database}; alter table taken modify a bigint not null;")
    assert (rows[1].errormessage or "").count(f"inception clean osc '{database}.taken'") == 2
    assert (rows[1].stage, rows[1].errlevel, rows[1].stagestatus) == ("EXECUTED", 2, "Execute failed")
    assert online.traces(database)[0] == ["_taken_new", "taken"]
    with pytest.raises(pymysql.MySQLError, match="Put the target in front"):
        online.ask(f"inception clean osc '{database}.taken'")
    assert [row[5] for row in online.ask(f"{online.source('')} inception clean osc '{database}.taken'")] == [
        f"DROP TRIGGER IF EXISTS `{database}`.`pt_osc_{database}_taken_ins`",
        f"DROP TABLE IF EXISTS `{database}`.`_taken_new`",
    ]
    assert online.traces(database) == (["taken"], [], [])
    assert online.ask(f"{online.source('')} inception clean osc '{database}.taken'") == []


def test_a_copy_that_is_all_there_is_stays(online: Online) -> None:
    database = online.prepare(10, "dropped")
    with online.target.connect() as target:
        target.query(f"RENAME TABLE {database}.dropped TO {database}._dropped_new")
    with pytest.raises(pymysql.MySQLError, match="_dropped_new may hold its rows and was kept"):
        online.ask(f"{online.source('')} inception clean osc '{database}.dropped'")
    assert online.traces(database)[0] == ["_dropped_new"]


def test_the_password_is_in_no_command_line_and_no_file_is_left(online: Online) -> None:
    database = online.prepare(5000, "secret")
    online.target.create_user(USER, SECRET, "ALL ON *.*")
    batch = Background(
        online, f"use {database}; alter table secret modify a bigint not null;", *WAITING, user=USER, password=SECRET
    )
    files = Path(tempfile.gettempdir())
    try:
        name = running(online)
        wait_until(lambda: "Pausing because" in online.progress(name)[2], PATIENCE)
        assert not any(b"s3cr" in _read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))
        homes = [home for home in files.glob("inception-osc-*") if SECRET[:4] in (home / "account.cnf").read_text()]
        assert [(home.stat().st_mode & 0o777, (home / "account.cnf").stat().st_mode & 0o777) for home in homes] == [
            (0o700, 0o600)
        ]
    finally:
        online.ask(f"inception stop alter '{name}'")
        rows = batch.rows()
    assert rows[1].stagestatus == "Execute Aborted"
    assert not homes[0].exists()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_rollback_goes_online_too(online: Online) -> None:
    database = online.prepare(2000, "undone")
    before = online.definition(database, "undone")
    rows = online.alter(f"use {database}; alter table undone modify note varchar(60) not null default '';")
    rollback = f"{online.source('')} inception rollback '{rows[1].sequence[1:-1]}'"
    stopped = Background(online, "", *WAITING, command=rollback)
    running_with_triggers(online)
    [job] = online.processes()
    assert job["COMMAND"].startswith("ALTER TABLE")
    online.ask(f"inception stop alter '{job['SQLSHA1']}'")
    assert re.search(f"{ABORTED}$", stopped.rows()[0].errormessage or "")
    assert online.traces(database) == (["undone"], [], [])
    assert online.ask(rollback)[0][3] == "Execute Successfully\nBackup successfully"
    assert _plain(online.definition(database, "undone")) == _plain(before)
    assert online.traces(database) == (["undone"], [], [])
