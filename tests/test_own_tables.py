"""Our tables on the backup server: made, completed where an older server made them, left alone where a later one did."""

from collections.abc import Iterator
from zlib import crc32

import pytest

from inception.errors import CannotBackUp, ServerError
from inception.mysql import Connection
from inception.own_tables import TABLES, VERSION, completed, make_own_tables
from inception.schema.define import define
from inception.server import text_of
from tests.servers import DatabaseServer

# execute_progress as the older servers make it.
_OLDER = """CREATE TABLE inception.execute_progress (
  task_sequence varchar(128) NOT NULL, sequence int(11) NOT NULL DEFAULT '0', status varchar(64) NOT NULL DEFAULT '',
  update_time timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, PRIMARY KEY (task_sequence)
) DEFAULT CHARSET=latin1"""


def _columns(connection: Connection, table: str) -> set[str]:
    return {str(row[0]) for row in connection.query(f"SHOW COLUMNS FROM inception.`{table}`")}


def _wanted(table: str) -> set[str]:
    return {column.name for column in define(f"CREATE TABLE t ({TABLES[table]})", database="inception").columns}


@pytest.fixture
def backup(target: DatabaseServer) -> Iterator[Connection]:
    """A session on a server without a database of ours."""
    with target.connect() as connection:
        connection.query("DROP DATABASE IF EXISTS inception")
        yield connection
        connection.query("DROP DATABASE IF EXISTS inception")


def test_all_of_them_are_made_once(backup: Connection) -> None:
    for _ in range(2):
        make_own_tables(backup)
        assert {table: _columns(backup, table) for table in TABLES} == {table: _wanted(table) for table in TABLES}
    assert backup.query("SELECT version FROM inception.layout") == [(str(VERSION),)]


def test_the_progress_is_the_table_that_others_know(backup: Connection) -> None:
    """Release tools read it, by name and with SELECT *: it has these columns, and no others."""
    make_own_tables(backup)
    rows = backup.query("SHOW FULL COLUMNS FROM inception.execute_progress")
    assert [(name, text_of(type_).replace("int(11)", "int"), null, key) for name, type_, _, null, key, *_ in rows] == [
        ("task_sequence", "varchar(128)", "NO", "PRI"),
        ("sequence", "int", "NO", ""),
        ("status", "varchar(64)", "NO", ""),
        ("update_time", "timestamp", "YES", ""),
        ("errcode", "int", "YES", ""),
        ("message", "varchar(1024)", "YES", ""),
        ("dbname", "varchar(128)", "YES", ""),
    ]


def test_what_an_older_server_made_is_completed_and_its_rows_stay(backup: Connection) -> None:
    backup.query("CREATE DATABASE inception")
    backup.query(_OLDER)
    backup.query("INSERT INTO inception.execute_progress (task_sequence, status) VALUES ('old', 'DONE')")
    make_own_tables(backup)
    assert _columns(backup, "execute_progress") == _wanted("execute_progress")
    assert backup.query("SELECT status, errcode FROM inception.execute_progress") == [("DONE", None)]


def test_columns_that_an_earlier_version_did_not_have_are_added(backup: Connection) -> None:
    make_own_tables(backup)
    backup.query("ALTER TABLE inception.execute_task DROP COLUMN statements")
    backup.query(f"UPDATE inception.layout SET version = {VERSION - 1}")
    make_own_tables(backup)
    assert {table: _columns(backup, table) for table in TABLES} == {table: _wanted(table) for table in TABLES}


def test_who_only_reads_completes_them_too(backup: Connection) -> None:
    """A question about a column that an earlier version did not have is asked again."""
    make_own_tables(backup)
    backup.query("ALTER TABLE inception.rollback_origin DROP COLUMN transactions")
    backup.query(f"UPDATE inception.layout SET version = {VERSION - 1}")
    question = "SELECT transactions FROM inception.rollback_origin"
    assert completed(backup, lambda: backup.query(question)) == []
    with pytest.raises(ServerError):
        completed(backup, lambda: backup.query("SELECT nothing FROM inception.rollback_origin"))


def test_other_columns_need_another_version() -> None:
    columns = sorted(f"{table}.{column}" for table in TABLES for column in _wanted(table))
    assert (VERSION, crc32(" ".join(columns).encode())) == (6, 240818166), (
        "columns have changed: raise VERSION, then this"
    )


def test_a_table_that_somebody_dropped_is_made_again(backup: Connection) -> None:
    make_own_tables(backup)
    backup.query("DROP TABLE inception.statistic")
    make_own_tables(backup)
    assert _columns(backup, "statistic") == _wanted("statistic")


def test_tables_of_a_later_version_are_left_alone(backup: Connection) -> None:
    make_own_tables(backup)
    backup.query(f"INSERT INTO inception.layout VALUES ({VERSION + 1})")
    backup.query("DROP TABLE inception.statistic")
    with pytest.raises(CannotBackUp, match="a later Inception made"):
        make_own_tables(backup)
    assert not backup.query("SHOW TABLES FROM inception LIKE 'statistic'")
