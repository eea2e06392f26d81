"""Rollback where something is in its way: each condition said before anything runs, large values, servers that stall."""

import os
import signal
import threading
import time
from typing import Any

import pytest

from inception import backup as backup_module
from inception.backup import Backup, Executed, connect_backup
from inception.batch.options import Mode, Options
from inception.binlog.events import Position
from inception.errors import ServerError
from inception.schema.model import TableName
from inception.undo import Undoing
from tests.conftest import KINDS
from tests.end_to_end.conftest import Row, Shop
from tests.examined import examine
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL, wait_until

MEGABYTES_42 = "REPEAT(x'00FF41', 14000000)"


def submit(shop: Shop, target: DatabaseServer, statements: str, options: str = "", **account: Any) -> list[Row]:
    options = f"--enable-execute;--enable-ignore-warnings;{options}"
    return shop.submit(options, statements, **{"port": target.port, **account})


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("mariadb", {"log_bin": False}, "writes no binary log: start it with log_bin"),
        ("mariadb", {"binlog_format": "STATEMENT"}, "binlog_format is STATEMENT: set it to ROW"),
        pytest.param(
            "mysql", {"server_id": 0}, "server_id is 0: give it a server_id", marks=pytest.mark.server("mysql")
        ),
    ],
)
def test_a_target_that_cannot_be_backed_up(shop: Shop, kind: str, options: dict[str, Any], says: str) -> None:
    with KINDS[kind]() as target:
        target.start(**options)
        with target.connect() as connection:
            connection.query("CREATE DATABASE d")
            with pytest.raises(Exception, match=says) as caught:
                submit(shop, target, "create table d.t (id int primary key);")
            assert caught.value.args[0] == 2522
            assert "--disable-remote-backup" in caught.value.args[1]
            assert connection.query("SHOW TABLES FROM d") == []


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("mariadb", "binlog_row_image = MINIMAL"),
        ("mariadb", "binlog_format = MIXED"),
        pytest.param("mysql", "binlog_row_image = MINIMAL", marks=pytest.mark.server("mysql")),
    ],
)
def test_a_setting_that_the_account_may_not_change(
    request: pytest.FixtureRequest, shop: Shop, kind: str, setting: str
) -> None:
    target = request.getfixturevalue(kind)
    position = "BINLOG MONITOR" if kind == "mariadb" else "REPLICATION CLIENT"
    target.create_user("narrow", PASSWORD, f"{position}, REPLICATION SLAVE ON *.*", "ALL ON `narrow%`.*")
    name = setting.split()[0]
    with target.connect() as root:
        before = str(root.value(f"SELECT @@GLOBAL.{name}"))
        root.query("CREATE DATABASE narrow1")
        root.query(f"SET GLOBAL {setting}")
        try:
            with pytest.raises(
                Exception, match=f"The rollback would not be exact: the target refused {name}="
            ) as caught:
                submit(shop, target, "create table narrow1.t (id int);", user="narrow", password=PASSWORD)
            assert "Grant the account" in caught.value.args[1]
            assert root.query("SHOW TABLES FROM narrow1") == []
        finally:
            root.query(f"SET GLOBAL {name} = " + (before if before.isdecimal() else f"'{before}'"))
            root.query("DROP DATABASE narrow1")


