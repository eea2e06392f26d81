"""GTIDs of our own for the statements of a task (inception_assign_gtid): dense numbers, and nothing is run twice."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pymysql
import pytest

from inception.begun import PREPARE, Begun
from inception.claim import find_task
from inception.errors import GtidTaken
from inception.mysql import Connection
from inception.progress import Control
from inception.recovery import recover_by_gtid
from inception.session import Session
from inception.verdict import Outcome
from inception.world import Server
from tests.conftest import demand
from tests.end_to_end.conftest import Row, Shop
from tests.end_to_end.cut import UPDATE, Cut, shop_of
from tests.faults import gateway_before, start_with_gtids
from tests.processes import HOST
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL, wait_until

pytestmark = pytest.mark.server("mysql")


@pytest.fixture(scope="module")
def gtid_target(pytestconfig: pytest.Config) -> Iterator[MySQL]:
    demand("mysql", pytestconfig)
    with MySQL() as server:
        start_with_gtids(server)
        yield server


@pytest.fixture(scope="module")
def gateways(backup_server: MariaDB) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways that assign GTIDs, with one backup server."""
    with gateway_before(backup_server, assign_gtid=True) as one, gateway_before(backup_server, assign_gtid=True) as two:
        yield one.start(), two.start()


@pytest.fixture
def cut(
    gateways: tuple[Gateway, Gateway], gtid_target: MySQL, backup_server: MariaDB, request: pytest.FixtureRequest
) -> Iterator[Cut]:
    with shop_of(gateways[0], gtid_target, backup_server, request) as shop:
        make(gtid_target)
        yield shop


def make(target: DatabaseServer) -> None:
    with target.connect() as connection:
        for text in (
            "DROP DATABASE IF EXISTS d",
            "CREATE DATABASE d",
            "CREATE TABLE d.t (id INT PRIMARY KEY, a INT)",
            "CREATE TABLE d.u (id INT PRIMARY KEY, a INT)",
            "CREATE TABLE d.m (id INT PRIMARY KEY, a INT) ENGINE=MyISAM",
            "INSERT INTO d.t VALUES (1, 1), (2, 2)",
        ):
            connection.query(text)


def given(shop: Shop, name: str) -> list[str | None]:
    """Return the GTID of each statement of a task, None for those of the target's choice."""
    with shop.backup.connect() as backup:
        task = find_task(backup, name)
    return [each.gtid for each in task.statements] if task else []


def ours(shop: Shop) -> tuple[str, int]:
    """Return the UUID for the target, and the last number."""
    with shop.backup.connect() as backup:
        [(uuid, last)] = backup.query(
            f"SELECT uuid, last FROM inception.assigned_gtids WHERE target_port = {shop.target.port}"
        )
    return str(uuid), int(str(last))


def executed(shop: Shop) -> dict[str, str]:
    """Return gtid_executed of the target by UUID."""
    with shop.target.connect() as target:
        return dict(each.strip().split(":", 1) for each in str(target.value("SELECT @@gtid_executed")).split(","))


def numbers(gtids: list[str | None]) -> list[int | None]:
    return [None if gtid is None else int(gtid.partition(":")[2]) for gtid in gtids]


def test_each_statement_gets_the_next_number_also_one_that_changes_nothing(cut: Cut) -> None:
    cut.execute("update d.t set a = 2 where id = 1;", f"--sequence={cut.name}-first;")
    uuid, before = ours(cut)
    assert str(UUID(uuid)) == uuid
    rows = cut.execute(
        "use d; set names utf8mb4; update t set a = a + 1 where id = 1; update t set a = 7 where id = 99;"
        " alter table u add column b int; insert into t values (3, 3);",
        f"--sequence={cut.name};",
    )
    assert max(row.errlevel for row in rows) < 2, rows
    assert given(cut, cut.name) == [None, None, *(f"{uuid}:{before + step}" for step in range(1, 5))]
    assert executed(cut)[uuid] == f"1-{before + 4}"
    assert [row.Affected_rows for row in rows] == [0, 0, 1, 0, 0, 1]


def test_a_statement_that_fails_spends_no_number(cut: Cut) -> None:
    rows = cut.execute(
        "insert into d.t values (1, 1); update d.t set a = 9 where id = 2;", f"--sequence={cut.name};--force;"
    )
    assert [row.errlevel == 2 for row in rows] == [True, False], rows
    uuid, last = ours(cut)
    failed, done = given(cut, cut.name)
    with cut.target.connect() as target:
        spent = [
            target.value(f"SELECT GTID_SUBSET('{gtid}', @@gtid_executed)") for gtid in (f"{uuid}:{last - 1}", done)
        ]
    assert (failed, done, spent) == (f"{uuid}:{last - 1}", f"{uuid}:{last}", ["0", "1"])


