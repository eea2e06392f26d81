"""Several statements in one packet: what each changed, and the first that fails."""

from collections.abc import Iterator

import pytest

from inception.errors import ConnectionLost, ServerError
from inception.mysql import Connection, kill
from tests.servers import DatabaseServer

_ROWS = (0, 1, 250, 251, 65_535, 65_536)  # in one byte, and in integers of two and three


@pytest.fixture
def connection(target: DatabaseServer) -> Iterator[Connection]:
    with target.connect() as connection:
        connection.allow_several()
        connection.execute_together("DROP DATABASE IF EXISTS d", "CREATE DATABASE d", "USE d")
        yield connection


def test_what_each_changed(connection: Connection) -> None:
    connection.query("CREATE TABLE digit (d INT)")
    connection.query("INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)")
    connection.query("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT)")
    cross = ", ".join(f"digit d{place}" for place in range(5))
    inserts = [f"INSERT INTO t (a) SELECT 1 FROM {cross} LIMIT {count}" for count in _ROWS]
    assert connection.execute_together(*inserts, "COMMIT") == [*_ROWS, 0]
    assert connection.value("SELECT COUNT(*) FROM t") == str(sum(_ROWS))


def test_none_runs_behind_one_that_fails(connection: Connection) -> None:
    connection.query("CREATE TABLE t (id INT PRIMARY KEY)")
    with pytest.raises(ServerError) as caught:
        connection.execute_together("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)")
    assert caught.value.errno == 1062
    assert connection.query("SELECT id FROM t") == [("1",)]


def test_bytes_that_are_no_text_are_the_servers_to_refuse(connection: Connection) -> None:
    connection.query("CREATE TABLE t (a VARCHAR(9) CHARACTER SET utf8mb4)")
    with pytest.raises(ServerError):
        connection.execute_together("INSERT INTO t VALUES ('\udcff')", "COMMIT")


def test_a_connection_that_is_gone_is_said(connection: Connection) -> None:
    kill(connection.address, connection.thread_id, only_query=False)
    with pytest.raises(ConnectionLost):
        connection.execute_together("COMMIT", "COMMIT")


def test_a_connection_that_was_closed_is_said(target: DatabaseServer) -> None:
    with target.connect() as connection:
        connection.allow_several()
        connection.close()
        with pytest.raises(ConnectionLost):
            connection.execute_together("COMMIT", "COMMIT")


def test_what_is_longer_than_a_packet_goes_in_several(target: DatabaseServer) -> None:
    """At the limit of 16 MiB, and on both sides of it."""
    with target.connect() as root:
        before = root.value("SELECT @@GLOBAL.max_allowed_packet")
        root.query("SET GLOBAL max_allowed_packet = 67108864")
        try:
            with target.connect() as connection:
                connection.allow_several()
                for length in (0xFFFFFD, 0xFFFFFE, 0xFFFFFF, 0x1FFFFFE, 0x2000000):
                    short = "DO 1; DO 2 /**/"
                    comment = "x" * (length - len(short))
                    assert connection.execute_together("DO 1", f"DO 2 /*{comment}*/") == [0, 0]
                assert connection.value("SELECT 1") == "1"
        finally:
            root.query(f"SET GLOBAL max_allowed_packet = {before!s}")
