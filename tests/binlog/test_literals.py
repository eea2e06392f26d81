"""How values of the richer types are written, and that JSON comes back bit by bit."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.binlog import json_binary, literals
from inception.errors import BinlogError
from tests.binlog.capture import Session
from tests.binlog.columns import DOCUMENTS
from tests.binlog.test_rollback import statements_of
from tests.servers import DatabaseServer, MySQL


def test_an_enum_is_its_label_or_its_number(target: DatabaseServer) -> None:
    """A label that some character set or collation could take for another is written as its number."""
    columns = "id int primary key, a enum('it''s','x'), b enum('i','j'), s set('p','q'), t set('a','café')"
    setup = [f"CREATE TABLE t ({columns}) CHARACTER SET utf8mb4", "INSERT INTO t VALUES (1, 2, 2, 'p,q', 3)"]
    assert statements_of(target, setup, "DELETE FROM t") == [
        "INSERT INTO `db`.`t` (`id`,`a`,`b`,`s`,`t`) VALUES (1,2,2,'p,q',3);"
    ]


def test_json_of_mysql(mysql: MySQL) -> None:
    setup = ["CREATE TABLE t (id int primary key, j json)"]
    setup.append("""INSERT INTO t VALUES (1, '{"a": [1, null, 2.5]}'), (2, JSON_ARRAY(1.50, 'x'))""")
    assert statements_of(mysql, setup, "DELETE FROM t") == [
        "INSERT INTO `db`.`t` (`id`,`j`) VALUES (2,JSON_ARRAY(CAST(1.50 AS JSON),"
        """CAST('"x"' AS JSON)));""",
        """INSERT INTO `db`.`t` (`id`,`j`) VALUES (1,'{"a": [1, null, 2.5]}');""",
    ]


def test_json_comes_back_bit_by_bit(mysql: MySQL) -> None:
    """Types that the text does not show, too: what is logged of the restored rows is what was logged of the old."""
    columns = "b bit(9), c binary(3), d blob, l longblob, m mediumblob, n tinyblob, v varbinary(9), t timestamp(6)"
    more = "u bigint unsigned, x decimal(20,4), y year, z time(3), f float, w datetime(2), s set('a','b')"
    values = "5, 'a', x'00ff', '', x'27', 'n', x'00', '2024-01-02 03:04:05.25', 9, -1.5, 2024, '-1:0:0.125', 1.1, 0, 3"
    names = "b c d l m n v t u x y z f w s".split()
    arrays = [f"JSON_ARRAY({', '.join(names)})", f"JSON_OBJECT('{'k' * 300}', JSON_ARRAY(b), 'z', x, '张', t)"]
    with mysql.database() as database:
        work = Session(mysql, database, "SET sql_mode = ''", f"CREATE TABLE s ({columns}, {more})")
        work.connection.query("CREATE TABLE t (id int primary key auto_increment, j json)")
        work.connection.query(f"INSERT INTO s VALUES ({values})")
        for document in [*arrays, *DOCUMENTS, *(f"CAST({name} AS JSON)" for name in names)]:
            work.connection.query(f"INSERT INTO t (j) SELECT {document} FROM s")
        work = Session(mysql, database)
        before = work.content("t")
        work.run("DELETE FROM t")
        first = work.roll_back()
        assert work.content("t") == before
        again = Session(mysql, database)
        again.run("DELETE FROM t")
        assert list(again.rollback())[::-1] == first


@given(st.binary(max_size=60), st.sampled_from([0, 1, 2, 3, 4, 5, 9, 11, 12, 15]))
def test_damaged_json_is_an_error_or_a_literal(body: bytes, kind: int) -> None:
    with suppress(BinlogError):
        assert json_binary.literal(bytes([kind]) + body).isascii()


def test_json_that_holds_itself_ends() -> None:
    """An array of two whose values lead back to itself."""
    with pytest.raises(BinlogError, match="damaged"):
        json_binary.literal(b"\x02" + struct.pack("<HHBHBH", 2, 10, 2, 0, 2, 0) + bytes(5000))


@pytest.mark.parametrize(
    ("write", "raw"),
    [
        (literals.enum(("a",), plain=True), b"\2"),
        (literals.set_(("a",), plain=True), b"\2"),
        (literals.uuid, bytes(17)),
        (literals.inet4, bytes(5)),
    ],
)
def test_values_that_a_type_does_not_have_are_errors(write: literals.Literal, raw: bytes) -> None:
    with pytest.raises(BinlogError):
        write(raw)