def test_what_is_no_single_transaction_has_the_targets_own_gtid(cut: Cut) -> None:
    with cut.target.connect() as target:
        target.query("CREATE TABLE d.n LIKE d.m")
        target.query("CREATE VIEW d.v AS SELECT * FROM d.t")
    expected = {
        "create temporary table tmpx (id int primary key)": False,
        "alter table n add column b int": False,
        "create database e": True,
        "drop database e": False,
        "create table c like n": False,
        "create table f (id int primary key)": True,
        "alter table f engine = myisam": False,
        "rename table u to w": True,
        "create view y as select 1": True,
        "truncate t": True,
        "drop table n, w": False,
    }
    changes = {"insert into m values (1, 1)": False, "update v set a = 5 where id = 2": False}
    _runs_as_expected(cut, changes)
    _runs_as_expected(cut, {"use d": False, **expected})


def _runs_as_expected(cut: Cut, expected: dict[str, bool]) -> None:
    rows = cut.execute("; ".join(expected) + ";", f"--sequence={cut.name};--db=d;")
    assert max(row.errlevel for row in rows) < 2, [(row.SQL, row.errormessage) for row in rows if row.errlevel == 2]
    assert {row.SQL: gtid is not None for row, gtid in zip(rows, given(cut, cut.name), strict=True)} == expected


def test_a_transaction_of_several_statements_has_one(cut: Cut) -> None:
    rows = cut.execute(
        "use d; update t set a = 8 where id = 1; update t set a = 8 where id = 2; insert into t values (9, 9);"
        " update t set a = 1 where id = 9;",
        f"--sequence={cut.name};--trans=3;",
    )
    assert max(row.errlevel for row in rows) < 2, rows
    _, last = ours(cut)
    assert numbers(given(cut, cut.name)) == [None, last - 1, last - 1, last - 1, last]
    cut.undo(rows)
    assert cut.values() == [("1", "1"), ("2", "2")]


