"""The statements: their exact forms, and what has none."""

import pytest

from inception.binlog.rollback import why_no_rollback
from inception.binlog.types import form_of
from inception.errors import BinlogError, ServerError
from inception.mysql import connect
from inception.schema.define import define
from inception.schema.model import Column, Table, TableName
from tests.binlog.capture import Session, table_of
from tests.servers import DatabaseServer, MariaDB, MySQL


def statements_of(server: DatabaseServer, setup: list[str], *run: str) -> list[str]:
    """Return the rollback of `run` with `db` for the database's name, and check that it takes everything back."""
    with server.database() as database:
        work = Session(server, database, *setup)
        before = work.connection.query("SELECT * FROM t")
        work.run(*run)
        statements = work.roll_back()
        assert work.connection.query("SELECT * FROM t") == before
        return [statement.replace(database, "db") for statement in statements]


def test_the_three_forms(target: DatabaseServer) -> None:
    setup = [
        "CREATE TABLE t (id int primary key, `o``k` varchar(20), n int)",
        "INSERT INTO t VALUES (2, 'it''s', NULL)",
    ]
    run = ["INSERT INTO t VALUES (1, 'x', 5)", "UPDATE t SET n = 7, id = 3 WHERE id = 2", "DELETE FROM t"]
    assert statements_of(target, setup, *run) == [
        "INSERT INTO `db`.`t` (`id`,`o``k`,`n`) VALUES (3,'it''s',7);",
        "INSERT INTO `db`.`t` (`id`,`o``k`,`n`) VALUES (1,'x',5);",
        "UPDATE `db`.`t` SET `id`=2,`n`=NULL WHERE `id`=3;",
        "DELETE FROM `db`.`t` WHERE `id`=1;",
    ]


def test_the_parts_of_a_key_are_joined_and_generated_columns_left_out(target: DatabaseServer) -> None:
    setup = [
        "CREATE TABLE t (a int, v int AS (a + 1) VIRTUAL, s int AS (a + 2) STORED, b varchar(9), c int, "
        "primary key (b, a))",
        "INSERT INTO t (a, b, c) VALUES (1, 'x', 1), (1, 'y', 2)",
    ]
    assert statements_of(target, setup, "UPDATE t SET c = c + 1, b = 'z' WHERE b = 'y'", "DELETE FROM t") == [
        "INSERT INTO `db`.`t` (`a`,`b`,`c`) VALUES (1,'z',3);",
        "INSERT INTO `db`.`t` (`a`,`b`,`c`) VALUES (1,'x',1);",
        "UPDATE `db`.`t` SET `b`='y',`c`=2 WHERE `b`='z' AND `a`=1;",
    ]


def test_text_that_is_not_plain_ascii_is_hexadecimal(target: DatabaseServer) -> None:
    setup = [
        "CREATE TABLE t (id int primary key, a varchar(9) CHARACTER SET latin1, b varchar(9) CHARACTER SET utf8mb4)"
    ]
    setup.append("INSERT INTO t VALUES (1, _latin1 x'E9', _utf8mb4 x'E5BCA0'), (2, '\\\\', '\\n')")
    assert statements_of(target, setup, "DELETE FROM t") == [
        "INSERT INTO `db`.`t` (`id`,`a`,`b`) VALUES (2,_latin1 x'5c',_utf8mb4 x'0a');",
        "INSERT INTO `db`.`t` (`id`,`a`,`b`) VALUES (1,_latin1 x'e9',_utf8mb4 x'e5bca0');",
    ]


def test_values_of_time_in_their_forms(target: DatabaseServer) -> None:
    setup = [
        "SET time_zone = '+00:00', sql_mode = ''",
        "CREATE TABLE t (s timestamp(2) not null primary key, z timestamp null, "
        "d date, f datetime(1), c time(3), y year)",
        "INSERT INTO t VALUES ('2023-11-14 22:13:20.25', 0, '2024-00-00', '2024-05-06 7:8:9.5', '-0:0:0.25', 0)",
    ]
    run = ["UPDATE t SET s = '2023-11-14 22:13:21.5'", "DELETE FROM t"]
    assert statements_of(target, setup, *run) == [
        "INSERT INTO `db`.`t` (`s`,`z`,`d`,`f`,`c`,`y`) VALUES (IF(UNIX_TIMESTAMP(FROM_UNIXTIME(1700000001.50))="
        "1700000001.50,FROM_UNIXTIME(1700000001.50),EXP(999)),'0000-00-00 00:00:00',DATE'2024-00-00',"
        "'2024-05-06 07:08:09.5','-00:00:00.250',0);",
        "UPDATE `db`.`t` SET `s`=IF(UNIX_TIMESTAMP(FROM_UNIXTIME(1700000000.25))=1700000000.25,"
        "FROM_UNIXTIME(1700000000.25),EXP(999)) WHERE UNIX_TIMESTAMP(`s`)=1700000001.50;",
    ]


