"""Rollback: what is stored, and that running it restores everything exactly."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inception.backup import INFORMATION
from inception.errors import ServerError
from inception.sql import quote_name
from tests.end_to_end.conftest import Row, Shop
from tests.secrets import PASSWORD
from tests.servers import MariaDB, MySQL

Sql = Callable[[str], list[Any]]


def statuses(rows: list[Row]) -> list[str]:
    return [row.stagestatus.split("\n")[-1] for row in rows]


def information(shop: Shop, row: Row) -> tuple[Any, ...]:
    with shop.backup.connect() as backup:
        [found] = backup.query(
            "SELECT start_binlog_file, start_binlog_pos, end_binlog_file, end_binlog_pos, sql_statement, host, dbname, "
            f"tablename, port, type FROM {quote_name(row.backup_dbname or '', INFORMATION)} "
            f"WHERE opid_time = {row.sequence}"
        )
    return found


def test_the_tables_of_the_backup_server(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a varchar(20))")
    rows = shop.execute(f"use {database}; insert into t (id, a) values (1, 'x'), (2, 'y');")
    home = f"127_0_0_1_{shop.target.port}_{database}"
    assert rows[1].backup_dbname == home
    file1, from_, file2, to, text, host, dbname, tablename, port, kind = information(shop, rows[1])
    assert file1 == file2 and int(from_) < int(to)
    assert (text, host, dbname, tablename, port, kind) == (
        "insert into t (id, a) values (1, 'x'), (2, 'y')", "127.0.0.1", database, "t", str(shop.target.port), "INSERT",
    )  # fmt: skip
    with shop.backup.connect() as backup:
        stored = backup.query(f"SELECT rollback_statement, opid_time FROM {quote_name(home, 't')} ORDER BY id")
    opid = rows[1].sequence.strip("'")
    assert stored == [
        (f"DELETE FROM `{database}`.`t` WHERE `id`=2;", opid),
        (f"DELETE FROM `{database}`.`t` WHERE `id`=1;", opid),
    ]


def test_statements_of_several_tables_are_undone_in_order(shop: Shop, database: str, sql: Sql) -> None:
    sql(
        "create table parent (id int primary key, a int);\n"
        "create table child (id int primary key, parent_id int not null);\n"
        "create table extra (id int primary key);\ninsert into extra values (1), (4);\n"
        "create table log (id int auto_increment primary key, what varchar(20));\n"
        "create trigger tr after insert on parent for each row insert into log (what) values (new.id);\n"
        "insert into parent values (1, 1), (2, 2);\ninsert into child values (1, 1), (2, 2)"
    )
    before = shop.checksum(database, "parent", "child", "extra", "log")
    rows = shop.execute(
        f"""use {database};
        insert into parent (id, a) values (3, 3), (4, 4);
        insert into child (id, parent_id) values (3, 3), (4, 4);
        update parent, child set parent.a = parent.a + 10, child.id = child.id + 100 where parent.id = child.parent_id;
        delete child, extra from child, extra where child.parent_id = extra.id and extra.id > 3;
        replace into parent (id, a) values (5, 5);"""
    )
    assert [row.errlevel for row in rows] == [0, 0, 0, 0, 0, 0], rows
    assert shop.checksum(database, "parent", "child", "extra", "log") != before
    shop.undo(rows)
    assert shop.checksum(database, "parent", "child", "extra", "log") == before


@pytest.mark.parametrize(
    ("timing", "statement", "told"),
    [
        ("before update", "update t set a = 2 where id = 1", "'tr' (BEFORE UPDATE on {}.t)"),
        ("after insert", "delete from t where id = 1", "'tr' (AFTER INSERT on {}.t)"),
        ("after delete", "insert into t (id, a) values (9, 9)", "'tr' (AFTER DELETE on {}.t)"),
        ("after insert", "insert into t (id, a) values (9, 9)", ""),
        ("after delete", "update t set a = 2 where id = 1", ""),
    ],
)
def test_triggers_that_the_rollback_fires_are_told(
    shop: Shop, database: str, sql: Sql, timing: str, statement: str, told: str
) -> None:
    sql(
        "create table t (id int primary key, a int);\ninsert into t values (1, 1);\n"
        "create table log (id int auto_increment primary key);\n"
        f"create trigger tr {timing} on t for each row insert into log values ()"
    )
    row = shop.execute(f"use {database}; {statement};")[1]
    assert row.stagestatus == "Execute Successfully\nBackup successfully"
    assert row.errlevel == (1 if told else 0)
    assert ("Backup: Running this rollback fires triggers" in (row.errormessage or "")) == bool(told)
    assert told.format(database) in (row.errormessage or "")
    assert shop.rollback_of([row])


def test_other_sessions_are_not_rolled_back(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int)")
    stop = threading.Event()

    def disturb() -> None:
        with shop.target.connect(database=database) as other:
            number = 1000
            while not stop.is_set():
                number += 1
                other.query(f"INSERT INTO t VALUES ({number}, 1)")
                other.query(f"UPDATE t SET a = 2 WHERE id = {number}")

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        inserts = "".join(f"insert into t (id, a) values ({n}, {n});" for n in range(50))
        rows = shop.execute(f"use {database}; {inserts} update t set a = a + 1 where id < 50;")
    finally:
        stop.set()
        thread.join()
    assert {row.errlevel for row in rows} == {0}
    undo = shop.rollback_of(rows)
    assert len(undo) == 100
    assert sum("DELETE" in text for text in undo) == 50
    shop.undo(rows)
    assert sql("select count(*) from t where id < 1000") == [("0",)]


@pytest.mark.parametrize(
    "statement",
    [
        "create table n (id int primary key comment 'x') engine=InnoDB default charset=latin1 comment='it''s'",
        "create table n like t",
        "create table n (id int primary key) select id from t",
        "drop table t",
        "alter table t add column d int unsigned not null default 7 comment 'it''s' after id, add index idx_d (d, a(3))",
        "alter table t drop column b",
        "alter table t drop index idx_a, drop column a",
        "alter table t modify a varchar(40) character set latin1 not null default 'x', change b bb decimal(12,3)",
        "alter table t rename to t2, add column z int, drop column b",
        "alter table t add unique index uniq_b (b)",
        "create index idx_b on t (b)",
        "drop index idx_a on t",
        "rename table t to t2",
        "alter table t comment 'new', engine=InnoDB row_format=COMPACT",
    ],
)
def test_definitions_come_back(shop: Shop, database: str, sql: Sql, statement: str) -> None:
    sql(
        "create table t (id int unsigned not null auto_increment comment 'key', a varchar(20) default 'x' comment 'a', "
        "b decimal(10,2), primary key (id), key idx_a (a)) engine=InnoDB default charset=utf8mb4 comment='a table';\n"
        "insert into t (a, b) values ('one', 1.5), ('two', null)"
    )

    def everything() -> list[Any]:
        return [sql(f"show create table {name}") for (name,) in sql("show tables")]

    before = everything()
    rows = shop.execute(f"use {database}; {statement};")
    assert statuses(rows)[1] == "Backup successfully", rows[1]
    assert everything() != before
    shop.undo(rows)
    assert everything() == before


def test_what_cannot_be_stored_is_said(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table nokey (id int);\ncreate table t (id int primary key, a int);\ninsert into t values (1, 1)")
    rows = shop.execute(f"use {database}; insert into nokey (id) values (1); update t set a = 2 where id = 1;")
    assert rows[1].errlevel == 2
    assert rows[1].stagestatus == "Execute Successfully\nBackup failed"
    assert "Backup: " in (rows[1].errormessage or "") and "no primary key" in (rows[1].errormessage or "")
    assert statuses(rows)[2] == "Backup successfully"
    assert len(shop.rollback_of(rows)) == 1


def test_a_change_of_nothing_is_backed_up(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key, a int)")
    rows = shop.execute(f"use {database}; update t set a = 2 where id = 1; drop table if exists missing;")
    assert statuses(rows)[1:] == ["Backup successfully", "Backup successfully"]
    assert shop.rollback_of(rows) == []


def test_the_log_may_be_rotated_meanwhile(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    stop = threading.Event()

    def rotate() -> None:
        with shop.target.connect() as other:
            while not stop.wait(0.05):
                other.query("FLUSH BINARY LOGS")

    thread = threading.Thread(target=rotate)
    thread.start()
    try:
        inserts = "".join(f"insert into t (id) values ({n});" for n in range(20))
        rows = shop.execute(f"use {database}; {inserts}", "--sleep=20;")
    finally:
        stop.set()
        thread.join()
    assert set(statuses(rows[1:])) == {"Backup successfully"}
    assert len(shop.rollback_of(rows)) == 20


def test_a_target_that_cannot_be_backed_up(shop: Shop, database: str) -> None:
    with shop.target.connect() as target:
        target.query("SET GLOBAL binlog_format = STATEMENT")
        try:
            with pytest.raises(Exception, match="binlog_format is STATEMENT") as caught:
                shop.execute(f"use {database}; create table t (id int);")
            assert caught.value.args[0] == 2522
            assert target.query(f"SHOW TABLES FROM `{database}`") == []
            rows = shop.execute(f"use {database}; create table t (id int);", "--disable-remote-backup;")
            assert rows[1].stagestatus == "Execute Successfully"
        finally:
            target.query("SET GLOBAL binlog_format = ROW")


def test_mixed_is_switched_to_row(shop: Shop, database: str, sql: Sql) -> None:
    sql("create table t (id int primary key)")
    with shop.target.connect() as target:
        target.query("SET GLOBAL binlog_format = MIXED")
        target.query("SET GLOBAL binlog_row_image = MINIMAL")
        try:
            rows = shop.execute(f"use {database}; insert into t (id) values (1); delete from t where id = 1;")
        finally:
            target.query("SET GLOBAL binlog_format = ROW")
            target.query("SET GLOBAL binlog_row_image = FULL")
    assert statuses(rows[1:]) == ["Backup successfully"] * 2
    assert len(shop.rollback_of(rows)) == 2


# -- random rows, random changes -------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\x80\x81\x8d\x8f\x90\x9d"), max_size=20)
THREE_BYTES = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20)
COLUMNS: dict[str, st.SearchStrategy[str]] = {
    "tinyint": st.integers(-128, 127).map(str),
    "smallint unsigned": st.integers(0, 65535).map(str),
    "mediumint": st.integers(-(2**23), 2**23 - 1).map(str),
    "int unsigned": st.integers(0, 2**32 - 1).map(str),
    "bigint": st.integers(-(2**63), 2**63 - 1).map(str),
    "bigint unsigned": st.integers(0, 2**64 - 1).map(str),
    "decimal(30,10)": st.decimals(-(10**19), 10**19, places=10).map(str),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    "double": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "varchar(40) character set utf8mb4": TEXTS.map(lambda text: f"_utf8mb4 x'{text.encode().hex()}'"),
    "char(40) character set utf8mb3": THREE_BYTES.map(lambda text: f"_utf8mb4 x'{text.encode().hex()}'"),
    "text character set latin1": LATIN.map(lambda text: f"_utf8mb4 x'{text.encode().hex()}'"),
    "binary(20)": st.binary(max_size=20).map(lambda data: f"x'{data.hex()}'"),
    "varbinary(40)": st.binary(max_size=40).map(lambda data: f"x'{data.hex()}'"),
    "blob": st.binary(max_size=40).map(lambda data: f"x'{data.hex()}'"),
    "date": st.dates().map(lambda day: f"'{day.year:04}-{day:%m-%d}'"),
    "datetime(6)": st.datetimes().map(lambda at: f"'{at.year:04}-{at:%m-%d %H:%M:%S.%f}'"),
    "timestamp(3) null": st.integers(1, 2**31 - 1).map(lambda at: f"from_unixtime({at}.125)"),
    "time(6)": st.timedeltas().map(lambda t: f"'{'-' if t.days % 2 else ''}{t.seconds // 40:02}:10:20.{t.microseconds:06}'"),
    "year": st.one_of(st.just(0), st.integers(1901, 2155)).map(str),
    "bit(13)": st.integers(0, 2**13 - 1).map(str),
    "enum('a','it''s','漢','x y') character set gbk": st.integers(1, 4).map(str),
    "set('a','b','漢','d','e','f','g','h','i') character set utf16": st.integers(0, 2**9 - 1).map(str),
    "json": st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
            | st.dictionaries(st.text("ab漢", max_size=3), inner, max_size=3)).map(lambda value: f"_utf8mb4 x'{json.dumps(value).encode().hex()}'"),
    "geometry": st.tuples(st.integers(-90, 90), st.floats(-9, 9)).map(lambda at: f"st_geomfromtext('POINT({at[0]} {at[1]:f})', 4326)"),
    "varchar(40) character set gbk": st.text("ab'\\漢字", max_size=9).map(lambda text: f"_gbk x'{text.encode('gbk').hex()}'"),
    "varchar(40) character set utf16": TEXTS.map(lambda text: f"_utf16 x'{text.encode('utf-16-be').hex()}'"),
    "text character set utf32": TEXTS.map(lambda text: f"_utf32 x'{text.encode('utf-32-be').hex()}'"),
    "uuid": st.uuids().map(lambda value: f"'{value}'"),
    "inet6": st.ip_addresses(v=6).map(lambda value: f"'{value}'"),
    "inet4": st.ip_addresses(v=4).map(lambda value: f"'{value}'"),
}  # fmt: skip
THEIRS = 100_000  # ids from here on are of other sessions
PLAIN = st.text("ab'\"\\\0\n\r\x1a;`%_-漢🌙 ", max_size=12)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0") + "'"


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Return column types, rows to begin with, and changes."""
    types = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=6, unique=True))

    def value(kind: str) -> str:
        return draw(st.one_of(st.just("NULL"), COLUMNS[kind], COLUMNS[kind]))

    def row(number: int) -> str:
        return f"({number}, {quoted(draw(PLAIN))}, {', '.join(map(value, types))})"

    rows = [row(number) for number in range(draw(st.integers(1, 6)))]
    made = []
    for number in range(draw(st.integers(1, 5))):
        column = draw(st.integers(0, len(types) - 1))
        made.append(
            draw(
                st.sampled_from(
                    [
                        f"insert into t values {row(100 + number)}, {row(200 + number)}",
                        f"update t set c{column} = {value(types[column])}, s = {quoted(draw(PLAIN))} where id % 2 = 0 and id < {THEIRS}",
                        f"update t set id = id + 1000 where id = {number}",
                        f"delete from t where id % 3 = {number % 3} and id < {THEIRS}",
                        f"replace into t values {row(number)}",
                        f"insert into t values {row(number)} on duplicate key update s = {quoted(draw(PLAIN))}",
                    ]
                )
            )
        )
    return types, rows, made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes())
