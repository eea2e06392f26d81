"""The commands for pipelines, as processes, on a real target and offline."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from inception.mysql import connect
from inception.release.watching import requests, seconds_left
from inception.server import Address
from tests.end_to_end.conftest import Shop, gateway, shop  # noqa: F401
from tests.release.conftest import LOGIN, ROOT, Inception
from tests.secrets import ACCOUNT, PASSWORD, awkward
from tests.servers import MariaDB, wait_until

Write = Callable[[str, str], Path]
DUMP = """CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
USE `shop`;
/*!40101 SET character_set_client = utf8 */;
DROP TABLE IF EXISTS `t`;
CREATE TABLE `t` (`id` int NOT NULL COMMENT 'x', `a` int DEFAULT NULL COMMENT 'y', PRIMARY KEY (`id`)) COMMENT='t';
"""


def levels(document: str) -> list[str]:
    found = json.loads(document)
    return [each["level"] for file in found["files"] for each in file["statements"]]


# -- check -----------------------------------------------------------------------------------------------------


def test_offline(inception: Inception, write: Write) -> None:
    write("dump.sql", DUMP)
    write("1.sql", "alter table t add b int not null default 0 comment 'b';\n")
    write("2.sql", "update t set b = 1 where id = 1;\n\ndelete from t where c = 1;\n")
    done = inception("check", "1.sql", "2.sql", "--schema", "dump.sql", "--format", "json")
    assert done.code == 2
    assert levels(done.out) == ["note", "note", "error"]
    assert "Unknown column 'c'" in done.out
    alone = inception("check", "2.sql", "--schema", "dump.sql", "--format", "github")
    assert "::error file=2.sql,line=1,title=unknown_column::" in alone.out
    assert inception("check", "1.sql", "--schema", "dump.sql").code == 0


def test_strict(inception: Inception, write: Write) -> None:
    write("dump.sql", DUMP)
    write("1.sql", "delete from t;\n")
    done = inception("check", "1.sql", "--schema", "dump.sql")
    assert done.code == 0
    assert "0 errors, 1 warnings" in done.out
    assert inception("check", "1.sql", "--schema", "dump.sql", "--strict").code == 1
    off = inception("check", "1.sql", "--schema", "dump.sql", "--strict", "--set", "inception_check_dml_where=off")
    assert off.code == 0


@pytest.mark.parametrize("version", ["5.7.44", "8.0.36", "9.7.0", "10.5.1-MariaDB", "11.8.2-MariaDB-log"])
def test_versions(inception: Inception, write: Write, version: str) -> None:
    write("dump.sql", DUMP)
    write("1.sql", "update t set a = 1 where id = 1;")
    assert inception("check", "1.sql", "--schema", "dump.sql", "--server-version", version).code == 0


def test_the_sql_mode_says_how_texts_are_read(inception: Inception, write: Write) -> None:
    write("dump.sql", DUMP)
    write("1.sql", 'update t set a = 1 where id = 1 || 1;\nupdate t set a = 2 where id = length("a");\n')
    done = inception("check", "1.sql", "--schema", "dump.sql", "--format", "json")
    assert [each["rule"] for each in _remarks(done.out)] == ["where_always_true"]
    mode = "PIPES_AS_CONCAT,ANSI_QUOTES,STRICT_TRANS_TABLES"
    done = inception("check", "1.sql", "--schema", "dump.sql", "--sql-mode", mode, "--format", "json")
    assert _remarks(done.out) == []


def _remarks(out: str) -> list[dict[str, str]]:
    return [remark for each in json.loads(out)["files"][0]["statements"] for remark in each["remarks"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["1.sql"], "Give the target: --source NAME, or --host"),
        (["1.sql", "--source", "nowhere"], "There is no source 'nowhere' in the configuration"),
        (["1.sql", "--source", "x", "--host", "y"], "exclude each other"),
        (["1.sql", "--host", "127.0.0.1", "--port", "1"], "127.0.0.1:1"),
        (["1.sql", "--schema", "two.sql"], "--db: say in which database the files begin; two.sql has a, b."),
        (["1.sql", "--schema", "bad.sql"], "bad.sql: statement 1 can't be read"),
        (["1.sql", "--schema", "dump.sql", "--server-version", "new"], "no version we understand"),
        (["1.sql", "--schema", "dump.sql", "--set", "nonsense=1"], "nonsense"),
        (["1.sql", "--option-file", "my.cnf"], "port can't be 'many'"),
    ],
)
def test_what_cannot_be_run_ends_with_3(inception: Inception, write: Write, arguments: list[str], says: str) -> None:
    write("dump.sql", DUMP)
    write("two.sql", "create database a; create database b;")
    write("bad.sql", "create table t (id int,);")
    write("my.cnf", "[client]\nhost=127.0.0.1\nport=many\n")
    write("1.sql", "select 1;")
    done = inception("check", *arguments)
    assert done.code == 3
    assert says in done.err
    assert done.out == ""


def test_on_a_target(inception: Inception, write: Write, at: tuple[str, ...], shop_database: str) -> None:
    write("1.sql", f"use {shop_database};\nupdate t set a = 0 where id < 3;\nselct 1;\n")
    done = inception("check", "1.sql", *at, "--format", "json", "--real-row-count")
    assert done.code == 2
    statements = json.loads(done.out)["files"][0]["statements"]
    assert [each["affected_rows"] for each in statements] == [0, 2, 0]
    assert statements[2]["remarks"][0]["rule"] == "syntax"
    stdin = inception("check", "-", *at, "--db", shop_database, "--format", "github", stdin="delete from t;")
    assert "::warning file=stdin,line=1,title=dml_where::" in stdin.out


def test_passwords_come_from_files_and_the_environment(
    inception: Inception, write: Write, mariadb: MariaDB, shop_database: str
) -> None:
    password = awkward("s;e'c\"r#e t")
    mariadb.create_user("releaser", password, f"ALL ON {shop_database}.*")
    try:
        write("1.sql", "update t set a = 1 where id = 1;")
        where = ("--host", "127.0.0.1", "--port", mariadb.port, "--user", "releaser", "--db", shop_database)
        assert inception("check", "1.sql", *where).code == 3
        assert inception("check", "1.sql", *where, INCEPTION_TARGET_PASSWORD=password).code == 0
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        write(
            "my.cnf",
            f'[mysqld]\nport=1\n[client]\nhost=127.0.0.1\nport={mariadb.port}\nuser=releaser\npassword="{quoted}"\n',
        )
        assert inception("check", "1.sql", "--option-file", "my.cnf", "--db", shop_database).code == 0
        source = {"host": "127.0.0.1", "port": mariadb.port, "user": "releaser", "password_env": "SECRET"}
        write("inception.yaml", yaml.safe_dump({"sources": {"main": {**source, "levels": {"dml_where": 2}}}}))
        write("2.sql", "delete from t;")
        named = ("--config", "inception.yaml", "--source", "main", "--db", shop_database)
        assert inception("check", "1.sql", *named, SECRET=password).code == 0
        assert inception("check", "2.sql", *named, SECRET=password).code == 2  # by the source's own level
        refused = inception("check", "1.sql", *named, SECRET="wrong")
        assert refused.code == 3
        assert "wrong" not in refused.err
    finally:
        with mariadb.connect() as target:
            target.query("DROP USER releaser")


# -- execute and rollback --------------------------------------------------------------------------------------


@pytest.fixture
def config(write: Write, backup_server: MariaDB) -> Path:
    settings = {
        "inception_remote_backup_host": "127.0.0.1",
        "inception_remote_backup_port": backup_server.port,
        "inception_remote_system_user": ACCOUNT,
        "inception_remote_system_password": PASSWORD,
    }
    return write("inception.yaml", yaml.safe_dump(settings))


def rows_of(mariadb: MariaDB, database: str) -> list[tuple[str, ...]]:
    with mariadb.connect(database=database) as target:
        return [tuple(map(str, row)) for row in target.query("SELECT id, a FROM t ORDER BY id")]


def test_execute_and_rollback(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB, config: Path
) -> None:
    before = rows_of(mariadb, shop_database)
    write("1.sql", "update t set a = a + 10 where id > 1;\ndelete from t where id = 1;\n")
    write("2.sql", "insert into t (id, a) values (7, 7);\n")
    where = (*at, "--config", config)
    done = inception("execute", "1.sql", "2.sql", *where, "--db", shop_database, "--format", "json")
    assert (done.code, done.err) == (0, "")
    statements = [each for file in json.loads(done.out)["files"] for each in file["statements"]]
    assert [each["stage"] for each in statements] == ["EXECUTED"] * 3
    assert rows_of(mariadb, shop_database) == [("2", "12"), ("3", "13"), ("7", "7")]
    undone = inception("rollback", *(each["sequence"] for each in statements), *where)
    assert undone.code == 0
    assert "3 statements, 0 errors" in undone.out
    assert rows_of(mariadb, shop_database) == before


def test_large_changes_run_in_ranges(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB, config: Path
) -> None:
    write("1.sql", "update t set a = a + 10;\n")
    where = (*at, "--db", shop_database, "--batch-rows", "2")
    assert "It runs in about 2 ranges of 2 rows" in inception("check", "1.sql", *where).out.replace("\n", " ")
    done = inception("execute", "1.sql", *where, "--config", config, "--ignore-warnings", "--format", "json")
    assert done.code == 0
    assert "It ran in 2 ranges" in done.out
    assert rows_of(mariadb, shop_database) == [("1", "11"), ("2", "12"), ("3", "13")]


def test_the_first_file_that_fails_is_the_last(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB
) -> None:
    write("1.sql", "update t set a = 10 where id = 1;")
    write("2.sql", "insert into t (id, a) values (9, 9);\ninsert into t (id, a) values (1, 1);")
    write("3.sql", "delete from t where id = 3;")
    where = (*at, "--no-backup", "--db", shop_database)
    done = inception("execute", "1.sql", "2.sql", "3.sql", *where, "--format", "github")
    assert done.code == 2
    assert re.search(r"::error file=2.sql,line=2,title=execution::Execute: .*Duplicate", done.out)
    assert rows_of(mariadb, shop_database) == [("1", "10"), ("2", "2"), ("3", "3"), ("9", "9")]


def test_warnings_keep_from_executing(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB
) -> None:
    write("1.sql", "delete from t;")
    where = (*at, "--no-backup", "--db", shop_database)
    assert inception("execute", "1.sql", *where).code == 2
    assert len(rows_of(mariadb, shop_database)) == 3
    assert inception("execute", "1.sql", *where, "--ignore-warnings").code == 0
    assert rows_of(mariadb, shop_database) == []
    no_backup = inception("execute", "1.sql", *at, "--db", shop_database)
    assert no_backup.code == 3
    assert "Invalid remote backup information" in no_backup.err


def test_an_interrupt_stops_it_and_tells_what_was_done(
    write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB
) -> None:
    slow = "update t set a = a + 1 where id = 1;\nupdate t set a = a + sleep(60) + 1 where id = 2;\nupdate t set a = 0 where id = 3;"
    path = write("1.sql", slow)
    how = ("--no-backup", "--ignore-warnings", "--db", shop_database)
    environment = {**os.environ, **LOGIN, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    asleep = (
        "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%update t set a = a + sleep%'"
        " AND id <> CONNECTION_ID() AND command = 'Query' AND state = 'User sleep'"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "inception", "execute", str(path), *at, *how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as running:
        try:
            with mariadb.connect() as target:
                wait_until(lambda: target.query(asleep), timeout=60)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
    assert (running.returncode, err) == (2, b"")
    assert b"EXECUTED" in out
    assert rows_of(mariadb, shop_database) == [("1", "2"), ("2", "2"), ("3", "3")]


def test_resume_goes_on_with_the_first_file(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB, config: Path
) -> None:
    changes = "update t set a = a + 10 where id = 1;\nupdate t set a = a + 10 where id = 2;\n"
    path = write("1.sql", changes)
    write("2.sql", "update t set a = a + 10 where id = 3;\n")
    how = (*at, "--config", str(config), "--db", shop_database, "--sequence", f"release-{shop_database}")
    waiting = (
        "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%set a = a + 10 where id = 2%'"
        " AND id <> CONNECTION_ID()"
    )
    with mariadb.connect(database=shop_database) as blocker:
        blocker.query("BEGIN")
        blocker.query("SELECT 1 FROM t WHERE id = 2 FOR UPDATE")
        with subprocess.Popen(
            [sys.executable, "-m", "inception", "execute", str(path), *map(str, how)],
            stdout=subprocess.DEVNULL,
            env={**os.environ, **LOGIN, "PYTHONPATH": str(ROOT)},
        ) as running:
            try:
                with mariadb.connect() as observer:
                    wait_until(lambda: observer.query(waiting), timeout=60)
                running.send_signal(signal.SIGTERM)
                assert running.wait(timeout=60) == 2
            finally:
                running.kill()
        blocker.query("ROLLBACK")
    assert rows_of(mariadb, shop_database) == [("1", "11"), ("2", "2"), ("3", "3")]
    done = inception("execute", "1.sql", "2.sql", *how, "--resume", "--format", "json")
    assert (done.code, done.err) == (0, "")
    statements = [each for file in json.loads(done.out)["files"] for each in file["statements"]]
    assert [each["stage"] for each in statements] == ["EXECUTED"] * 3
    assert rows_of(mariadb, shop_database) == [("1", "11"), ("2", "12"), ("3", "13")]
    undone = inception("rollback", *(each["sequence"] for each in statements), *at, "--config", config)
    assert undone.code == 0
    assert rows_of(mariadb, shop_database) == [("1", "1"), ("2", "2"), ("3", "3")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--resume",), "--resume needs the --sequence"),
        (("--sequence", "x", "--resume-as", "committed"), "--resume-as needs --resume."),
        (("--sequence", "never-begun", "--resume"), "There is nothing to resume"),
    ],
)
def test_what_cannot_be_resumed_is_not_run(
    inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, mariadb: MariaDB, config: Path,
    options: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    write("1.sql", "update t set a = a + 10 where id = 1;\n")
    refused = inception("execute", "1.sql", *at, "--config", config, "--db", shop_database, *options)
    assert refused.code == 3
    assert said in refused.err
    assert rows_of(mariadb, shop_database)[0] == ("1", "1")


# -- split, tree, rules ----------------------------------------------------------------------------------------


def test_split(inception: Inception, write: Write, at: tuple[str, ...], shop_database: str, tmp_path: Path) -> None:
    write("1.sql", f"use {shop_database};\nalter table t add b int;\nupdate t set b = 1 where id = 1;\n")
    done = inception("split", "1.sql", *at, "--format", "json")
    assert done.code == 0
    assert [each["ddlflag"] for each in json.loads(done.out)] == [1, 0]
    assert inception("split", "1.sql", *at, "--directory", "parts").code == 0
    parts = sorted((tmp_path / "parts").iterdir())
    assert [path.name for path in parts] == ["001.sql", "002.sql"]
    assert parts[1].read_text() == f"use `{shop_database}`;\nupdate t set b = 1 where id = 1;\n"
    assert inception("execute", "parts/001.sql", "parts/002.sql", *at, "--no-backup", "--ignore-warnings").code == 0
    write("bad.sql", "create table x (id int,);")
    assert inception("split", "bad.sql", *at).code == 2


def test_a_split_leaves_no_part_of_an_earlier_one(inception: Inception, write: Write, at: tuple[str, ...]) -> None:
    write("1.sql", "select 1;")
    write("parts/001.sql", "select 2;")
    write("parts/002.sql", "drop table t;")
    done = inception("split", "1.sql", *at, "--directory", "parts")
    assert done.code == 3
    assert "parts has parts of an earlier split (002.sql): remove them." in done.err


@pytest.mark.parametrize(
    "arguments", [("check", "nofile.sql"), ("check", "--nope"), ("chek",), ("check", "1.sql", "--schema", "nofile.sql")]
)
def test_what_is_called_wrongly_could_not_be_run(
    inception: Inception, write: Write, arguments: tuple[str, ...]
) -> None:
    write("1.sql", "select 1;")
    assert inception(*arguments).code == 3


def test_tree(inception: Inception, write: Write, at: tuple[str, ...], shop_database: str) -> None:
    write("1.sql", f"use {shop_database};\nselect a from t where id not in (1);")
    done = inception("tree", "1.sql", *at)
    assert done.code == 0
    [found] = json.loads(done.out)
    assert found["query_tree"]["where"][0]["func"] == "NOT"
    [masked] = json.loads(inception("tree", "1.sql", *at, "--masking").out)
    assert masked["query_tree"][0]["table"] == "t"
    write("2.sql", "select nothing from nowhere;")
    assert inception("tree", "2.sql", *at, "--db", shop_database).code == 2


def test_rules(inception: Inception) -> None:
    listed = {each["rule"]: each for each in json.loads(inception("rules", "--format", "json").out)}
    assert listed["dml_where"]["level"] == "warning"
    assert listed["dml_where"]["variables"] == {"inception_check_dml_where": "ON"}
    set_off = json.loads(inception("rules", "--format", "json", "--set", "inception_check_dml_where=0").out)
    assert {each["rule"]: each for each in set_off}["dml_where"]["variables"] == {"inception_check_dml_where": "OFF"}
    assert "dml_where" in inception("rules").out


# -- watch -----------------------------------------------------------------------------------------------------


def test_watch(inception: Inception, shop: Shop, shop_database: str) -> None:  # noqa: F811
    idle = inception("watch", "--once", "--port", shop.gateway.port)
    assert (idle.code, "0 running" in idle.out) == (0, True)
    batch = f"use {shop_database};update t set a = 1 where id = 1;update t set a = 2 where id = 2;"
    running = threading.Thread(target=shop.execute, args=(batch,))
    with shop.target.connect(database=shop_database) as holding:
        holding.query("BEGIN")
        holding.query("SELECT * FROM t WHERE id = 2 FOR UPDATE")
        running.start()
        with connect(Address("127.0.0.1", shop.gateway.port, "tester")) as looking:
            wait_until(lambda: any(each["STATE"] == "EXECUTING" for each in requests(looking)))
        table = inception("watch", "--once", "--port", shop.gateway.port).out
    running.join()
    assert "1 running" in table
    assert "EXECUTE" in table
    assert inception("watch", "--once", "--port", "1").code == 3


@pytest.mark.parametrize(
    ("percent", "seconds", "left"), [(None, 5, None), (0, 5, None), (50, 30, 30), (10, 2, 18), (100, 9, 0)]
)
def test_time_left(percent: int | None, seconds: int, left: int | None) -> None:
    assert seconds_left({"Percent": percent, "Time": seconds}) == left


def test_the_hook_and_the_examples_name_what_exists(inception: Inception) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "inception-check"
    assert hook["entry"] == "inception check"
    text = (ROOT / "docs/pipelines.md").read_text()
    used = set(re.findall(r"inception (check|execute|rollback|split|tree|rules|watch)[^\n`]*", text))
    assert used == {"check", "execute", "rollback", "split", "tree", "rules", "watch"}
    for command in sorted(used):
        known = inception(command, "--help").out
        for line in re.findall(rf"inception {command} ([^\n`]*)", text):
            for option in re.findall(r"(?<!\S)--[a-z-]+", line):
                assert option in known, f"inception {command} {option}"
    for block in re.findall(r"```yaml\n(.*?)```", text, re.S):
        assert isinstance(yaml.safe_load(block), dict | list)
