"""Decoding of row events: rows a second of ours, beside python-mysql-replication and mysqlbinlog on the same events.

    python -m benchmarks.rollback [rows]

Runs a private server and one statement each of INSERT, UPDATE and DELETE on a table of 8 columns. A row of an UPDATE
counts once, though it has two images. Others are left out with a note where they are not there.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from inception.binlog.decode import row_decoder
from inception.binlog.events import Position, Rows
from inception.binlog.read import current_position, read_events
from inception.binlog.rollback import rollback_writer
from inception.mysql import Connection, connect
from inception.schema.define import define
from inception.schema.model import Table, TableName
from inception.server import Tls
from tests.servers import MariaDB

_TABLE = (
    "CREATE TABLE bench.t (id int unsigned primary key, name varchar(64), n int, price decimal(12,2), "
    "note varchar(200), at datetime(6), flag tinyint, raw varbinary(64)) ENGINE=InnoDB"
)
_CHANGES = {
    "INSERT": "INSERT INTO bench.t SELECT seq, CONCAT('name ', seq), seq * 7, seq / 100, REPEAT('x', 60), "
    "'2024-05-06 07:08:09.123456' + INTERVAL seq SECOND, seq % 100, UNHEX(SHA2(seq, 256)) FROM bench.seq_1_to_{rows}",
    "UPDATE": "UPDATE bench.t SET n = n + 1, note = CONCAT(note, 'y')",
    "DELETE": "DELETE FROM bench.t",
}


def main(rows: int) -> None:
    """Run it and print the table."""
    with MariaDB() as server:
        server.start(binlog_row_metadata="FULL", max_binlog_size="1G")
        with connect(replace(server.address, tls=Tls("off"))) as connection:
            connection.query("CREATE DATABASE bench")
            connection.query(_TABLE)
            text = str(connection.query("SHOW CREATE TABLE bench.t")[0][1])
            table = replace(define(text), name=TableName("bench", "t"))
            print(f"{'rows/s':8}{'decode':>10}{'rollback':>10}{'.rows':>10}{'ratio':>8}{'binlog -v':>12}")
            for kind, change in _CHANGES.items():
                start = current_position(connection)
                connection.query(change.format(rows=rows))
                measure(kind, rows, server, connection, table, start)


def measure(kind: str, rows: int, server: MariaDB, connection: Connection, table: Table, start: Position) -> None:
    """Print one line."""
    stop = current_position(connection)
    address = connection.address
    events = [event for event in read_events(address, start, stop, timeout=60) if isinstance(event, Rows)]
    images = row_decoder(events[0].table, table)
    decode = rate(rows, lambda: [sum(1 for _ in images(event)) for event in events])
    write = rollback_writer(table, events[0].table)
    written = rate(rows, lambda: [sum(1 for _ in write(event)) for event in events])
    theirs = replication_rate(rows, address.port, start, stop)
    other = binlog_rate(rows, Path(server.data) / start.file, start, stop)
    ratio = f"{decode / theirs:7.1f}x" if theirs else "       -"
    print(f"{kind:8}{decode:10,.0f}{written:10,.0f}{theirs:10,.0f}{ratio}{other:12,.0f}", flush=True)


def rate(rows: int, run: Callable[[], object]) -> float:
    """Return rows a second."""
    begin = time.perf_counter()
    run()
    return rows / (time.perf_counter() - begin)


def replication_rate(rows: int, port: int, start: Position, stop: Position) -> float:
    """Return the rate of python-mysql-replication's `.rows`, the reading of the stream included; 0 without it."""
    try:
        from pymysqlreplication import BinLogStreamReader  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return 0

    def read() -> Iterator[int]:
        settings = {"host": "127.0.0.1", "port": port, "user": "root", "passwd": "", "ssl_disabled": True}
        stream = BinLogStreamReader(
            settings, server_id=4711, log_file=start.file, log_pos=start.offset, resume_stream=True, blocking=False
        )
        for event in stream:
            yield len(event.rows) if hasattr(event, "rows") else 0
            if stream.log_pos >= stop.offset:
                break
        stream.close()

    return rate(rows, lambda: sum(read()))


def binlog_rate(rows: int, file: Path, start: Position, stop: Position) -> float:
    """Return the rate of mariadb-binlog or mysqlbinlog -v on the file; 0 where there is none."""
    found = shutil.which("mariadb-binlog") or shutil.which("mysqlbinlog")
    if found is None:
        return 0
    command = [found, "-v", f"--start-position={start.offset}", f"--stop-position={stop.offset}", str(file)]
    return rate(rows, lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