def test_random_changes_are_undone_exactly(shop: Shop, database: str, sql: Sql, made: tuple[list[str], ...]) -> None:
    types, rows, statements = made
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(types))
    sql(f"drop table if exists t;\ncreate table t (id int primary key, s varchar(60) character set utf8mb4, {columns})")
    with shop.target.connect(database=database) as target:
        target.query("SET SESSION sql_mode = ''")
        target.query("insert into t values " + ", ".join(rows))
    before = content(shop, database)
    with others_writing(shop, database, rows[0]):
        done = shop.execute("\n".join(f"{text};" for text in [f"use {database}", *statements]), "--force;")
    failed = [row for row in done if row.errlevel == 2 and row.stagestatus != "Execute failed"]
    assert not failed, failed
    shop.undo([row for row in done if row.stagestatus.startswith("Execute Successfully\n")])
    assert content(shop, database) == before


def content(shop: Shop, database: str) -> list[Any]:
    """Return our rows, each value as HEX."""
    with shop.target.connect(database=database) as target:
        names = [str(row[0]) for row in target.query("SHOW COLUMNS FROM t")]
        cells = ", ".join(f"HEX({name})" for name in names)
        return target.query(f"SELECT {cells} FROM t WHERE id BETWEEN 0 AND {THEIRS - 1} ORDER BY id")


