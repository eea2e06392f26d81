"""Every supported type, with nasty values: what is changed and rolled back is as it was, on real servers."""

import re

import pytest

from tests.binlog.capture import Session
from tests.binlog.columns import COLUMNS
from tests.servers import DatabaseServer

PERMISSIVE = "SET sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'"


def matrix() -> tuple[str, list[str]]:
    """Return the statement that makes a table of all columns, and those that fill it: row by row, and all NULL."""
    names = [f"c{number}" for number in range(len(COLUMNS))]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, COLUMNS, strict=True))
    rows = []
    for line in range(max(map(len, COLUMNS.values()))):
        values = ", ".join(value[line % len(value)] for value in COLUMNS.values())
        rows.append(f"INSERT INTO m ({', '.join(names)}) VALUES ({values})")
    rows.append("INSERT INTO m () VALUES ()")
    return f"CREATE TABLE m (id int primary key auto_increment, {columns}) ENGINE=InnoDB CHARACTER SET utf8mb4", rows


@pytest.mark.parametrize(
    "session",
    [
        "SET time_zone = '+00:00'",
        "SET time_zone = '-09:30', sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES'",
        "SET NAMES latin1, sql_mode = 'ALLOW_INVALID_DATES,PAD_CHAR_TO_FULL_LENGTH,STRICT_ALL_TABLES'",
        "SET NAMES gbk, sql_mode = 'ALLOW_INVALID_DATES,HIGH_NOT_PRECEDENCE,IGNORE_SPACE'",
    ],
)
def test_every_value_comes_back_whatever_the_session(target: DatabaseServer, session: str) -> None:
    definition, rows = matrix()
    with target.database() as database:
        work = Session(target, database, PERMISSIVE, definition, *rows)
        before = work.content("m")
        shifted = ", ".join(f"c{number} = NULL" for number in range(len(COLUMNS)))
        work.run(f"UPDATE m SET {shifted} WHERE id > 5", "DELETE FROM m WHERE id < 9", "UPDATE m SET c0 = 7")
        assert work.content("m") != before
        statements = list(work.rollback())[::-1]
        work.connection.query(session)
        for statement in statements:
            assert statement.isascii()
            work.connection.execute(statement)
        work.connection.query("SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = ''")
        work.connection.query("SET time_zone = @@GLOBAL.time_zone")
        assert work.content("m") == before


def test_inserted_rows_go_by_each_type_as_key(target: DatabaseServer) -> None:
    """A row is found by its key whatever type that has, and no other row is touched."""
    unfit = re.compile(r"float|.*text|.*blob|char\(0\)")
    tables = {f"k{n}": item for n, item in enumerate(COLUMNS.items()) if not unfit.match(item[0])}
    with target.database() as database:
        work = Session(target, database, PERMISSIVE)
        for table, (kind, values) in tables.items():
            work.connection.query(f"CREATE TABLE {table} (id {kind.replace(' null', '')} not null primary key, n int)")
            rows = ", ".join(f"({value}, 1)" for value in values)
            work.run(f"INSERT IGNORE INTO {table} VALUES {rows}")
            assert work.content(table)
        statements = list(work.rollback())[::-1]
        for statement in statements:
            assert work.connection.execute(statement).affected_rows == 1, statement
        assert len(statements) > 300
        assert all(work.content(table) == [] for table in tables)
