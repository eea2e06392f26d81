"""Every supported type, with nasty values: what is changed and rolled back is as it was, on real servers."""

import re

import pytest

from tests.binlog.capture import Session
from tests.servers import DatabaseServer

INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
TEXTS = [
    "''",
    "'a'",
    "'it''s'",
    "'back\\\\slash \\' \"quoted\" `name`'",
    "'line\\nfeed\\r\\0\\Z'",
    "' spaces '",
    "_utf8mb4 x'E5BCA0E4B889'",
    "'%_'",
]
UTF8 = ["_utf8mb4 x'F09F9880'", "_utf8mb4 x'C2A0E38080'"]
TIMES = ["'00:00:00'", "'-00:00:00.25'", "'-00:00:01.75'", "'838:59:59'", "'-838:59:59'", "'-12:34:56.789012'"]
TIMES += ["'00:00:00.000001'", "'-00:00:00.000001'", "'-00:00:59.999999'", "'23:00:00.5'"]
DATETIMES = ["'2024-02-29 23:59:59.999999'", "'0000-00-00 00:00:00'", "'2024-00-00 01:02:03.25'", "'9999-12-31'"]
DATETIMES += ["'1000-01-01 00:00:00.000001'", "'2024-02-31 10:00:00'", "'0000-01-01'", "'2023-00-17'"]
TIMESTAMPS = [
    "'1970-01-01 00:00:01'",
    "'2038-01-19 03:14:07.499999'",
    "'0000-00-00 00:00:00'",
    "'2024-10-27 00:30:00.5'",
]
FLOATS = ["0", "0e0*-1", "1.1", "-1.1", "16777216", "16777217", "1e-45", "1.17549435e-38", "3.4028234663852886e+38"]
FLOATS += ["0.1", "123456.789", "1e10", "-3.4028234663852886e+38", "8388608.5", "0.3333333333"]
DOUBLES = ["5e-324", "1.7976931348623157e308", "0.1", "1e22", "1e16", "9007199254740993", "0e0*-1", "1/3e0", "-1e-5"]
BYTES = ["''", "x'00'", "x'00FF10'", "x'FF'", "x'00FF10000000'", "'text'", "x'275C'", "x'20'", "x'000000000000'"]


def integers(bits: int) -> list[str]:
    return [str(-(2 ** (bits - 1))), str(2 ** (bits - 1) - 1), "0", "-1", "1"]


def decimals(precision: int, scale: int) -> list[str]:
    digits = ("9876543210" * 7)[:precision]
    whole, part = digits[: precision - scale], digits[precision - scale :]
    full = f"{whole or '0'}.{part or '0'}"
    return [full, "-" + full, "0", f"-0.{'0' * (scale - 1)}1" if scale else "-1", "1" if precision > scale else "0.1"]


COLUMNS: dict[str, list[str]] = {
    **{kind: integers(bits) for kind, bits in INTEGERS.items()},
    **{f"{kind} unsigned": [str(2**bits - 1), "0", str(2 ** (bits - 1))] for kind, bits in INTEGERS.items()},
    "tinyint(1)": ["0", "1", "-5"],
    "int(8) unsigned zerofill": ["42", "4294967295"],
    **{f"decimal({p},{s})": decimals(p, s) for p, s in [(65, 30), (10, 0), (10, 2), (9, 9), (18, 9), (1, 0), (5, 5)]},
    **{f"decimal({p},{s})": decimals(p, s) for p, s in [(20, 3), (19, 11), (30, 30), (38, 17), (65, 0), (11, 1)]},
    "float": FLOATS,
    "float(7,2)": ["12345.67", "-0.01", "99999.99", "8388.61"],
    "double": DOUBLES,
    "double(20,5)": ["123456789012345.12345", "-0.00001"],
    "year": ["0000", "1901", "2155", "2000", "1970"],
    "date": ["'0000-00-00'", "'2024-00-00'", "'2024-02-31'", "'9999-12-31'", "'0000-01-01'", "'2024-05-00'"],
    **{f"{kind}({fsp})": TIMES for fsp in range(7) for kind in ("time",)},
    **{f"datetime({fsp})": DATETIMES for fsp in range(7)},
    **{f"timestamp({fsp}) null": TIMESTAMPS for fsp in range(7)},
    "char(20) character set utf8mb4": TEXTS + UTF8,
    "char(255) character set utf8mb4": [*TEXTS, *UTF8, "repeat(_utf8mb4 x'F09F9880', 255)", "repeat('x', 255)"],
    "char(200) character set utf8mb3": [*TEXTS, "repeat(_utf8mb4 x'E5BCA0', 200)"],
    "char(255) character set latin1": [*TEXTS, "repeat(_latin1 x'E9', 255)"],
    "char(0)": ["''"],
    "varchar(20) character set utf8mb4": TEXTS + UTF8,
    "varchar(300) character set utf8mb3": [*TEXTS, "repeat('x', 300)", "repeat(_utf8mb4 x'E5BCA0', 300)"],
    "varchar(255) character set latin1": [*TEXTS, "_latin1 x'818D8F909DE9FF80'", "repeat('x', 255)"],
    "varchar(256) character set latin1": ["repeat('x', 256)", "''"],
    "varchar(10) character set ascii": ["'abc'", "'~\\\\'"],
    "tinytext character set utf8mb4": TEXTS + UTF8,
    "text character set latin1": [*TEXTS, "_latin1 x'00818D8F909D'", "repeat('x', 60000)"],
    "mediumtext character set utf8mb3": [*TEXTS, "repeat('x', 70000)"],
    "longtext character set utf8mb4": TEXTS + UTF8,
    "binary(6)": BYTES,
    "binary(255)": BYTES,
    "varbinary(10)": BYTES,
    "varbinary(1000)": [*BYTES, "repeat(x'00', 1000)"],
    "tinyblob": BYTES,
    "blob": [*BYTES, "repeat(x'FE00', 30000)"],
    "mediumblob": BYTES,
    "longblob": [*BYTES, "repeat(x'FE00', 40000)"],
}
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