@contextmanager
def others_writing(shop: Shop, database: str, row: str) -> Iterator[None]:
    """Have two other sessions change rows of their own in the same table for as long as the block lasts."""
    stop = threading.Event()
    values = row.partition(", ")[2]

    def write(first: int) -> None:
        with shop.target.connect(database=database) as other:
            other.query("SET SESSION sql_mode = '', innodb_lock_wait_timeout = 1")
            while not stop.is_set():
                for text in (
                    f"REPLACE INTO t VALUES ({first}, {values}, ({first + 1}, {values}",
                    f"UPDATE t SET s = 'theirs' WHERE id IN ({first}, {first + 1})",
                    f"DELETE FROM t WHERE id = {first}",
                ):
                    with suppress(ServerError):
                        other.query(text)

    threads = [threading.Thread(target=write, args=(first,)) for first in (THEIRS, THEIRS + 10)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# -- Oracle MySQL ----------------------------------------------------------------------------------------------


@pytest.mark.server("mysql")
def test_a_batch_on_mysql(shop: Shop, mysql: MySQL) -> None:
    with mysql.database() as database, mysql.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b DATETIME(3))")
        target.query("INSERT INTO t VALUES (1, '漢🌙', '2024-02-29 12:13:14.567'), (2, NULL, NULL)")
        before = target.query("SELECT id, a, b FROM t"), target.query("SHOW CREATE TABLE t")
        rows = shop.submit(
            "--enable-execute;--ignore-warnings;",
            f"""use {database}; insert into t (id, a) values (3, 'x''y'); update t set a = 'new', b = null where id < 3;
            delete from t where id = 2; replace into t (id, a) values (1, 'again');
            create table other (id int primary key);""",
            port=mysql.port,
        )
        assert {row.stagestatus for row in rows[1:]} == {"Execute Successfully\nBackup successfully"}, rows
        for text in shop.rollback_of(rows):
            target.execute(text.encode())
        assert (target.query("SELECT id, a, b FROM t"), target.query("SHOW CREATE TABLE t")) == before
        assert target.query("SHOW TABLES") == [("t",)]
        altered = shop.submit(
            "--enable-execute;--ignore-warnings;",
            f"alter table {database}.t add column c int after id, add index idx_a (a), drop column b;", port=mysql.port,
        )  # fmt: skip
        assert altered[0].stagestatus == "Execute Successfully\nBackup successfully"
        for text in shop.rollback_of(altered):
            target.execute(text.encode())
        assert target.query("SHOW CREATE TABLE t") == before[1]


