"""`python -m benchmarks.progress`: what writing the progress of a statement costs, beside one plain commit.

On a durable backup server whose data are on a disk (`--directory`, by default among the temporary files): an INSERT
of one row of the same size in autocommit mode, and what is written between two statements, the end of one and the
beginning of the next. Both in turn, in one run; what is promised is a ratio of medians.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, seconds
from inception.batch.options import Mode, Options
from inception.batch.statement import Kind, Statement
from inception.begun import PREPARE, Begun
from inception.binlog.events import Position
from inception.mysql import Connection
from inception.plan import Step, Undo
from inception.ran import Ran
from inception.task import claimed
from tests.servers import MariaDB

_MOST = 1.3
_WARM = 50
_ROW = "x" * 340  # as much as is written of a statement


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=2000)
    parser.add_argument("--directory", type=Path, default=None)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=arguments.directory, prefix="inception-") as directory,
        MariaDB(Path(directory)) as backup,
        backup.start(durable=True).connect() as plain,
    ):
        plain.query("CREATE DATABASE plain")
        plain.query("CREATE TABLE plain.t (id INT PRIMARY KEY, a VARCHAR(1000)) ENGINE=InnoDB")
        figures = measure(backup, plain, arguments.statements)
    for figure in figures:
        print(figure)
    return 0 if all(figure.kept for figure in figures) else 1


def measure(backup: MariaDB, plain: Connection, count: int) -> list[Figure]:
    """Return the medians of both, and their ratio."""
    texts = [f"UPDATE shop.t SET a = a + 1 WHERE id = {number}" for number in range(1, count + 1)]
    steps = [
        Step(Statement(number, text, Kind.UPDATE, "shop"), Undo.ROWS, "127_0_0_1_3306_shop")
        for number, text in enumerate(texts, 1)
    ]
    options = Options(Mode.EXECUTE, "127.0.0.1", 3306, "root", sequence="benchmark")
    commits, writes = [], []
    with claimed(backup.address, options, [step.statement for step in steps], "utf8mb4") as (progress, _):
        ended: Ran | None = None
        for step in steps:
            number = step.statement.number
            commits.append(seconds(lambda n=number: plain.query(f"INSERT INTO plain.t VALUES ({n}, '{_ROW}')")))  # type: ignore[misc]
            start, end = Position("binlog.000001", 1000 * number), Position("binlog.000001", 1000 * number + 500)
            opid = f"1795247088_8_{number}"
            begun = Begun(number, PREPARE, opid, 8, Kind.UPDATE, step.statement.text, start=start, locked=True)
            writes.append(seconds(lambda b=begun, e=ended: progress.prepare(b, "shop", e)))  # type: ignore[misc]
            ended = Ran(step, opid, 0.001, 1, start=start, end=end)
    commit, write = (1e6 * statistics.median(each[_WARM:]) for each in (commits, writes))
    return [
        Figure("one plain commit on the backup server", commit, "µs"),
        Figure("progress of one statement", write, "µs"),
        Figure("progress of one statement, mean", 1e6 * statistics.mean(writes[_WARM:]), "µs"),
        Figure("one plain commit, mean", 1e6 * statistics.mean(commits[_WARM:]), "µs"),
        Figure("progress of one statement / one plain commit", write / commit, "x", most=_MOST),
    ]


if __name__ == "__main__":
    sys.exit(main())
