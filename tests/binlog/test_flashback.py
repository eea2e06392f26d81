"""`inception flashback` on the log files and on the servers themselves."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inception.binlog.read import current_position
from inception.binlog.select import Gtids
from inception.cli import main
from inception.errors import BinlogError
from tests.binlog.capture import Session
from tests.servers import DatabaseServer, MariaDB

TABLE = "CREATE TABLE t (id int primary key, v varchar(100), n int)"


@pytest.fixture
def work(target: DatabaseServer) -> Iterator[Session]:
    with target.database() as database:
        yield Session(target, database, TABLE, "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 2)")


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["flashback", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result


def files(server: DatabaseServer) -> list[Path]:
    return sorted(path for path in server.data.glob("binlog.0*") if path.suffix[1:].isdigit())


def server_options(work: Session) -> list[object]:
    return ["--host", "127.0.0.1", "--port", work.connection.address.port]


def source(work: Session, target: DatabaseServer, from_files: bool) -> list[object]:
    """Return the arguments for what was done since `work.start`, from disk or over the network."""
    return [*server_options(work), "--start-position", work.start, *(files(target) if from_files else [])]


def apply(work: Session, sql: str) -> None:
    for line in sql.splitlines():
        if not line.startswith("--"):
            work.connection.query(line)


@pytest.mark.parametrize("from_files", [True, False])
def test_there_and_back(target: DatabaseServer, work: Session, from_files: bool) -> None:
    before = work.content("t")
    work.run(
        "INSERT INTO t VALUES (3, 'it''s', NULL)",
        "UPDATE t SET n = n + 1",
        "FLUSH BINARY LOGS",
        "DELETE FROM t WHERE id = 1",
    )
    after = work.content("t")
    arguments = source(work, target, from_files)
    back = run(*arguments).stdout
    again = run(*arguments, "--forward").stdout
    assert back.count("BEGIN;") == again.count("BEGIN;") == 3
    apply(work, back)
    assert work.content("t") == before
    apply(work, again)
    assert work.content("t") == after


def test_selections(target: DatabaseServer, work: Session) -> None:
    work.run("CREATE TABLE u LIKE t", "INSERT INTO u VALUES (9, 'u', 9)", "UPDATE t SET n = 5 WHERE id = 1")
    middle = current_position(work.connection)
    work.run("DELETE FROM t WHERE id = 2")
    arguments = source(work, target, True)
    everything = run(*arguments).stdout
    assert "-- not undone: CREATE TABLE u LIKE t" in everything
    assert [line.split()[0] for line in everything.splitlines() if line[0] not in "-BCS"] == [
        "INSERT",
        "UPDATE",
        "DELETE",
    ]

    def statements(*more: object) -> list[str]:
        return [line for line in run(*arguments, *more).stdout.splitlines() if f"`{work.name}`" in line]

    assert statements("--table", f"{work.name}.u") == [f"DELETE FROM `{work.name}`.`u` WHERE `id`=9;"]
    assert len(statements("--table", f"{work.name}.*")) == 3
    assert [line.split()[0] for line in statements("--only", "delete", "--only", "insert")] == ["INSERT", "DELETE"]
    assert [line.split()[0] for line in statements("--stop-position", middle)] == ["UPDATE", "DELETE"]
    assert statements("--stop-time", "2020-01-01 00:00:00") == []
    assert statements("--start-time", "2020-01-01T00:00:00+02:00", "--stop-time", "2100-01-01") == statements()
    gtids = [line.split(",")[1].strip() for line in everything.splitlines() if line.startswith("BEGIN")]
    if gtids[0] != "no GTID":
        assert [line.split()[0] for line in statements("--gtid", gtids[0])] == ["INSERT"]


def test_definitions_from_a_dump(mariadb: MariaDB, tmp_path: Path) -> None:
    with mariadb.database() as database:
        work = Session(mariadb, database, TABLE)
        work.run("INSERT INTO t VALUES (1, 'x', 1)")
        dump = tmp_path / "dump.sql"
        definition = str(work.connection.query("SHOW CREATE TABLE t")[0][1])
        dump.write_text(
            f"-- a dump\n/*!40101 SET NAMES utf8mb4 */;\nUSE `{database}`;\n\n{definition};\n\nINSERT INTO t VALUES (1);\n"
        )
        output = tmp_path / "out.sql"
        arguments = ["--schema", dump, "--output", output, "--table", f"{database}.*", *files(mariadb)]
        told = [json.loads(line) for line in run(*arguments, "--progress", "json").stderr.splitlines()[:-1]]
        assert f"DELETE FROM `{database}`.`t` WHERE `id`=1;" in output.read_text().splitlines()
        assert told[-1]["percent"] > 99
        assert set(told[-1]) == {"bytes", "total", "percent", "bytes_per_second", "seconds_left"}
        assert "100%" in run(*arguments, "--progress", "bar").stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xfdbin", "is encrypted"),
        (b"text", "is no binary log"),
        (b"\xfebin" + bytes(10), "in the middle"),
        (b"\xfebin" + bytes(30), "damaged"),
        (b"\xfebin" + bytes(9) + b"\x40" + bytes(15), "in the middle"),
    ],
)
def test_files_that_are_none(tmp_path: Path, content: bytes, reason: str) -> None:
    file, dump = tmp_path / "binlog.000001", tmp_path / "dump.sql"
    file.write_bytes(content)
    dump.write_text("")
    result = CliRunner().invoke(main, ["flashback", "--schema", str(dump), str(file)])
    assert result.exit_code == 1
    assert reason in result.output


def test_a_definition_that_is_missing_is_named(mariadb: MariaDB, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("")
    with mariadb.database() as database:
        work = Session(mariadb, database, TABLE)
        work.run("INSERT INTO t VALUES (1, 'x', 1)")
        arguments = ["flashback", "--schema", str(tmp_path / "dump.sql"), "--table", f"{database}.t"]
        result = CliRunner().invoke(main, [*arguments, *map(str, files(mariadb))])
        assert f"The definition of {database}.t is not known" in result.output


def test_rows_of_another_definition_are_refused_with_a_remedy(target: DatabaseServer, work: Session) -> None:
    work.run("UPDATE t SET n = 5")
    work.connection.query("ALTER TABLE t ADD COLUMN more int")
    result = CliRunner().invoke(main, ["flashback", *map(str, source(work, target, True))])
    assert result.exit_code == 1
    assert "rows of 3 columns were logged, it has 4" in result.output
    assert "Give --schema with the definition that the table had then" in result.output


@pytest.mark.parametrize(("metadata", "told"), [("MINIMAL", True), ("FULL", False)])
def test_a_definition_that_the_log_changes_is_told(
    target: DatabaseServer, work: Session, metadata: str, told: bool
) -> None:
    """Only names tell that two columns of one type were swapped and swapped back."""
    with target.connect() as root:
        before = str(root.value("SELECT @@GLOBAL.binlog_row_metadata"))
        root.query(f"SET GLOBAL binlog_row_metadata = {metadata}")
        try:
            work.connection.query("CREATE TABLE other (id int primary key, a int, b int)")
            work.run("INSERT INTO other VALUES (1, 1, 1)", "INSERT INTO t VALUES (3, 'x', 3)")
            for _ in range(2):
                work.connection.query("ALTER TABLE other RENAME COLUMN a TO b, RENAME COLUMN b TO a")
        finally:
            root.query(f"SET GLOBAL binlog_row_metadata = {before}")
    said = run(*source(work, target, True)).stderr
    assert (f"Caution: {work.name}.other was changed in the log" in said) == told
    assert f"{work.name}.t was changed" not in said


def test_gtids() -> None:
    mysql, mariadb = Gtids.parse("00010203-0405-0607-0809-0A0B0C0D0E0F:7-9"), Gtids.parse("0-1-7..9")
    assert "00010203-0405-0607-0809-0a0b0c0d0e0f:8" in mysql
    assert "00010203-0405-0607-0809-0a0b0c0d0e0f:10" not in mysql
    assert "0-1-9" in mariadb
    assert "0-2-9" not in mariadb
    with pytest.raises(BinlogError, match="is no GTID"):
        Gtids.parse("7")
