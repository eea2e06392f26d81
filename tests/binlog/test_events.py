"""What servers may write in other ways: compressed, on other positions, with the writer's thread or without."""

from collections.abc import Iterator

import pytest

from inception.binlog.events import Position, QueryText, Rows, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import current_position, read_events
from inception.errors import BinlogError
from inception.mysql import connect
from tests.binlog.capture import Session
from tests.servers import DatabaseServer, MariaDB, MySQL

TABLE = "CREATE TABLE t (id int primary key auto_increment, v varchar(100), b longblob)"


def test_transactions_of_each_server_and_who_wrote_them(server: DatabaseServer) -> None:
    """With the positions of MariaDB 11, which are only at the ends, and without GTIDs on MySQL."""
    with server.database() as database:
        other = Session(
            server,
            database,
            TABLE,
            "SET SESSION binlog_annotate_row_events = ON"
            if server.kind == "mariadb"
            else "SET SESSION binlog_rows_query_log_events = ON",
        )
        work = Session(server, database)
        other.run("INSERT INTO t (id) VALUES (100)")
        work.run("BEGIN", "INSERT INTO t (id) VALUES (1)", "INSERT INTO t (id) VALUES (2)", "SAVEPOINT s", "COMMIT")
        middle = current_position(work.connection)
        other.run("UPDATE t SET v = 'x' WHERE id = 100", "FLUSH BINARY LOGS")
        work.run("DELETE FROM t WHERE id < 3")
        begins = [event for event in work.events() if isinstance(event, TransactionBegin) and event.time]
        threads = [begin.thread_id for begin in begins]
        version = work.connection.version
        if not version.mariadb or version.number >= (11, 0, 0):
            ids = [other.connection.thread_id, work.connection.thread_id]
            assert [thread for thread in threads if thread] == ids * 2
        assert [len(list(rows_of(work, stop))) for stop in (middle, current_position(work.connection))] == [2, 3]
        assert len(work.roll_back()) == 4


@pytest.fixture
def work(target: DatabaseServer) -> Iterator[Session]:
    with target.database() as database:
        yield Session(target, database, TABLE)


def rows_of(work: Session, stop: Position) -> list[Rows]:
    events = read_events(work.connection.address, work.start, stop, timeout=10)
    return [event for event in own_transactions(events, work.is_ours) if isinstance(event, Rows)]


def test_compressed_events_of_mariadb(mariadb: MariaDB) -> None:
    with mariadb.database() as database, connect(mariadb.address) as root:
        root.query("SET GLOBAL log_bin_compress = ON, GLOBAL log_bin_compress_min_len = 10")
        try:
            work = Session(mariadb, database, TABLE)
            work.run("CREATE TABLE long_enough_to_be_compressed (a int primary key, b varchar(1000))")
            work.run("INSERT INTO t VALUES (1, REPEAT('a', 100), REPEAT('b', 100000))", "UPDATE t SET v = 'b', b = ''")
            work.run("DELETE FROM t")
        finally:
            root.query("SET GLOBAL log_bin_compress = OFF, GLOBAL log_bin_compress_min_len = 256")
        assert any(isinstance(event, Rows) and event.compressed for event in work.events())
        assert any(isinstance(event, QueryText) and "long_enough" in event.text for event in work.events())
        statements = work.roll_back()
    assert [statement.split()[0] for statement in statements] == ["INSERT", "UPDATE", "DELETE"]


def test_compressed_transactions_of_mysql(mysql: MySQL) -> None:
    with mysql.database() as database:
        other = Session(mysql, database, TABLE, "SET SESSION binlog_transaction_compression = ON")
        work = Session(mysql, database, "SET SESSION binlog_transaction_compression = ON")
        other.run("INSERT INTO t (id, b) VALUES (100, REPEAT('z', 200))")
        work.run("INSERT INTO t (id, b) VALUES (1, REPEAT('x', 5000)), (2, 'y')", "UPDATE t SET v = 'w' WHERE id = 2")
        middle = current_position(work.connection)
        work.run("DELETE FROM t WHERE id < 3")
        begins = [event for event in work.events() if isinstance(event, TransactionBegin)]
        assert len(begins) == 4
        assert [begin.position.has_reached(middle) for begin in begins] == [False, False, False, True]
        assert len(list(work.rollback())) == 5
        work.roll_back()
        assert [row[0] for row in work.content("t")] == ["100"]


def test_a_start_that_is_too_far_to_be_asked_for(work: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 4 GiB on the file is read from its first event, and what comes before is left out."""
    work.run("INSERT INTO t (id) VALUES (1)")
    work.start = current_position(work.connection)
    work.run("INSERT INTO t (id) VALUES (2)")
    usual = list(work.events())
    monkeypatch.setattr("inception.binlog.read._LARGEST_START", 5)
    assert [type(event) for event in work.events()] == [type(event) for event in usual]
    assert len(list(work.rollback())) == 1
    beyond = work.start._replace(offset=work.start.offset + 10**9)
    work.connection.query("FLUSH BINARY LOGS")
    with pytest.raises(BinlogError, match="its file ends before"):
        list(read_events(work.connection.address, beyond, current_position(work.connection), timeout=10))
