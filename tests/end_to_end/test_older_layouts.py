"""Databases that older servers of this kind made on the backup server are read, rolled back from, and continued."""

import time

import pymysql
import pytest

from inception.binlog.read import current_position
from inception.sql import quote_name, quote_text
from tests.end_to_end.conftest import Shop

_INFORMATION = "$_$Inception_backup_information$_$"
# As the C++ server and its Go successor make them.
_LAYOUTS = {
    "c++": ("text", "int", "latin1"),
    "go": ("mediumtext", "int unsigned", "utf8mb4"),
}


@pytest.fixture(params=_LAYOUTS)
def home(request: pytest.FixtureRequest, shop: Shop, database: str) -> str:
    """The database that an older server made for a database of the target, with the rollback table of `t`."""
    text, position, charset = _LAYOUTS[request.param]
    name = f"127_0_0_1_{shop.target.port}_{database}"
    with shop.backup.connect() as backup:
        backup.query(f"CREATE DATABASE {quote_name(name)} CHARSET {charset}")
        backup.query(
            f"CREATE TABLE {quote_name(name, 't')} (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, "
            f"rollback_statement {text}, opid_time varchar(50))"
        )
        backup.query(
            f"CREATE TABLE {quote_name(name, _INFORMATION)} (opid_time varchar(50) NOT NULL PRIMARY KEY, "
            f"start_binlog_file varchar(512), start_binlog_pos {position}, end_binlog_file varchar(512), "
            f"end_binlog_pos {position}, sql_statement {text}, host varchar(64), dbname varchar(64), "
            "tablename varchar(64), port int, time timestamp, type varchar(20))"
        )
    return name


def _older_execution(shop: Shop, home: str, database: str) -> str:
    """Do what an older server would: change rows, and note the rollback in the order of the changes."""
    with shop.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE)")
        target.query("INSERT INTO t VALUES (1, 10), (2, 20)")
        start = current_position(target)
        target.query("UPDATE t SET a = a + 10 ORDER BY a DESC")  # in this order only, both ways
        end = current_position(target)
        opid = f"{int(time.time())}_{target.thread_id}_1"
    with shop.backup.connect() as backup:
        for old, key in (20, 2), (10, 1):
            statement = f"UPDATE `{database}`.`t` SET `a`={old} WHERE `id`={key};"
            backup.query(
                f"INSERT INTO {quote_name(home, 't')} (rollback_statement, opid_time) "
                f"VALUES ({quote_text(statement)}, '{opid}')"
            )
        backup.query(
            f"INSERT INTO {quote_name(home, _INFORMATION)} VALUES ('{opid}', '{start.file}', {start.offset}, "
            f"'{end.file}', {end.offset}, 'update t …', '127.0.0.1', '{database}', 't', {shop.target.port}, NOW(), 'UPDATE')"
        )
    return opid


def test_what_an_older_server_stored_is_found_and_undone(shop: Shop, database: str, home: str) -> None:
    opid = _older_execution(shop, home, database)
    shown = shop.ask(f"inception get rollback '{opid}'")
    assert [row[3] for row in shown] == [
        f"UPDATE `{database}`.`t` SET `a`=10 WHERE `id`=1;", f"UPDATE `{database}`.`t` SET `a`=20 WHERE `id`=2;"
    ]  # fmt: skip
    [row] = shop.ask(f"{shop.source('')} inception rollback '{opid}'")
    assert row[3] == "Execute Successfully\nBackup successfully", row
    with shop.target.connect(database=database) as target:
        assert target.query("SELECT id, a FROM t ORDER BY id") == [("1", "10"), ("2", "20")]
    with pytest.raises(pymysql.MySQLError, match="rolled back already"):
        shop.ask(f"{shop.source('')} inception rollback '{opid}'")


def test_an_older_database_is_continued(shop: Shop, database: str, home: str) -> None:
    older = _older_execution(shop, home, database)
    rows = shop.execute(f"use {database}; delete from t where id = 1;")
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
    assert rows[1].backup_dbname == home
    assert len(shop.ask(f"inception get rollback {rows[1].sequence}")) == 1
    assert len(shop.ask(f"inception get rollback '{older}'")) == 2