@pytest.mark.server("mysql")
def test_a_session_that_may_not_keep_its_log_plain_is_read_all_the_same(shop: Shop, mysql: MySQL) -> None:
    mysql.create_user("narrow", PASSWORD, "REPLICATION CLIENT, REPLICATION SLAVE ON *.*", "ALL ON `narrow%`.*")
    with mysql.connect() as root:
        root.query("CREATE DATABASE narrow1")
        root.query("CREATE TABLE narrow1.t (id INT PRIMARY KEY, j JSON)")
        root.query("INSERT INTO narrow1.t VALUES (1, JSON_OBJECT('a', 1, 'b', REPEAT('x', 500))), (2, '[]')")
        before = root.query("SELECT * FROM narrow1.t")
        root.query("SET GLOBAL binlog_row_value_options = PARTIAL_JSON, GLOBAL binlog_transaction_compression = ON")
        try:
            batch = "use narrow1; update t set j = json_set(j, '$.a', 2); delete from t where id = 2;"
            rows = submit(shop, mysql, batch, user="narrow", password=PASSWORD)
            assert {row.stagestatus for row in rows[1:]} == {"Execute Successfully\nBackup successfully"}, rows
            for text in shop.rollback_of(rows):
                root.execute(text.encode())
            assert root.query("SELECT * FROM narrow1.t") == before
        finally:
            root.query("SET GLOBAL binlog_row_value_options = '', GLOBAL binlog_transaction_compression = OFF")
            root.query("DROP DATABASE narrow1")


@pytest.mark.server("mariadb")
def test_a_log_that_mariadb_compresses_is_read_all_the_same(shop: Shop, mariadb: MariaDB) -> None:
    with mariadb.connect() as root, mariadb.database() as database:
        root.query(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, a TEXT)")
        root.query(f"INSERT INTO `{database}`.t VALUES (1, REPEAT('x', 5000)), (2, REPEAT('y', 5000))")
        before = root.query(f"SELECT * FROM `{database}`.t")
        root.query("SET GLOBAL log_bin_compress = ON, GLOBAL log_bin_compress_min_len = 10")
        try:
            batch = (
                f"use {database}; update t set a = reverse(concat(a, id)); delete from t where id = 2;"
                "insert into t values (3, repeat('z', 1000));"
            )
            rows = submit(shop, mariadb, batch)
            checks = examine(mariadb.address)
        finally:
            root.query("SET GLOBAL log_bin_compress = OFF, GLOBAL log_bin_compress_min_len = 256")
        assert {row.stagestatus for row in rows[1:]} == {"Execute Successfully\nBackup successfully"}, rows
        assert "compressed (log_bin_compress)" in checks["backup: binary log"].detail
        for text in shop.rollback_of(rows):
            root.execute(text.encode())
        assert root.query(f"SELECT * FROM `{database}`.t") == before


def test_a_value_of_42_megabytes(shop: Shop, target: DatabaseServer) -> None:
    """Where the backup server takes packets of that size it comes back; where it does not the row says what to set."""
    with shop.backup.connect() as backup, target.connect() as root, target.database() as database:
        small = str(backup.value("SELECT @@GLOBAL.max_allowed_packet"))
        root.query(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, b LONGBLOB)")
        root.query("SET GLOBAL max_allowed_packet = 1073741824")
        with target.connect(database=database) as filling:
            filling.query(f"INSERT INTO t VALUES (1, {MEGABYTES_42}), (2, 'x')")
        before = root.query(f"SELECT id, SHA2(b, 256) FROM `{database}`.t")
        batch = f"use {database}; delete from t where id = 1; delete from t where id = 2;"
        failed = submit(shop, target, batch)
        assert [row.stagestatus.split("\n")[-1] for row in failed[1:]] == ["Backup failed", "Backup successfully"]
        assert "max_allowed_packet" in (failed[1].errormessage or "")
        with target.connect(database=database) as filling:
            filling.query(f"INSERT INTO t VALUES (1, {MEGABYTES_42}), (2, 'x')")
        backup.query("SET GLOBAL max_allowed_packet = 1073741824")
        try:
            rows = submit(shop, target, batch)
            assert [row.stagestatus.split("\n")[-1] for row in rows[1:]] == ["Backup successfully"] * 2
            listed = ", ".join(row.sequence for row in rows[1:])
            undone = shop.ask(f"{shop.source('', port=target.port)} inception rollback {listed}")
        finally:
            backup.query(f"SET GLOBAL max_allowed_packet = {small}")
        assert [row[2] for row in undone] == [0, 0], undone
        assert root.query(f"SELECT id, SHA2(b, 256) FROM `{database}`.t") == before