def test_a_session_that_does_not_allow_a_date_refuses_it(target: DatabaseServer) -> None:
    """Without strict mode it would keep 0000-00-00 of a plain string."""
    with target.database() as database:
        setup = "CREATE TABLE t (id int primary key, d date, f datetime)"
        work = Session(target, database, setup, "SET sql_mode = 'ALLOW_INVALID_DATES'")
        rows = "(1, '2024-00-00', NULL), (2, '2024-02-31', NULL), (3, NULL, '2024-01-00 01:02:03')"
        work.run(f"INSERT INTO t VALUES {rows}", "DELETE FROM t")
        for statement in list(work.rollback())[3:]:
            work.connection.query("SET sql_mode = 'NO_ZERO_DATE,NO_ZERO_IN_DATE'")
            refused = pytest.raises(Exception, match=r"Incorrect (DATE|DATETIME) value")
            with refused:
                work.connection.execute(statement)
        assert work.content("t") == []


def test_a_column_with_on_update_keeps_its_value(target: DatabaseServer) -> None:
    setup = [
        "CREATE TABLE t (id int primary key, n int, c timestamp(6) DEFAULT CURRENT_TIMESTAMP(6) "
        "ON UPDATE CURRENT_TIMESTAMP(6))",
        "INSERT INTO t VALUES (1, 1, '2020-01-01 10:00:00')",
    ]
    (statement,) = statements_of(target, setup, "UPDATE t SET n = 2, c = c")
    assert "`c`=IF(UNIX_TIMESTAMP(FROM_UNIXTIME(" in statement


def test_a_time_that_the_session_has_twice(target: DatabaseServer) -> None:
    """At the end of daylight saving time the second of two equal local times is refused, never made the first."""
    zone = [
        "REPLACE INTO mysql.time_zone (time_zone_id, use_leap_seconds) VALUES (901, 'N')",
        "REPLACE INTO mysql.time_zone_name VALUES ('Test/Summer', 901)",
        "REPLACE INTO mysql.time_zone_transition_type VALUES (901, 0, 3600, 0, 'CET'), (901, 1, 7200, 1, 'CEST')",
        "REPLACE INTO mysql.time_zone_transition VALUES (901, 1711846800, 1), (901, 1729990800, 0)",
    ]
    with connect(target.address) as root:
        for statement in zone:
            root.query(statement)
    with target.database() as database:
        columns = "id int, t timestamp(6) not null, primary key (id, t)"
        work = Session(target, database, f"CREATE TABLE t ({columns})", "SET time_zone = '+00:00'")
        times = ["00:30:00.000001", "01:30:00.000001", "02:00:00"]
        work.run(*(f"INSERT INTO t VALUES (1, '2024-10-27 {time}')" for time in times), "DELETE FROM t")
        statements = list(work.rollback())[::-1]
        work.connection.query("SET time_zone = 'Test/Summer'")
        refused = 0
        for statement in statements[:3]:
            try:
                work.connection.execute(statement)
            except ServerError as error:
                assert error.errno == 1690
                refused += 1
        assert refused == 1
        work.connection.query("SET time_zone = '+00:00'")
        (second,) = [statement for statement in statements[:3] if "1729992600.000001" in statement]
        work.connection.execute(second)
        work.connection.query("SET time_zone = 'Test/Summer'")
        for statement in statements[3:]:
            assert work.connection.execute(statement).affected_rows == 1
        assert work.content("t") == []


def test_a_row_that_kept_its_values_has_no_statement(target: DatabaseServer) -> None:
    setup = ["CREATE TABLE t (id int primary key, n int)", "INSERT INTO t VALUES (1, 1), (2, 2)"]
    assert statements_of(target, setup, "UPDATE t SET n = 2") == ["UPDATE `db`.`t` SET `n`=1 WHERE `id`=1;"]


def test_replace_and_on_duplicate_key(target: DatabaseServer) -> None:
    setup = ["CREATE TABLE t (id int primary key, u int unique, n int)"]
    setup.append("INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)")
    replace = "REPLACE INTO t VALUES (1, 2, 9)"
    assert (
        len(statements_of(target, setup, replace, "INSERT INTO t VALUES (3, 0, 0) ON DUPLICATE KEY UPDATE n = 8")) >= 3
    )


@pytest.mark.parametrize("mode", ["", "NO_AUTO_VALUE_ON_ZERO", "ANSI,TRADITIONAL", "NO_BACKSLASH_ESCAPES"])
def test_an_auto_increment_of_zero_comes_back_as_zero(target: DatabaseServer, mode: str) -> None:
    setup = [
        "CREATE TABLE t (id int unsigned primary key auto_increment, v varchar(9))",
        "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
        "INSERT INTO t VALUES (0, 'zero'), (7, 'seven')",
    ]
    first, second = statements_of(target, setup, f"SET sql_mode = '{mode}'", "DELETE FROM t")
    assert first == "INSERT INTO `db`.`t` (`id`,`v`) VALUES (7,'seven');"
    assert "@@sql_mode" in second


