"""Every column type on every server that is there: what is changed and rolled back is as it was, byte for byte."""

from collections.abc import Iterator

import pytest

from inception.binlog.rollback import why_no_rollback
from inception.errors import ServerError
from inception.mysql import connect
from tests.binlog import columns
from tests.binlog.capture import Session, table_of
from tests.servers import DatabaseServer

PERMISSIVE = "SET sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'"
NO_KEY = {1170, 1167, 1071, 1235, 3152, 3728, 6134, 9000, 1901, 4161, 4097}
_TOGETHER = 12  # columns of a table


def types_of(work: Session) -> dict[str, list[str]]:
    """Return the types that the server has, with values."""
    version = work.connection.version
    found = {**columns.COLUMNS, **columns.CHARSETS, **columns.OTHERS}
    if not version.mariadb:
        return {**found, **columns.MYSQL}
    found |= columns.MARIADB
    for since, more in columns.MARIADB_SINCE.items():
        found |= more if version.number >= since else {}
    return found


def tables_of(types: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield tables of a few columns each, and the statements that fill them: row by row, and all NULL."""
    items = list(types.items())
    for number, first in enumerate(range(0, len(items), _TOGETHER)):
        part = items[first : first + _TOGETHER]
        names = [f"c{n}" for n in range(len(part))]
        definition = ", ".join(f"{name} {kind}" for name, (kind, _) in zip(names, part, strict=True))
        rows = []
        for line in range(max(len(values) for _, values in part)):
            row = ", ".join(values[line % len(values)] for _, values in part)
            rows.append(f"INSERT IGNORE INTO t{number} ({', '.join(names)}) VALUES ({row})")
        create = f"CREATE TABLE t{number} (id int primary key auto_increment, {definition}) CHARACTER SET utf8mb4"
        yield create, [*rows, f"INSERT INTO t{number} () VALUES ()"]


def test_values_come_back(server: DatabaseServer) -> None:
    with server.database() as database:
        work = Session(server, database, PERMISSIVE)
        tables = list(tables_of(types_of(work)))
        for create, rows in tables:
            for statement in (create, *rows):
                work.connection.query(statement)
        work = Session(server, database, PERMISSIVE)
        before = {f"t{n}": state(work, f"t{n}") for n in range(len(tables))}
        for table in before:
            count = len(table_of(work.connection, table).columns) - 1
            work.run(f"UPDATE {table} SET {', '.join(f'c{n} = NULL' for n in range(count))} WHERE id % 2")
            work.run(f"DELETE FROM {table} WHERE id < 5", f"UPDATE {table} SET id = id + 1000")
            assert state(work, table) != before[table]
        work.roll_back()
        for table, was in before.items():
            assert state(work, table) == was


def state(work: Session, table: str) -> tuple[object, ...]:
    """Return the rows, each value with its HEX and for JSON its type, and the server's own checksum."""
    definition = table_of(work.connection, table)
    assert why_no_rollback(definition) is None
    typed = [f"JSON_TYPE(`{c.name}`)" for c in definition.columns if c.type == "json"]
    rows = work.connection.query(f"SELECT {', '.join([*typed, 'id'])} FROM `{table}` ORDER BY id")
    return work.content(table), rows, work.connection.query(f"CHECKSUM TABLE `{table}` EXTENDED")


def test_rows_are_found_by_every_type_of_key(server: DatabaseServer) -> None:
    with server.database() as database:
        work = Session(server, database, PERMISSIVE)
        for number, (kind, values) in enumerate(types_of(work).items()):
            table, kind = f"k{number}", kind.replace(" null", "")
            try:
                work.connection.query(f"CREATE TABLE {table} (id {kind} not null primary key, n int)")
            except ServerError as error:
                assert error.errno in NO_KEY, error
            else:
                if kind.startswith("float"):
                    continue
                work.run(f"INSERT IGNORE INTO {table} VALUES {', '.join(f'({value}, 1)' for value in values)}")
        statements = list(work.rollback())[::-1]
        assert len(statements) > 300
        for statement in statements:
            assert work.connection.execute(statement).affected_rows == 1, statement


def test_a_timestamp_past_2038(server: DatabaseServer) -> None:
    with server.database() as database:
        work = Session(server, database, "SET sql_mode = ''", "CREATE TABLE t (id timestamp(3) primary key, n int)")
        if not work.connection.version.mariadb or work.connection.version.number < (11, 5, 0):
            pytest.skip("its TIMESTAMP ends in 2038")
        work.connection.query("INSERT INTO t VALUES ('2106-02-07 06:28:15.250', 1), ('2100-01-01', 2)")
        work = Session(server, database)
        before = work.content("t")
        work.run("UPDATE t SET n = 3", "DELETE FROM t")
        work.roll_back()
        assert work.content("t") == before


def test_a_value_of_40_megabytes(server: DatabaseServer) -> None:
    with connect(server.address) as root:
        root.query("SET GLOBAL max_allowed_packet = 1073741824")
    with server.database() as database:
        setup = "CREATE TABLE t (id int primary key, b longblob)"
        work = Session(server, database, setup, "INSERT INTO t VALUES (1, REPEAT(x'00FF41', 14000000))")
        before = digest(work)
        work.run("DELETE FROM t")
        work.roll_back()
        assert digest(work) == before


def digest(work: Session) -> object:
    return work.connection.query("SELECT id, LENGTH(b), SHA2(b, 256) FROM t")