def test_a_log_that_begins_anew_meanwhile(shop: Shop) -> None:
    """RESET MASTER takes away what was not read yet: said, and never taken for a change of nothing."""
    with MariaDB() as target:
        target.start()
        with target.connect() as connection:
            connection.query("CREATE DATABASE d")
            connection.query("CREATE TABLE d.t (id INT PRIMARY KEY)")
            answers: list[list[Row]] = []
            batch = "use d; insert into t values (1); insert into t values (2); insert into t values (3);"
            thread = threading.Thread(target=lambda: answers.append(submit(shop, target, batch, "--sleep=700;")))
            thread.start()
            wait_until(lambda: connection.query("SELECT id FROM d.t") == [("1",)])
            time.sleep(0.3)  # so that the first statement is recorded
            connection.query("RESET MASTER")
            thread.join(100)
        assert not thread.is_alive()
        endings = [row.stagestatus for row in answers[0][1:]]
        assert endings[0] == "Execute Successfully\nBackup successfully"
        assert endings[1] == endings[2] == "Execute Successfully\nBackup failed"
        assert all("Backup: " in (row.errormessage or "") for row in answers[0][2:])


def test_a_backup_server_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_backup, "__kwdefaults__", {"read_timeout": 0.5})
    assert backup_module._PATIENCE >= 60
    with MariaDB() as server:
        server.start()
        with connect_backup(server.address) as connection:
            store = Backup(connection, Options(mode=Mode.EXECUTE, host="h", port=1, user="u"))
            table, place = TableName("d", "t"), Position("binlog.000001", 4)
            executed = Executed("1_2_3", "delete from t", "DELETE", table, place, place)
            os.kill(server.pid, signal.SIGSTOP)
            try:
                with pytest.raises(ServerError, match="timed out"):
                    store.store(executed, (table,), lambda: [Undoing(table, ["DELETE FROM `d`.`t` WHERE `id`=1;"])])
            finally:
                os.kill(server.pid, signal.SIGCONT)


def test_a_kill_while_the_rollback_is_stored_keeps_it() -> None:
    """What was executed is backed up all the same."""
    with MariaDB() as target, MariaDB() as backup:
        settings: dict[str, Any] = {"inception_remote_backup_host": "127.0.0.1"}
        backup.start()
        with Gateway(
            inception_remote_system_user="root", inception_remote_backup_port=backup.port, **settings
        ) as gateway:
            shop = Shop(gateway.start(), target.start(), backup)
            with target.connect() as connection:
                connection.query("CREATE DATABASE d")
                connection.query("CREATE TABLE d.t (id INT PRIMARY KEY, a VARCHAR(100))")
                connection.query("INSERT INTO d.t SELECT seq, REPEAT('x', 100) FROM d.seq_1_to_15000")
                connection.query("CREATE TABLE d.u (id INT PRIMARY KEY)")
            answers: list[list[Row]] = []
            batch = "use d; delete from t where id > 0; insert into u values (1);"
            thread = threading.Thread(target=lambda: answers.append(shop.execute(batch, "--sleep=3000;")))
            thread.start()
            home = f"127_0_0_1_{target.port}_d"
            with backup.connect() as watching:  # the first thing that storing makes is the database
                wait_until(lambda: bool(watching.query(f"SHOW DATABASES LIKE '{home}'")))
            [number] = [row[0] for row in shop.ask("inception get processlist") if row[5] == "EXECUTE"]
            shop.ask(f"inception kill {number}")
            thread.join(60)
            assert not thread.is_alive()
            assert answers[0][1].stagestatus == "Execute Successfully\nBackup successfully"
            assert not answers[0][2].stagestatus.startswith("Execute Successfully")
            assert len(shop.rollback_of(answers[0][:2])) == 15000
