"""Reading the binary log of real servers: our own transactions only, whole, or a reason."""

import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from inception.binlog.events import Position, QueryText, Rows, TransactionBegin, TransactionEnd
from inception.binlog.read import current_position, read_events
from inception.errors import BinlogError, ServerError
from inception.mysql import Connection, connect
from inception.server import Address, Tls
from tests.binlog.capture import Session
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer, MariaDB, MySQL, wait_until

TABLE = "CREATE TABLE t (id int primary key auto_increment, v varchar(100), b longblob)"


@pytest.fixture
def work(target: DatabaseServer) -> Iterator[Session]:
    with target.database() as database:
        yield Session(target, database, TABLE)


def test_rows_of_other_sessions_are_left_out(target: DatabaseServer, work: Session) -> None:
    stop = threading.Event()

    def others() -> None:
        with connect(target.address, database=work.name) as other:
            for number in range(1000, 100000):
                other.query(f"INSERT INTO t (id, v) VALUES ({number}, 'other')")
                other.query(f"UPDATE t SET v = 'other again' WHERE id = {number}")
                if stop.is_set():
                    return

    thread = threading.Thread(target=others)
    thread.start()
    try:
        for number in range(1, 101):
            work.run(f"INSERT INTO t (id, v) VALUES ({number}, 'own')")
    finally:
        stop.set()
        thread.join()
    statements = list(work.rollback())
    assert statements == [f"DELETE FROM `{work.name}`.`t` WHERE `id`={number};" for number in range(1, 101)]
    assert work.connection.value("SELECT COUNT(*) FROM t WHERE v = 'other again'") != "0"


def test_other_sessions_may_use_what_is_not_supported(target: DatabaseServer, work: Session) -> None:
    """Rows of others are not decoded, so that no type of theirs ends the stream."""
    compressed = ", c varchar(100) COMPRESSED, u uuid" if work.connection.version.mariadb else ", c vector(3)"
    with connect(target.address, database=work.name) as other:
        other.query(f"CREATE TABLE odd (id int primary key, j json, g point, e enum('a'), bits bit(9){compressed})")
        other.query("INSERT INTO odd (id, j, e, bits) VALUES (1, '{}', 'a', 5)")
        work.run("INSERT INTO t VALUES (1, 'own', NULL)")
        other.query("DELETE FROM odd")
    assert list(work.rollback()) == [f"DELETE FROM `{work.name}`.`t` WHERE `id`=1;"]


def test_the_log_may_change_its_file_in_the_middle(work: Session) -> None:
    for number in range(1, 7):
        work.run(f"INSERT INTO t (id) VALUES ({number})")
        work.connection.query("FLUSH BINARY LOGS")
    assert len(list(work.rollback())) == 6
    assert work.start.file != current_position(work.connection).file


def test_two_thousand_rows_in_one_statement(work: Session) -> None:
    work.run("INSERT INTO t (v) VALUES " + ", ".join(f"('{number}')" for number in range(2000)))
    before = work.content("t")
    work.start = current_position(work.connection)
    work.run("UPDATE t SET v = CONCAT('x', v), b = v")
    assert len(work.roll_back()) == 2000
    assert work.content("t") == before


def test_events_are_read_one_by_one(work: Session) -> None:
    """A reader that is given up ends its connection; a large log is not held."""
    work.run("INSERT INTO t (b) VALUES (REPEAT('x', 1000000))")
    for _ in range(5):
        work.run("INSERT INTO t (b) SELECT b FROM t LIMIT 8")
    events = work.events()
    assert isinstance(next(events), TransactionBegin)
    del events
    tracemalloc.start()
    rows = sum(isinstance(event, Rows) for event in work.events())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 24
    assert peak < 6_000_000


def test_statements_are_told_with_their_transaction(work: Session) -> None:
    work.run("CREATE TABLE u (a int primary key)")
    work.connection.query("BEGIN")
    work.connection.query("INSERT INTO u VALUES (1)")
    work.connection.query("SAVEPOINT s")
    work.connection.query("INSERT INTO u VALUES (2)")
    work.connection.query("ROLLBACK TO s")
    work.run("COMMIT", "DROP TABLE u")
    events = list(work.events())
    texts = [event.text for event in events if isinstance(event, QueryText)]
    assert texts[0] == "CREATE TABLE u (a int primary key)"
    assert texts[-1].startswith("DROP TABLE `u`")
    assert [type(event) for event in events].count(TransactionBegin) == 3
    ends = [event for event in events if isinstance(event, TransactionEnd)]
    assert [end.rolled_back for end in ends] == [False] * 3
    assert ends[-1].position == current_position(work.connection)
    assert sum(isinstance(event, Rows) for event in events) == 1
    mine = [event for event in events if isinstance(event, QueryText) and event.thread_id == work.connection.thread_id]
    assert len(mine) >= 2


def test_rows_of_a_table_without_transactions_and_of_triggers(work: Session) -> None:
    work.connection.query("CREATE TABLE log (id int primary key auto_increment, t int)")
    work.connection.query("CREATE TABLE my (id int primary key) ENGINE=MyISAM")
    work.connection.query("CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW INSERT INTO log (t) VALUES (NEW.id)")
    work.run("INSERT INTO my VALUES (5)", "INSERT INTO t (id) VALUES (7)")
    found = [statement.split("`")[3] for statement in work.rollback()]
    assert found == ["my", "t", "log"]


def test_a_statement_that_failed_half_way_without_transactions(work: Session) -> None:
    """What MyISAM kept of it is in the log, and is rolled back."""
    work.connection.query("CREATE TABLE my (id int primary key) ENGINE=MyISAM")
    work.run("INSERT INTO my VALUES (5)")
    with pytest.raises(ServerError):
        work.run("INSERT INTO my VALUES (6), (5), (7)")
    work.run("DO 1")
    assert work.connection.value("SELECT COUNT(*) FROM my") == "2"
    work.roll_back()
    assert work.content("my") == []