@pytest.mark.server("mysql")
def test_other_sessions_may_log_in_ways_of_their_own(shop: Shop, mysql: MySQL) -> None:
    """Partial JSON, which we cannot read, and compressed transactions are no matter where they are not ours."""
    with mysql.database() as database, mysql.connect(database=database) as target:
        target.query("CREATE TABLE t (id INT PRIMARY KEY, j JSON)")
        document = "JSON_OBJECT('a', 1, 'b', REPEAT('x', 500))"
        target.query(f"INSERT INTO t VALUES (1, {document}), (2, {document}), (3, {document})")
        before = target.query("SELECT * FROM t WHERE id = 1")
        stop = threading.Event()

        def write(number: int, setting: str) -> None:
            with mysql.connect(database=database) as other:
                other.query(f"SET SESSION {setting}")
                while not stop.is_set():
                    other.query(f"UPDATE t SET j = JSON_SET(j, '$.a', CAST(RAND() * 9 AS SIGNED)) WHERE id = {number}")

        settings = ("binlog_row_value_options = PARTIAL_JSON", "binlog_transaction_compression = ON")
        both = "binlog_row_value_options = PARTIAL_JSON, SESSION binlog_transaction_compression = ON"
        target.query(f"INSERT INTO t VALUES (4, {document})")
        threads = [threading.Thread(target=write, args=each) for each in zip((2, 3, 4), (*settings, both), strict=True)]
        for thread in threads:
            thread.start()
        mysql_global(mysql, "binlog_row_value_options = 'PARTIAL_JSON'")
        try:
            updates = "update t set j = json_set(j, '$.a', 5, '$.b', 'y') where id = 1;" * 5
            rows = shop.submit("--enable-execute;--ignore-warnings;", f"use {database}; {updates}", port=mysql.port)
        finally:
            mysql_global(mysql, "binlog_row_value_options = ''")
            stop.set()
            for thread in threads:
                thread.join()
        assert {row.stagestatus for row in rows[1:]} == {"Execute Successfully\nBackup successfully"}, rows
        for text in shop.rollback_of(rows):
            target.execute(text.encode())
        assert target.query("SELECT * FROM t WHERE id = 1") == before


