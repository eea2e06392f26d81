"""Decoding of row events beside python-mysql-replication and mysqlbinlog -v, on the same events of one server.

A row of an UPDATE counts once, though it has two images. "with stream" reads the events from the server, as `.rows`
does; the other figures have them in memory.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure, seconds
from inception.binlog.decode import row_decoder
from inception.binlog.events import Position, Rows
from inception.binlog.read import current_position, read_events
from inception.binlog.rollback import rollback_writer
from inception.mysql import Connection, connect
from inception.schema.define import define
from inception.schema.model import Table, TableName
from inception.server import Tls
from tests.installations import CACHE, Installation
from tests.servers import MariaDB

TABLE = (
    "CREATE TABLE bench.{name} (id int unsigned primary key, name varchar(64), n int, price decimal(12,2), "
    "note varchar(200), at datetime(6), flag tinyint, raw varbinary(64)) ENGINE=InnoDB"
)
ROWS = (
    "SELECT seq, CONCAT('name ', seq), seq * 7, seq / 100, REPEAT('x', 60), "
    "'2024-05-06 07:08:09.123456' + INTERVAL seq SECOND, seq % 100, UNHEX(SHA2(seq, 256)) FROM bench.seq_1_to_{rows}"
)
_CHANGES = {
    "INSERT": f"INSERT INTO bench.t {ROWS}",
    "UPDATE": "UPDATE bench.t SET n = n + 1, note = CONCAT(note, 'y')",
    "DELETE": "DELETE FROM bench.t",
}
_RATIO = 5.0


def measure(rows: int) -> Iterator[Figure]:
    """Yield the rates of each kind of change."""
    with MariaDB() as server:
        server.start(binlog_row_metadata="FULL", max_binlog_size="1G")
        with connect(replace(server.address, tls=Tls("off"))) as connection:
            connection.query("CREATE DATABASE bench")
            connection.query(TABLE.format(name="t"))
            text = str(connection.query("SHOW CREATE TABLE bench.t")[0][1])
            table = replace(define(text), name=TableName("bench", "t"))
            for kind, change in _CHANGES.items():
                start = current_position(connection)
                connection.query(change.format(rows=rows))
                yield from _of(kind, rows, server, connection, table, start)


def _of(
    kind: str, rows: int, server: MariaDB, connection: Connection, table: Table, start: Position
) -> Iterator[Figure]:
    stop, address = current_position(connection), connection.address

    def row_events() -> Iterator[Rows]:
        return (event for event in read_events(address, start, stop, timeout=60) if isinstance(event, Rows))

    events = list(row_events())
    images, write = row_decoder(events[0].table, table), rollback_writer(table, events[0].table)
    text = rows / seconds(lambda: [sum(1 for _ in write(event)) for event in events])
    decoded = rows / seconds(lambda: [sum(1 for _ in images(event)) for event in events])
    streamed = rows / seconds(lambda: [sum(1 for _ in images(event)) for event in row_events()])
    yield Figure(f"{kind}: decoded", decoded, "rows/s")
    yield Figure(f"{kind}: decoded, with stream", streamed, "rows/s")
    yield Figure(f"{kind}: written as rollback SQL", text, "rows/s")
    theirs = _replication(rows, address.port, start, stop)
    if theirs:
        yield Figure(f"{kind}: python-mysql-replication's .rows, with stream", theirs, "rows/s")
        yield Figure(f"{kind}: decoded, with stream: so many times as fast", streamed / theirs, "x", least=_RATIO)
        yield Figure(f"{kind}: written as SQL: so many times as fast", text / theirs, "x")
    for program, rate in _programs(rows, Path(server.data) / start.file, start, stop):
        yield Figure(f"{kind}: {program} -v", rate, "rows/s")
        yield Figure(f"{kind}: decoded: so many times as fast as {program} -v", decoded / rate, "x")


def _replication(rows: int, port: int, start: Position, stop: Position) -> float:
    """Return the rate of python-mysql-replication's `.rows`; 0 where it is not installed."""
    try:
        from pymysqlreplication import BinLogStreamReader
    except ImportError:
        return 0

    def read() -> int:
        settings = {"host": "127.0.0.1", "port": port, "user": "root", "passwd": "", "ssl_disabled": True}
        stream = BinLogStreamReader(
            settings, server_id=4711, log_file=start.file, log_pos=start.offset, resume_stream=True, blocking=False
        )
        found = 0
        for event in stream:
            found += len(event.rows) if hasattr(event, "rows") else 0
            if stream.log_pos >= stop.offset:
                break
        stream.close()
        return found

    return rows / seconds(read)


def _programs(rows: int, file: Path, start: Position, stop: Position) -> Iterator[tuple[str, float]]:
    """Yield the rate of mysqlbinlog and MariaDB's mariadb-binlog on the file, where they are; say where not."""
    fetched = Installation.unpacked(CACHE / "mariadb-client")
    for name in ("mysqlbinlog", "mariadb-binlog"):
        if path := shutil.which(name):
            program: tuple[str, ...] = (path,)
        elif fetched and name in fetched.program[-1]:
            program = fetched.program
        else:
            print(f"     ({name} is not on this machine)")
            continue
        places = [f"--start-position={start.offset}", f"--stop-position={stop.offset}", str(file)]
        command = [*program, "--no-defaults", "-v", *places]
        done: list[subprocess.CompletedProcess[bytes]] = []
        spent = seconds(lambda command=command, done=done: done.append(  # type: ignore[misc]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)))  # fmt: skip
        if done[0].returncode:
            print(f"     ({name} cannot read this file: {done[0].stderr.decode().strip().splitlines()[-1]})")
        else:
            yield name, rows / spent
