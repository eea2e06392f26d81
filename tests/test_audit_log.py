"""The audit log: what stands in its lines, and that nothing is executed without them."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from inception.batch.options import Mode, Options
from inception.errors import AuditLogFailed
from inception.gateway.audit_log import AuditLog, Who, submitted
from inception.sql import quote_text
from tests.end_to_end.conftest import Shop
from tests.end_to_end.test_execute import Background
from tests.processes import PROJECT
from tests.servers import Gateway, MariaDB, ServerDied, wait_until

WHO = Who(7, "dba", "10.0.0.3")
OPTIONS = Options(Mode.EXECUTE, host="10.0.0.9", port=3306, user="app", password="s3cret", sequence="s1")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_two_lines_of_one_id(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    entry = log.begin(
        WHO,
        "execute",
        OPTIONS,
        submitted(["/*--password=s3cret;--enable-execute*/inception_magic_start;\nuse \udce9;"]),
    )
    log.end(entry, [(1, "EXECUTED", 0, "Execute Successfully", None, "use é", 3, "'1700_12_0'", None, "0.1", "")])
    begin, end = lines(path)
    assert begin["id"] == end["id"] == entry.id
    assert (begin["user"], begin["from"], begin["connection"]) == ("dba", "10.0.0.3", 7)
    assert (begin["target"], begin["target_user"], begin["sequence"]) == ("10.0.0.9:3306", "app", "s1")
    assert end["statements"] == [
        {"ID": 1, "stage": "EXECUTED", "errlevel": 0, "stagestatus": "Execute Successfully", "errormessage": None,
         "SQL": "use é", "Affected_rows": 3, "opid": "1700_12_0"}
    ]  # fmt: skip
    assert "s3cret" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_long_batch_is_cut_and_known_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.begin(WHO, "execute", OPTIONS, submitted(["x" * 2_000_000]))
    log.begin(WHO, "execute", OPTIONS, submitted(["x" * 2_000_001]))
    first, second = lines(path)
    assert (len(first["batch"][0]), first["cut"]) == (2**20, True)
    assert first["sha256"] != second["sha256"]


def test_an_error_in_place_of_rows(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.end(log.begin(WHO, "execute", OPTIONS, submitted([])), [], AuditLogFailed("no"))
    assert lines(tmp_path / "audit.jsonl")[1]["error"] == {"code": 2516, "message": "no"}


def test_a_file_that_is_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.begin(WHO, "execute", OPTIONS, submitted([]))
    path.rename(tmp_path / "audit.1")
    log.begin(WHO, "execute", OPTIONS, submitted([]))
    assert len(lines(path)) == len(lines(tmp_path / "audit.1")) == 1


def test_half_a_line_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    """A disk that is full takes a part of a line, which cannot be taken back."""
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.begin(WHO, "execute", OPTIONS, submitted([]))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, unlimited[1]))
    try:
        with pytest.raises(AuditLogFailed, match="File too large"):
            log.begin(WHO, "execute", OPTIONS, submitted([]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    last = log.begin(WHO, "execute", OPTIONS, submitted([]))
    whole, half, next_one = path.read_text().splitlines()
    assert [json.loads(whole)["event"], len(half), json.loads(next_one)["id"]] == ["begin", 100, last.id]


_MANY = """
import sys
from pathlib import Path
from tests.test_audit_log import OPTIONS, WHO, AuditLog, submitted
log = AuditLog(Path(sys.argv[1]))
for number in range(100):
    log.end(log.begin(WHO, "execute", OPTIONS, submitted(["x" * 5000])), [])
