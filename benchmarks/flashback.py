"""`inception flashback` over a binary log file of a server: MB of the log a second; MB are millions of bytes.

Two files: transactions of one row, and statements of ten thousand rows. Rollback SQL is measured by the bytes read
and by the bytes written: of a transaction of one row half as many, since most of it in the log is not the row.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.decoding import TABLE
from benchmarks.figures import Figure, seconds
from inception import flashback
from inception.binlog.select import Selection
from inception.mysql import Connection, connect
from tests.servers import MariaDB

_FILTERED, _READ = 30.0, 10.0  # MB a second
_VALUES = (
    "SELECT seq + @at, CONCAT('name ', seq), seq * 7, seq / 100, REPEAT('x', 60), "
    "'2024-05-06 07:08:09.123456' + INTERVAL seq SECOND, seq % 100, UNHEX(SHA2(seq, 256)) FROM bench.seq_1_to_10000"
)
_ONE_ROW = """BEGIN NOT ATOMIC
    DECLARE i INT DEFAULT 0;
    WHILE i < 10000 DO
        INSERT INTO bench.t VALUES (@at, CONCAT('name ', i), i, i / 100, REPEAT('x', 60), NOW(6), i % 100, 'raw');
        UPDATE bench.t SET n = n + 1, note = REPEAT('y', 60) WHERE id = @at;
        DELETE FROM bench.t WHERE id = @at - 1;
        SET @at = @at + 1, i = i + 1;
    END WHILE;
END"""
_BULK = (
    f"INSERT INTO bench.t {_VALUES}",
    "UPDATE bench.t SET n = n + 1, note = REPEAT('y', 60)",
    "DELETE FROM bench.t",
)


def measure(megabytes: int) -> Iterator[Figure]:
    """Yield the rates over files of so many megabytes together."""
    with MariaDB() as server, tempfile.TemporaryDirectory() as directory:
        server.start(max_binlog_size="1G")
        with connect(server.address) as connection:
            connection.query("CREATE DATABASE bench")
            connection.query(TABLE.format(name="t"))
            schema = Path(directory, "schema.sql")
            schema.write_text(f"USE bench;\n{connection.query('SHOW CREATE TABLE bench.t')[0][1]};\n")
            for name, statements in (("one-row transactions", (_ONE_ROW,)), ("bulk rows", _BULK)):
                file = _write_log(connection, server, statements, megabytes * 500_000)
                yield from _of(name, file, schema)
                file.unlink()


def _write_log(connection: Connection, server: MariaDB, statements: tuple[str, ...], size: int) -> Path:
    """Run statements until the log has so many bytes more; return its file."""
    connection.query("FLUSH BINARY LOGS")
    connection.query("TRUNCATE TABLE bench.t")
    connection.query("SET @at = 1")
    while True:
        for statement in statements:
            connection.query(statement)
        [(name, position, *_)] = connection.query("SHOW MASTER STATUS")
        if int(str(position)) >= size:
            connection.query("FLUSH BINARY LOGS")
            return server.data / str(name)


def _of(name: str, file: Path, schema: Path) -> Iterator[Figure]:
    size = file.stat().st_size / 1e6
    print(f"     ({name}: a file of {size:,.0f} MB)")
    for what, selection in {
        "another table": Selection(tables=("other.t",)),
        "another time": Selection(until=1.0),
    }.items():
        spent = seconds(lambda selection=selection: _run(file, schema, selection))  # type: ignore[misc]
        yield Figure(f"flashback, {name}, filtered out: {what}", size / spent, "MB/s", least=_FILTERED)
    written = 0.0

    def all_of_it() -> None:
        nonlocal written
        written = _run(file, schema, Selection()) / 1e6

    begun = time.process_time()
    spent = seconds(all_of_it)
    processor = time.process_time() - begun  # the same on a machine that has nothing else to do
    yield Figure(f"flashback, {name}, rollback SQL, read", size / spent, "MB/s", least=_READ)
    yield Figure(f"flashback, {name}, the same, by processor time", size / processor, "MB/s")
    yield Figure(f"flashback, {name}, rollback SQL, written", written / spent, "MB/s")


def _run(file: Path, schema: Path, selection: Selection) -> int:
    """Run it; return the bytes written."""
    with tempfile.TemporaryFile("w+") as output:
        flashback.run([file], None, schema, selection, output, False, "none")
        output.flush()
        return output.seek(0, 2)