def mysql_global(server: MySQL, setting: str) -> None:
    with server.connect() as root:
        root.query(f"SET GLOBAL {setting}")


# -- what the binary log does not have -------------------------------------------------------------------------

FAMILY = (
    "create table parent (id int primary key, a int);\n"
    "create table child (id int primary key, parent_id int, foreign key (parent_id) references parent (id) {rule});\n"
    "insert into parent values (1, 1), (2, 2);\ninsert into child values (1, 1), (2, 2)"
)


@pytest.mark.parametrize(
    ("rule", "statement", "complete"),
    [
        ("on delete cascade", "delete from parent where id = 1", False),
        ("on delete set null", "delete from parent where id = 1", False),
        ("on delete cascade", "replace into parent (id, a) values (1, 5)", False),
        ("on update cascade", "update parent set id = 3 where id = 1", False),
        ("on update cascade", "insert into parent (id, a) values (1, 1) on duplicate key update id = 9", False),
        ("on update cascade on delete cascade", "update parent set a = 3 where id = 1", True),
        ("on update cascade on delete cascade", "delete from child where id = 1", True),
        ("on update cascade on delete cascade", "delete from parent where id = 99", True),
    ],
)
def test_cascades_are_never_silently_lost(
    shop: Shop, database: str, sql: Sql, rule: str, statement: str, complete: bool
) -> None:
    sql(FAMILY.format(rule=rule))
    before = shop.checksum(database, "parent", "child")
    rows = shop.execute(f"use {database}; {statement};")
    if complete:
        assert statuses(rows)[1] == "Backup successfully"
        shop.undo(rows)
        assert shop.checksum(database, "parent", "child") == before
    else:
        assert rows[1].stagestatus == "Execute Successfully\nBackup failed"
        assert "by cascade" in (rows[1].errormessage or "")
        assert shop.rollback_of(rows) == []