def test_a_server_that_understands_neither_way_refuses_the_zero(mariadb: MariaDB) -> None:
    with mariadb.database() as database:
        work = Session(mariadb, database, "CREATE TABLE t (id int primary key auto_increment)")
        work.run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'", "INSERT INTO t VALUES (0)", "DELETE FROM t")
        statement = list(work.rollback())[-1]
        work.connection.query("SET sql_mode = ''")
        with pytest.raises(Exception, match="out of range"):
            work.connection.execute(statement.partition("*/ ")[2])


def test_a_key_that_the_server_made_up(mysql: MySQL) -> None:
    setup = ["SET sql_generate_invisible_primary_key = ON", "CREATE TABLE t (n int)", "INSERT INTO t VALUES (5), (5)"]
    assert statements_of(mysql, setup, "DELETE FROM t LIMIT 1", "INSERT INTO t VALUES (6)") == [
        "DELETE FROM `db`.`t` WHERE `my_row_id`=3;",
        "INSERT INTO `db`.`t` (`my_row_id`,`n`) VALUES (1,5);",
    ]


def test_invisible_columns_json_text_and_partitions_of_mariadb(mariadb: MariaDB) -> None:
    columns = "id int primary key, j json, h int INVISIBLE DEFAULT 3"
    setup = [f"CREATE TABLE t ({columns}) PARTITION BY HASH (id) PARTITIONS 3"]
    setup.append("""INSERT INTO t (id, j) VALUES (1, '{"a": "b"}'), (2, NULL)""")
    assert statements_of(mariadb, setup, "UPDATE t SET h = 4", "DELETE FROM t ORDER BY id")[1:] == [
        """INSERT INTO `db`.`t` (`id`,`j`,`h`) VALUES (1,'{"a": "b"}',4);""",
        "UPDATE `db`.`t` SET `h`=3 WHERE `id`=2;",
        "UPDATE `db`.`t` SET `h`=3 WHERE `id`=1;",
    ]


def test_more_than_64_columns_with_nulls(target: DatabaseServer) -> None:
    columns = ", ".join(f"c{number} int" for number in range(100))
    setup = [
        f"CREATE TABLE t (id int primary key, {columns})",
        "INSERT INTO t (id, c0, c63, c99) VALUES (1, 0, 63, 99)",
    ]
    run = ["UPDATE t SET c1 = 1, c98 = 98, c99 = NULL", "DELETE FROM t"]
    assert statements_of(target, setup, *run)[1] == "UPDATE `db`.`t` SET `c1`=NULL,`c98`=NULL,`c99`=99 WHERE `id`=1;"


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ("CREATE TABLE t (a int, unique key (a))", "t has no primary key"),
        ("CREATE TABLE t (a int, f float, primary key (a, f))", "FLOAT"),
        ("CREATE TABLE t (a int primary key) WITH SYSTEM VERSIONING", "t has system versioning"),
        ("CREATE TABLE t (a double primary key)", None),
    ],
)
def test_why_there_is_no_rollback(definition: str, reason: str | None) -> None:
    why = why_no_rollback(define(definition))
    assert (why is None) if reason is None else (reason in (why or ""))


def test_a_type_that_is_not_known_is_named() -> None:
    table = Table(TableName("d", "t"), (Column("odd", "xmltype"),))
    with pytest.raises(BinlogError, match=r"Column 'odd' of d\.t: type XMLTYPE is not supported"):
        form_of(table, table.columns[0])


@pytest.mark.parametrize(
    "change",
    [
        "ADD COLUMN m int",
        "DROP COLUMN n",
        "MODIFY n bigint",
        "MODIFY v varchar(11)",
        "MODIFY d datetime(3)",
        "MODIFY p decimal(10,3)",
        "MODIFY c char(100) CHARACTER SET utf8mb4",
        "MODIFY b blob",
    ],
)
def test_rows_are_never_decoded_by_another_definition(target: DatabaseServer, change: str) -> None:
    with target.database() as database:
        columns = "id int primary key, n int, v varchar(10), d datetime, p decimal(10,2), c char(10), b tinyblob"
        work = Session(target, database, f"CREATE TABLE t ({columns})")
        work.run("INSERT INTO t (id) VALUES (1)")
        work.connection.query(f"ALTER TABLE t {change}")
        work.tables["t"] = table_of(work.connection, "t")
        with pytest.raises(BinlogError, match="changed while its rows were read"):
            list(work.rollback())


@pytest.mark.parametrize("image", ["MINIMAL", "NOBLOB"])
def test_images_without_all_columns_are_refused(target: DatabaseServer, image: str) -> None:
    with target.database() as database:
        work = Session(target, database, "CREATE TABLE t (id int primary key, n int, b blob)")
        work.run("INSERT INTO t VALUES (1, 1, 'x')", f"SET SESSION binlog_row_image = {image}", "UPDATE t SET n = 2")
        with pytest.raises(BinlogError, match="binlog_row_image was not FULL"):
            list(work.rollback())
