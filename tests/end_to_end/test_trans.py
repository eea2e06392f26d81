"""--trans: row changes in transactions, all or nothing, each with its own rollback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pymysql
import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Row, Shop
from tests.journals import statements_of
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until

NOTHING_CHANGES = "update t set a = 5 where id = 99"


@pytest.fixture
def there(target: DatabaseServer, gateway: Gateway, backup_server: MariaDB) -> Shop:
    """The gateway with each kind of target in turn."""
    return Shop(gateway, target, backup_server)


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name, target.connect(database=name) as connection:
        for table in ("t", "u"):
            connection.query(f"CREATE TABLE {table} (id int primary key, a int)")
            connection.query(f"INSERT INTO {table} VALUES (1, 1), (2, 2), (3, 3)")
        connection.query("FLUSH BINARY LOGS")  # what other tests wrote can't be read as text everywhere
        connection.query("CREATE TABLE m (id int primary key) ENGINE=MyISAM")
        yield name


def execute(shop: Shop, place: str, statements: list[str], options: str = "--trans=3;") -> list[Row]:
    return shop.execute(f"use {place}; {'; '.join(statements)};", options)[1:]


def transactions(shop: Shop, place: str) -> int:
    """Return how many transactions of the binary log change rows of a database."""
    with shop.target.connect() as connection:
        status = "SHOW BINARY LOG STATUS" if shop.target.kind == "mysql" else "SHOW MASTER STATUS"
        file = str(connection.query(status)[0][0])
        events = connection.query(f"SHOW BINLOG EVENTS IN '{file}'")
    count, ours = 0, False
    for event in events:
        ours = ours or f"({place}." in str(event[5])
        if str(event[2]) == "Xid":
            count, ours = count + ours, False
    return count


def test_each_statement_keeps_its_own_rollback(there: Shop, place: str) -> None:
    before = there.checksum(place, "t", "u")
    logged = transactions(there, place)
    changes = [
        "update t set a = 10 where id = 1", NOTHING_CHANGES, "insert into u (id, a) values (4, 4)",
        "delete from t where id = 2", "update t set a = a + 1 where id in (1, 3)",
    ]  # fmt: skip
    rows = execute(there, place, changes)
    assert [row.stagestatus for row in rows] == ["Execute Successfully\nBackup successfully"] * 5
    assert [row.Affected_rows for row in rows] == [1, 0, 1, 1, 2]
    assert transactions(there, place) - logged == 2
    assert len({row.sequence for row in rows}) == 5
    kept = [there.rollback_of([row]) for row in rows]
    assert [len(texts) for texts in kept] == [1, 0, 1, 1, 2]
    assert "`u`" in kept[2][0]
    there.undo(rows)
    assert there.checksum(place, "t", "u") == before


@pytest.mark.parametrize("sequence", ["", "--sequence={};"])
def test_all_or_nothing(there: Shop, place: str, sequence: str) -> None:
    before = there.checksum(place, "t", "u")
    changes = [
        "update t set a = 10 where id = 1", "insert into u (id, a) values (1, 4)", "delete from t where id = 3",
        "delete from u where id = 3",
    ]  # fmt: skip
    rows = execute(there, place, changes, "--trans=3;" + sequence.format(place))
    assert [(row.stage, row.stagestatus) for row in rows] == [
        ("EXECUTED", "Execute failed"), ("EXECUTED", "Execute failed"), ("CHECKED", "Audit completed"),
        ("CHECKED", "Audit completed"),
    ]  # fmt: skip
    assert "Rolled back with the transaction of statement 3" in str(rows[0].errormessage)
    assert (rows[0].Affected_rows, rows[0].errlevel) == (0, 2)
    assert there.checksum(place, "t", "u") == before


def test_force_goes_on_with_the_next_transaction(there: Shop, place: str) -> None:
    changes = [
        "update t set a = 10 where id = 1", "insert into u (id, a) values (1, 4)",
        "delete from t where id = 3", "delete from u where id = 3",
    ]  # fmt: skip
    rows = execute(there, place, changes, "--trans=2;--force;")
    good = "Execute Successfully\nBackup successfully"
    assert [row.stagestatus for row in rows] == ["Execute failed", "Execute failed", good, good]
    assert there.target_rows(place, "t") == there.target_rows(place, "u") == 2


def test_progress_tells_of_each_statement(there: Shop, place: str) -> None:
    changes = ["update t set a = 10 where id = 1", NOTHING_CHANGES, "delete from t where id = 3"]
    rows = execute(there, place, changes, f"--trans=2;--sequence={place};")
    assert [row.stagestatus for row in rows] == ["Execute Successfully\nBackup successfully"] * 3
    with there.backup.connect() as backup:
        kept = [(begun.number, begun.status) for begun in statements_of(backup, place).values()]
        progress = backup.query(
            f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{place}'"
        )
    assert kept == [(1, "DONE"), (2, "DONE"), (3, "DONE"), (4, "DONE")]
    assert progress == [("4", "DONE")]


def test_an_engine_without_transactions_is_refused(there: Shop, place: str) -> None:
    with pytest.raises(pymysql.MySQLError, match=r"--trans: table .*m is of engine MyISAM"):
        execute(there, place, ["delete from t where id = 1", "delete from m where id = 1"])
    assert there.target_rows(place, "t") == 3


@pytest.mark.parametrize("how", ["inception kill", "KILL"])
def test_a_transaction_that_is_stopped_is_taken_back(there: Shop, place: str, how: str) -> None:
    before = there.checksum(place, "t", "u")
    with there.target.connect(database=place) as blocker, ThreadPoolExecutor(1) as pool:
        blocker.query("BEGIN")
        blocker.query("UPDATE u SET a = 7 WHERE id = 1")
        running = pool.submit(
            execute, there, place, ["update t set a = 10 where id = 1", "update u set a = 10 where id = 1"]
        )
        wait_until(lambda: bool(waiting(blocker)))
        if how == "KILL":
            blocker.query(f"KILL {waiting(blocker)[0]}")
        else:
            [number] = [row[0] for row in there.ask("inception get processlist") if row[5] == "EXECUTE"]
            there.ask(f"inception kill {number}")
        rows = running.result()
        blocker.query("ROLLBACK")
    assert [row.stagestatus for row in rows] == ["Execute failed"] * 2
    assert "Rolled back with the transaction of statement 3" in str(rows[0].errormessage)
    assert there.checksum(place, "t", "u") == before


def waiting(session: Connection) -> list[str]:
    """Return the connections that run an update of ours."""
    rows = session.query("SHOW FULL PROCESSLIST")
    return [str(row[0]) for row in rows if str(row[7]).endswith("update u set a = 10 where id = 1")]