@pytest.mark.server("mysql")
def test_cascades_that_mysql_logs_are_undone(shop: Shop, mysql: MySQL) -> None:
    with mysql.database() as database, mysql.connect(database=database) as target:
        for text in FAMILY.format(rule="on delete cascade on update cascade").split(";\n"):
            target.query(text)
        before = target.query("SELECT * FROM parent"), target.query("SELECT * FROM child")
        rows = shop.submit(
            "--enable-execute;--ignore-warnings;",
            f"use {database}; delete from parent where id = 1; update parent set id = 7 where id = 2;", port=mysql.port,
        )  # fmt: skip
        assert statuses(rows)[1:] == ["Backup successfully"] * 2, rows
        with mysql.connect(database=database) as undoing:
            undoing.query("SET SESSION foreign_key_checks = 0")
            for text in shop.rollback_of(rows):
                undoing.execute(text.encode())
        assert (target.query("SELECT * FROM parent"), target.query("SELECT * FROM child")) == before


def test_rows_that_a_filter_keeps_out_of_the_log_are_missed(shop: Shop, database: str) -> None:
    with MariaDB() as filtering:
        filtering.start(binlog_ignore_db=database)
        with filtering.connect() as target:
            target.query(f"CREATE DATABASE `{database}`")
            target.query(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
        rows = shop.submit("--execute", f"use {database}; insert into t (id) values (1);", port=filtering.port)
    assert rows[1].stagestatus == "Execute Successfully\nBackup failed"
    assert "binlog_ignore_db" in (rows[1].errormessage or "")


def test_a_missing_privilege_is_said_before_anything_runs(shop: Shop, database: str) -> None:
    with shop.target.connect() as target:
        target.query(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
    grants = [f"ALL ON {database}.*", "BINLOG MONITOR ON *.*", "REPLICATION SLAVE ON *.*"]
    for number, missing in enumerate(("BINLOG MONITOR", "REPLICATION SLAVE")):
        user = f"poor{number}"
        shop.target.create_user(user, PASSWORD, *(grant for grant in grants if missing not in grant))
        with pytest.raises(Exception, match=missing):
            shop.submit("--execute", f"insert into {database}.t (id) values (1);", user=user, password=PASSWORD)
    shop.target.create_user("enough", PASSWORD, *grants)
    rows = shop.submit("--execute", f"insert into {database}.t (id) values (1);", user="enough", password=PASSWORD)
    assert rows[0].stagestatus == "Execute Successfully\nBackup successfully"


def test_tables_of_an_older_server_are_used_and_widened(shop: Shop, database: str, sql: Sql) -> None:
    home = f"127_0_0_1_{shop.target.port}_{database}"
    sql("create table t (id int primary key, a varchar(300))")
    with shop.backup.connect() as backup:
        backup.query(f"CREATE DATABASE `{home}`")
        backup.query(
            f"CREATE TABLE `{home}`.`t` (id bigint auto_increment primary key, rollback_statement tinytext, "
            "opid_time varchar(50)) CHARSET=latin1"
        )
        backup.query(
            f"CREATE TABLE `{home}`.`$_$Inception_backup_information$_$` (opid_time varchar(50) primary key, "
            "start_binlog_file varchar(512), start_binlog_pos int, end_binlog_file varchar(512), end_binlog_pos int, "
            "sql_statement text, host varchar(64), dbname varchar(64), tablename varchar(64), port int, "
            "time timestamp, type varchar(20)) CHARSET=latin1"
        )
    rows = shop.execute(f"use {database}; insert into t (id, a) values (1, '漢'); update t set a = repeat('y', 300);")
    rows += shop.execute(f"use {database}; delete from t where id = 1;")
    assert {row.stagestatus for row in rows if row.stage == "EXECUTED"} == {"Execute Successfully\nBackup successfully"}
    assert len(shop.rollback_of(rows)) == 3


@pytest.mark.parametrize(
    "theirs", ["alter table t change a x int, change b a int", "alter table t add column c int first"]
)
def test_a_definition_that_changes_meanwhile_is_noticed(shop: Shop, database: str, sql: Sql, theirs: str) -> None:
    sql(
        "create table t (id int primary key, a int, b int);\ncreate table u (id int primary key);\ninsert into t values (1, 1, 1)"
    )
    changed = threading.Event()

    def disturb() -> None:
        while not shop.target_rows(database, "u"):
            pass
        sql(theirs)
        changed.set()

    thread = threading.Thread(target=disturb)
    thread.start()
    rows = shop.execute(
        f"use {database}; update t set b = 2 where id = 1; insert into u (id) values (1); update t set id = 5 where id = 1;",
        "--sleep=400;",
    )
    thread.join()
    assert changed.is_set()
    assert statuses(rows)[1:] == ["Backup successfully", "Backup successfully", "Backup failed"], rows
    assert "Another session changed the definition" in (rows[3].errormessage or "")


def test_a_statement_that_cannot_be_stored_does_not_cost_the_others_their_rollback(
    shop: Shop, database: str, sql: Sql
) -> None:
    sql("create table t (id int primary key);\ncreate table u (id int primary key)")
    home = f"127_0_0_1_{shop.target.port}_{database}"
    with shop.backup.connect() as backup:
        backup.query(f"CREATE DATABASE `{home}`")
        backup.query(f"CREATE TABLE `{home}`.`t` (something_else INT)")
    rows = shop.execute(
        f"use {database}; insert into u (id) values (1); insert into t (id) values (1); insert into u (id) values (2);"
    )
    assert statuses(rows)[1:] == ["Backup successfully", "Backup failed", "Backup successfully"], rows
    assert "rollback_statement" in (rows[2].errormessage or "")
    assert [text.split("WHERE")[1] for text in shop.rollback_of(rows)] == [" `id`=2;", " `id`=1;"]
