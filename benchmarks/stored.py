"""Stored rollback, whole: a gateway, a target and a backup server; and the peak memory of the worker meanwhile.

The time counted is from the end of the statement's execution (its own time is in the answer) to the answer: it holds
the audit before it, too, which is small.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.decoding import ROWS, TABLE
from benchmarks.figures import Figure
from inception.mysql import connect
from tests.end_to_end.conftest import Shop
from tests.servers import Gateway, MariaDB

_LEAST = 40_000.0
_MOST_GROWTH = 1.1
_CHANGES = {
    "INSERT": "insert into bench.t (id, name, n, price, note, at, flag, raw) "
    "select id, name, n, price, note, at, flag, raw from bench.source where id > 0",
    "UPDATE": "update bench.t set n = n + 1, note = concat(note, 'y') where id > 0",
    "DELETE": "delete from bench.t where id > 0",
}


def measure(rows: int, many: int) -> Iterator[Figure]:
    """Yield the rates of storing, and the worker's peak memory with `rows` and with `many` rows."""
    with MariaDB() as target, MariaDB() as backup:
        target.start(max_binlog_size="1G", innodb_log_file_size="1G")
        backup.start(skip_log_bin=True, innodb_log_file_size="1G")
        peaks = {}
        for count in (rows, many):
            _fill(target, count)
            gateway = Gateway(
                inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup.port,
                inception_remote_system_user="root",
            )  # fmt: skip
            with gateway:
                shop = Shop(gateway.start(), target, backup)
                for kind, statement in _CHANGES.items():
                    rate = count / _execute(shop, statement, count)
                    promise = _LEAST if count == rows else None
                    yield Figure(f"{kind} of {count:,}: stored rollback", rate, "rows/s", least=promise)
                peaks[count] = _peak(gateway.pid)
                yield Figure(f"peak memory of the worker, {count:,} rows", peaks[count], "MiB")
        yield Figure("peak memory: growth", peaks[many] / peaks[rows], "x", most=_MOST_GROWTH)


def _fill(target: MariaDB, rows: int) -> None:
    with connect(target.address) as connection:
        connection.query("DROP DATABASE IF EXISTS bench")
        connection.query("CREATE DATABASE bench")
        for name in ("t", "source"):
            connection.query(TABLE.format(name=name))
        connection.query("SET SESSION sql_log_bin = 0")
        connection.query(f"INSERT INTO bench.source {ROWS.format(rows=rows)}")


def _execute(shop: Shop, statement: str, rows: int) -> float:
    """Execute with backup; return the seconds beside the execution itself."""
    begin = time.perf_counter()
    [row] = shop.execute(f"{statement};")
    spent = time.perf_counter() - begin
    if row.stagestatus != "Execute Successfully\nBackup successfully" or row.Affected_rows != rows:
        raise RuntimeError(f"{statement}: {row}")
    return spent - float(row.execute_time)


def _peak(gateway: int) -> float:
    """Return the largest peak resident size, in MiB, of the processes that a gateway started."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    family = {gateway}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return max(_high_water(pid) for pid in family - {gateway})


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _high_water(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