"""


def test_several_processes_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", _MANY, path], cwd=PROJECT) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = lines(path)
    assert len(found) == 600
    begun = [line["id"] for line in found if line["event"] == "begin"]
    assert sorted(begun) == sorted(line["id"] for line in found if line["event"] == "end")
    assert len(set(begun)) == 300


# -- through the gateway ---------------------------------------------------------------------------------------


@pytest.fixture
def audited(tmp_path: Path, mariadb: MariaDB, backup_server: MariaDB) -> Iterator[tuple[Shop, Path]]:
    path = tmp_path / "audit.jsonl"
    with Gateway(
        audit_log_file=path, inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup_server.port,
        inception_remote_system_user="root",
    ) as gateway:  # fmt: skip
        yield Shop(gateway.start(), mariadb, backup_server), path


def test_executions_and_rollbacks_are_logged_and_checks_are_not(audited: tuple[Shop, Path], database: str) -> None:
    shop, path = audited
    with shop.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id int primary key)")
    statements = f"use {database}; insert into t (id) values (1), (2);"
    shop.check(statements)
    rows = shop.execute(statements)
    opid = rows[1].sequence.strip("'")
    shop.ask(f"{shop.source('')} inception rollback {quote_text(opid)}")
    begun, ended, undone, done = lines(path)
    assert (begun["kind"], begun["user"], begun["target"]) == ("execute", "tester", f"127.0.0.1:{shop.target.port}")
    assert "insert into t (id) values (1), (2)" in begun["batch"][0]
    assert [(each["Affected_rows"], each["opid"]) for each in ended["statements"]][1] == (2, opid)
    assert (undone["kind"], undone["batch"]) == ("rollback", [f"inception rollback '{opid}'"])
    assert done["statements"][0]["stagestatus"].startswith("Execute Successfully")


def test_an_error_is_logged(audited: tuple[Shop, Path], database: str) -> None:
    shop, path = audited
    with pytest.raises(pymysql.MySQLError):
        shop.submit("--enable-execute;", f"use {database};", port=1)
    assert lines(path)[1]["error"]["code"] in (2003, 2013)


def test_nothing_is_executed_without_the_log(audited: tuple[Shop, Path], database: str) -> None:
    shop, path = audited
    path.unlink()
    path.mkdir()
    with pytest.raises(pymysql.MySQLError, match=r"audit log .* can't be written"):
        shop.execute(f"use {database}; create table t (id int primary key);")
    with shop.target.connect(database=database) as target:
        assert target.query("SHOW TABLES") == []
    assert shop.check(f"use {database};")[0].errlevel == 0


def test_an_execution_that_is_cut_off_has_its_first_line_and_the_file_may_be_moved(
    audited: tuple[Shop, Path], database: str
) -> None:
    shop, path = audited
    with shop.target.connect(database=database) as blocker:
        for text in ("CREATE TABLE t (id int primary key, a int)", "INSERT INTO t VALUES (1, 1)", "BEGIN"):
            blocker.query(text)
        blocker.query("UPDATE t SET a = 2")
        client = Background(shop, f"use {database}; update t set a = 3 where id = 1;", f"--sequence={database};")
        wait_until(lambda: any("a = 3" in str(row[7]) for row in blocker.query("SHOW FULL PROCESSLIST")))
        (begun,) = lines(path)  # while the statement runs
        shop.gateway.kill()
        blocker.query("ROLLBACK")
    client.end()
    assert (begun["event"], begun["sequence"]) == ("begin", database)
    moved = path.rename(path.with_suffix(".1"))
    shop.gateway.start()
    os.kill(shop.gateway.pid, signal.SIGHUP)  # what logrotate sends
    wait_until(lambda: "the configuration was read again" in shop.gateway.log)
    rows = shop.execute(f"use {database}; insert into t (id, a) values (2, 2);")
    assert rows[1].stage == "EXECUTED"
    assert lines(moved) == [begun]
    assert [line["event"] for line in lines(path)] == ["begin", "end"]


def test_a_server_does_not_start_without_the_log(tmp_path: Path) -> None:
    gateway = Gateway(audit_log_file=tmp_path / "missing" / "audit.jsonl")
    with gateway, pytest.raises(ServerDied, match=r"audit log .* can't be written"):
        gateway.start()