def test_two_gateways_give_no_number_twice(cut: Cut, gateways: tuple[Gateway, Gateway]) -> None:
    count = 20
    answers: dict[str, list[Row]] = {}

    def run(gateway: Gateway, table: str) -> None:
        shop = Shop(gateway, cut.target, cut.backup)
        text = "".join(f"insert into d.{table} values ({100 + number}, 1);" for number in range(count))
        answers[table] = shop.execute(text, f"--sequence={cut.name}-{table};")

    threads = [threading.Thread(target=run, args=each) for each in zip(gateways, "tu", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {row.errlevel for rows in answers.values() for row in rows} <= {0, 1}
    found = [*given(cut, f"{cut.name}-t"), *given(cut, f"{cut.name}-u")]
    uuid, last = ours(cut)
    assert sorted(filter(None, numbers(found))) == list(range(last - 2 * count + 1, last + 1))
    assert executed(cut)[uuid].endswith(f"-{last}")


def test_numbers_that_were_forgotten_are_passed_over(cut: Cut) -> None:
    """The backup server was restored from an old copy: its counter stands where it stood."""
    cut.execute("update d.t set a = 5 where id = 1; update d.t set a = 6 where id = 1;", f"--sequence={cut.name};")
    uuid, last = ours(cut)
    with cut.backup.connect() as backup:
        backup.query(f"UPDATE inception.assigned_gtids SET last = 0 WHERE uuid = '{uuid}'")
    rows = cut.execute("update d.t set a = 77 where id = 1;", f"--sequence={cut.name};")
    assert (rows[0].stagestatus.split("\n")[0], rows[0].Affected_rows) == ("Execute Successfully", 1)
    assert given(cut, cut.name) == [f"{uuid}:{last + 1}"]


def test_a_first_sending_that_comes_through_late_is_not_repeated(cut: Cut) -> None:
    """What resuming sends again waits for the session that has the GTID, is not run, and is not taken for 0 rows."""
    blocker = cut.begin(UPDATE, "UPDATE d.t SET a = a WHERE id = 1")
    cut.kill_workers()
    [old] = [row[0] for row in blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
    blocker.query(f"KILL {old!s}")
    blocker.query("ROLLBACK")
    wait_until(lambda: cut.status()["outcome"] == "not committed")
    gtid = given(cut, cut.name)[3]
    with cut.target.connect() as late:
        late.query(f"SET gtid_next = '{gtid}'")
        late.query("BEGIN")
        late.query("UPDATE d.t SET a = a + 1 WHERE id = 1")
        answers: list[list[Row]] = []
        again = threading.Thread(target=lambda: answers.append(cut.resume()))
        again.start()
        wait_until(lambda: "Waiting for GTID to be committed" in str(blocker.query("SHOW FULL PROCESSLIST")))
        late.query("COMMIT")
        again.join(60)
    row = answers[0][3]
    assert (row.errlevel, row.stagestatus) == (2, "Execute Aborted")
    assert f"Not sent again: its GTID {gtid} is in gtid_executed" in str(row.errormessage)
    assert cut.progress() == ("4", "PREPARE")
    assert cut.status()["outcome"] == "committed"
    assert "its GTID" in cut.status()["reason"]
    rows = cut.resume()
    assert [each.errlevel for each in rows] == [0] * 6, rows
    assert [each.Affected_rows for each in rows[2:]] == [1, 1, 1, 1]
    assert cut.values() == [("1", "2"), ("2", "112"), ("3", "3")]
    cut.undo(rows)
    assert cut.whole() == cut.before


@pytest.mark.parametrize(("end", "outcome"), [("COMMIT", Outcome.COMMITTED), ("ROLLBACK", Outcome.NOT_COMMITTED)])
def test_who_holds_a_gtid_is_waited_for(cut: Cut, end: str, outcome: Outcome) -> None:
    cut.execute("update d.t set a = 5 where id = 1;", f"--sequence={cut.name};")
    uuid, last = ours(cut)
    gtid = f"{uuid}:{last + 1000 + (end == 'COMMIT')}"
    with cut.target.connect() as holder:
        begun = Begun(1, PREPARE, "1_2_0", holder.thread_id, text="update", gtid=gtid)
        holder.query(f"SET gtid_next = '{gtid}'")
        holder.query("BEGIN")
        holder.query("UPDATE d.t SET a = 6 WHERE id = 1")
        ending = threading.Thread(target=_end_when_waited_for, args=(cut.blocker, holder, end))
        ending.start()
        verdict = recover_by_gtid(cut.target.address, begun, Control(lambda progress: None))
        ending.join()
    assert verdict.outcome is outcome
    session = Session(cut.target.address, "utf8mb4", Server(cut.blocker.version), backup=False)
    try:
        if outcome is Outcome.COMMITTED:
            with pytest.raises(GtidTaken, match="already"):
                session.take(gtid)
        else:  # it is free, and can be used
            session.take(gtid)
            session.connection.query("UPDATE d.t SET a = 7 WHERE id = 1")
            session.commit()
    finally:
        session.close()


def _end_when_waited_for(observer: Connection, holder: Connection, end: str) -> None:
    wait_until(lambda: "Waiting for GTID to be committed" in str(observer.query("SHOW FULL PROCESSLIST")))
    holder.query(end)


# -- where it cannot be ----------------------------------------------------------------------------------------

_OF_SOURCE = (
    "/*--source={source};--enable-execute;--enable-ignore-warnings;--sequence={sequence};*/ inception_magic_start;"
    "create database if not exists d; inception_magic_commit;"
)
_ALL = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, TRIGGER, SHOW VIEW, REFERENCES ON *.*"


def test_an_account_that_may_not_is_told_the_grant_and_then_may(cut: Cut) -> None:
    account = cut.target.create_user("poor", PASSWORD, _ALL, "PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.*")
    options = f"--enable-execute;--enable-ignore-warnings;--sequence={cut.name};"
    who = {"user": account.user, "password": account.password}
    with pytest.raises(pymysql.MySQLError, match=r"Grant the account REPLICATION_APPLIER or SESSION") as caught:
        cut.submit(options, "update d.t set a = 5 where id = 1;", **who)
    assert caught.value.args[0] == 2523
    assert cut.values()[0] == ("1", "1")
    with cut.target.connect() as root:
        root.query("GRANT REPLICATION_APPLIER ON *.* TO poor@'%'")
    assert cut.submit(options, "update d.t set a = 5 where id = 1;", **who)[0].errlevel < 2
    assert given(cut, cut.name) == [f"{ours(cut)[0]}:{ours(cut)[1]}"]


def test_targets_that_take_none(
    gateways: tuple[Gateway, Gateway], mariadb: MariaDB, backup_server: MariaDB, tmp_path: Path
) -> None:
    with MySQL() as mysql:
        mysql.start(gtid_mode="OFF", enforce_gtid_consistency="OFF")
        for target, says in ((mariadb, "can't be given GTIDs on MariaDB"), (mysql, "gtid_mode of the target is OFF")):
            shop = Shop(gateways[0], target, backup_server)
            with pytest.raises(pymysql.MySQLError, match=says) as caught:
                shop.execute("create database nothing;", "--sequence=nothing;")
            assert caught.value.args[0] == 2523
            assert shop.execute("use mysql;")[0].errlevel == 0  # without a sequence none is given


def test_a_source_says_otherwise(backup_server: MariaDB, mariadb: MariaDB, gtid_target: MySQL, tmp_path: Path) -> None:
    configuration = tmp_path / "inception.yaml"
    sources = (
        f"{name}: {{host: {HOST}, port: {target.port}, user: root, assign_gtid: {word}}}"
        for name, target, word in (("without", mariadb, "off"), ("with", gtid_target, "on"))
    )
    configuration.write_text(f"sources: {{{', '.join(sources)}}}\n")
    with gateway_before(backup_server, assign_gtid=True) as gateway:
        shop = Shop(gateway.start(config=configuration), mariadb, backup_server)
        answer = shop.ask(_OF_SOURCE.format(source="without", sequence="no"))
        assert answer[0][1] == "EXECUTED", answer
        make(gtid_target)
        gateway.restart(inception_assign_gtid="off")
        answer = shop.ask(_OF_SOURCE.format(source="with", sequence="yes"))
        assert answer[0][1] == "EXECUTED", answer
        assert given(shop, "yes")[0]