@pytest.mark.parametrize("checksum", ["NONE", "CRC32"])
def test_with_and_without_checksums(target: DatabaseServer, checksum: str) -> None:
    with target.database() as database, connect(target.address) as root:
        before = str(root.value("SELECT @@GLOBAL.binlog_checksum"))
        work = Session(target, database, TABLE)
        try:
            work.run("INSERT INTO t (id) VALUES (1)")
            root.query(f"SET GLOBAL binlog_checksum = {checksum}")
            work.run("INSERT INTO t (id) VALUES (2)")
            assert len(list(work.rollback())) == 2
        finally:
            root.query(f"SET GLOBAL binlog_checksum = {before}")


@pytest.mark.parametrize("metadata", ["MINIMAL", "FULL"])
def test_with_more_metadata_in_the_log(target: DatabaseServer, metadata: str) -> None:
    with target.database() as database, connect(target.address) as root:
        before = str(root.value("SELECT @@GLOBAL.binlog_row_metadata"))
        root.query(f"SET GLOBAL binlog_row_metadata = {metadata}")
        try:
            work = Session(target, database)
            work.connection.query(
                "CREATE TABLE t (id int unsigned primary key, y year, `a.b` tinyint, f float unsigned, d decimal(4,1))"
            )
            work.run("INSERT INTO t VALUES (4000000000, 2000, -1, 1.5, -2.5)", "DELETE FROM t")
        finally:
            root.query(f"SET GLOBAL binlog_row_metadata = {before}")
        assert list(work.rollback())[-1].endswith("(`id`,`y`,`a.b`,`f`,`d`) VALUES (4000000000,2000,-1,1.5,-2.5);")


def test_the_stream_is_read_over_tls(mysql: MySQL) -> None:
    with mysql.database() as database:
        work = Session(mysql, database, TABLE, tls=Tls("required"))
        work.run("INSERT INTO t (id) VALUES (1)")
        assert len(list(work.rollback())) == 1


def test_a_start_that_is_the_stop_reads_nothing(work: Session) -> None:
    here = current_position(work.connection)
    nowhere = Address("127.0.0.1", 1)
    assert list(read_events(nowhere, here, here, timeout=1)) == []


def test_a_stop_that_never_comes_ends_in_a_reason(work: Session) -> None:
    start = current_position(work.connection)
    stop = Position(start.file, start.offset + 1000000)
    with pytest.raises(BinlogError, match=r"nothing new for 0\.6 seconds"):
        list(read_events(work.connection.address, start, stop, timeout=0.6))


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (Position("binlog.999999", 4), "ould not find first log file"),
        (Position("binlog.000001", 1 << 32), "its file ends before"),
        (Position("binlog", 4), "no name of a binary log file"),
    ],
)
def test_a_start_that_is_not_there(work: Session, start: Position, reason: str) -> None:
    stop = Position("binlog.9999999", 5)
    with pytest.raises(BinlogError, match=reason):
        list(read_events(work.connection.address, start, stop, timeout=5))


def test_a_start_inside_an_event(work: Session) -> None:
    work.run("INSERT INTO t VALUES (1, REPEAT('a', 100), REPEAT('b', 1000))")
    stop = current_position(work.connection)
    start = Position(stop.file, stop.offset - 500)
    with pytest.raises(BinlogError):
        list(read_events(work.connection.address, start, stop, timeout=2))


def test_an_account_without_privileges_is_told_what_it_lacks(target: DatabaseServer) -> None:
    poor = target.create_user("binlog_poor", PASSWORD, "USAGE ON *.*")
    with connect(target.address) as root, connect(poor) as connection:
        with pytest.raises(ServerError, match=r"GRANT (REPLICATION CLIENT|BINLOG MONITOR) ON \*\.\*") as refused:
            current_position(connection)
        assert refused.value.errno == 1227
        start = current_position(root)
        stop = Position(start.file, start.offset + 1)
        with pytest.raises(BinlogError, match="REPLICATION SLAVE"):
            list(read_events(poor, start, stop, timeout=2))


def test_a_purged_file_a_server_that_goes_down_and_a_log_that_is_off() -> None:
    with MariaDB() as server:
        server.start()
        with server.connect() as connection:
            start = current_position(connection)
            connection.query("FLUSH BINARY LOGS")
            stop = current_position(connection)
            wait_until(lambda: _purged(connection, stop))
        with pytest.raises(BinlogError, match="find first log file"):
            list(read_events(server.address, start, stop, timeout=5))
        _goes_down(server)
        server.start(skip_log_bin=True)
        with server.connect() as connection, pytest.raises(BinlogError, match="is off"):
            current_position(connection)


def _purged(connection: Connection, stop: Position) -> bool:
    """Purge, which the server does not do as long as a storage engine may need a file; tell whether it has."""
    connection.query(f"PURGE BINARY LOGS TO '{stop.file}'")
    return len(connection.query("SHOW BINARY LOGS")) == 1


def _goes_down(server: MariaDB) -> None:
    with server.connect() as connection:
        start = current_position(connection)
    errors: list[BinlogError] = []

    def read() -> None:
        try:
            list(read_events(server.address, start, Position(start.file, 1 << 31), timeout=30))
        except BinlogError as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with server.connect() as connection:
        wait_until(lambda: "Binlog Dump" in str(connection.query("SHOW PROCESSLIST")))
    server.kill()
    reader.join(10)
    assert "cannot be read" in errors[0].message
