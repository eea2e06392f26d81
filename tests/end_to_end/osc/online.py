"""A gateway that alters online whatever can be, the versions of the tool there are, and tables to alter."""

import contextlib
import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pymysql

from tests.end_to_end.conftest import Row, Shop
from tests.installations import CACHE
from tests.secrets import awkward
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until

NEWER = CACHE / "percona-toolkit/root/usr/bin"
LONG = bool(os.environ.get("OSC"))
ROWS = 500_000 if LONG else 20_000
SLOWLY = ("chunk_size = 500", "chunk_time = 0") if LONG else ("chunk_size = 10", "chunk_time = 0")
PATIENCE = 600 if LONG else 60  # seconds for an answer
WAITING = ("max_thread_running = 1",)  # the tool's own question is one: after a first chunk it only waits
USER, SECRET = 'o,s"c', awkward('s3cr"et#\\x, é')


class Online(Shop):
    """A gateway with inception_osc_min_table_size=0. `slow`: its tool takes seconds for the tables of the tests."""

    def __init__(self, gateway: Gateway, target: Any, backup: MariaDB, *, slow: bool) -> None:
        super().__init__(gateway, target, backup)
        self.slow = slow

    def prepare(self, rows: int, name: str = "t") -> str:
        """Make a table of this many rows, and an empty one, and return their database."""
        database = f"osc_{name}"
        with self.target.connect() as target:
            target.query(f"DROP DATABASE IF EXISTS {database}")
            target.query(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
            target.query(f"CREATE TABLE {database}.other (id INT PRIMARY KEY AUTO_INCREMENT, a INT)")
            fill(target, f"{database}.{name}", rows)
        return database

    def alter(
        self, statements: str, *settings: str, options: str = "", command: str = "", **account: object
    ) -> list[Row]:
        """Execute statements, ignoring warnings, with session variables set before as `name = value`; or a command."""
        source = self.source(f"--enable-execute;--enable-ignore-warnings;{options}", **account)
        with contextlib.closing(self.client()) as client, client.cursor() as cursor:
            for setting in settings:
                cursor.execute(f"inception set session inception_osc_{setting}")
            cursor.execute(command or f"{source}\ninception_magic_start;\n{statements}\ninception_magic_commit;")
            return [Row(*row) for row in cursor.fetchall()]

    def processes(self) -> list[dict[str, Any]]:
        """Return the online schema changes, by column."""
        with contextlib.closing(self.client()) as client, client.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute("inception get osc processlist")
            return list(cursor.fetchall())

    def progress(self, sqlsha1: str) -> tuple[int, str, str]:
        """Return PERCENT, REMAINTIME and INFOMATION of one."""
        _, _, name, percent, remaining, information = self.ask(f"inception get osc_percent '{sqlsha1}'")[0]
        assert name == sqlsha1
        return int(percent), str(remaining), str(information)

    def traces(self, database: str) -> tuple[list[str], list[str], list[str]]:
        """Return the tables (but `other`) and triggers of a database, and what the tool runs."""
        with self.target.connect() as target:
            tables = sorted(str(row[0]) for row in target.query(f"SHOW TABLES FROM {database}") if row[0] != "other")
            triggers = [str(row[0]) for row in target.query(f"SHOW TRIGGERS FROM {database}")]
            running = [str(row[7]) for row in target.query("SHOW FULL PROCESSLIST") if "_new`" in str(row[7])]
        return tables, triggers, running


def fill(target: Any, table: str, rows: int) -> None:
    """Make a table with a primary key, texts and an index."""
    target.query(
        f"CREATE TABLE {table} (id INT PRIMARY KEY AUTO_INCREMENT, a INT NOT NULL, note VARCHAR(60), KEY a (a)) "
        "ENGINE=InnoDB COMMENT 'é'"
    )
    made = 1
    target.query(f"INSERT INTO {table} (a, note) VALUES (1, 'first')")
    while made < rows:
        target.query(
            f"INSERT INTO {table} (a, note) SELECT a + {made}, CONCAT('note ', id) FROM {table} LIMIT {rows - made}"
        )
        made = min(2 * made, rows)
    target.query(f"ANALYZE TABLE {table}")  # else MySQL may go on telling of a few rows, which the tool copies at once


class Background:
    """A batch that runs in a thread; `rows` waits for its answer."""

    def __init__(
        self, shop: Online, statements: str, *settings: str, options: str = "", command: str = "", **account: object
    ) -> None:
        self._rows: list[Row] | Exception = []
        self._run = partial(shop.alter, statements, *settings, options=options, command=command, **account)
        self._thread = threading.Thread(target=self._keep)
        self._thread.start()

    def _keep(self) -> None:
        try:
            self._rows = self._run()
        except Exception as error:
            self._rows = error

    def result(self, seconds: float = PATIENCE) -> list[Row]:
        """Return its answer. Raises what it was answered with."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "no answer"
        if isinstance(self._rows, Exception):
            raise self._rows
        return self._rows

    def rows(self, seconds: float = PATIENCE) -> list[Row]:
        """Return its answer, which is no error."""
        try:
            return self.result(seconds)
        except pymysql.MySQLError as error:
            raise AssertionError(str(error)) from error

    def join(self) -> None:
        """Wait for the end, whatever it is."""
        self._thread.join(PATIENCE)


class Watcher:
    """A connection of its own that asks again and again how far one online schema change has come."""

    def __init__(self, shop: Online, sqlsha1: str) -> None:
        self._shop, self._sqlsha1 = shop, sqlsha1
        self._end = threading.Event()
        self.percents: list[int] = []
        self.remaining: set[str] = set()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        with contextlib.closing(self._shop.client()) as client, client.cursor() as cursor:
            while not self._end.wait(0.1):
                cursor.execute(f"inception get osc_percent '{self._sqlsha1}'")
                for *_, percent, remaining, _ in cursor.fetchall():
                    self.percents.append(int(percent))
                    self.remaining.add(remaining)

    def stop(self) -> None:
        """End it, and check what it has seen: the percentage has never fallen."""
        self._end.set()
        self._thread.join()
        assert self.percents == sorted(self.percents)


class Writers:
    """Sessions that change a table and its mirror in the same transactions until they are told to stop."""

    def __init__(self, server: DatabaseServer, table: str, mirror: str, count: int = 3, pause: float = 0.0) -> None:
        """`pause`: seconds between two transactions of a session."""
        self._server, self._table, self._mirror, self._pause = server, table, mirror, pause
        self._stop = threading.Event()
        self.written = 0
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _write(self, seed: int) -> None:
        connection = pymysql.connect(host="127.0.0.1", port=self._server.port, user="root", ssl_disabled=True)
        number = seed
        with contextlib.closing(connection), connection.cursor() as cursor:
            while not self._stop.wait(self._pause):
                number += 7
                try:
                    cursor.execute("BEGIN")
                    for table in (self._table, self._mirror):
                        cursor.execute(_change(number, table))
                    connection.commit()
                    self.written += 1
                except pymysql.MySQLError:  # a deadlock, or the moment of the swap
                    with contextlib.suppress(pymysql.MySQLError):  # a conflict between nodes is told once more
                        connection.rollback()

    def stop(self) -> None:
        """End them."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def _change(number: int, table: str) -> str:
    match number % 3:
        case 0:
            return f"INSERT INTO {table} (id, a, note) VALUES ({10_000_000 + number}, {number}, 'new {number}')"
        case 1:
            return f"UPDATE {table} SET a = a + 1, note = 'changed {number}' WHERE id = {number * 31 % 5000 + 1}"
    return f"DELETE FROM {table} WHERE id = {number * 17 % 9000 + 1}"


def same_rows(server: DatabaseServer, left: str, right: str) -> bool:
    """Tell whether two tables have the same rows in id, a and note."""
    question = "SELECT COUNT(*), SUM(CRC32(CONCAT_WS('|', id, a, note))), SUM(id * 7 + a) FROM "
    with server.connect() as connection:
        return connection.query(question + left) == connection.query(question + right)


def running(shop: Online, reached: int = 0) -> str:
    """Wait until one online schema change has come so far, and return its name."""
    found: list[str] = []

    def seen() -> bool:
        found[:] = [row["SQLSHA1"] for row in shop.processes() if reached <= row["PERCENT"] < 100 and row["INFOMATION"]]
        return bool(found)

    wait_until(seen, PATIENCE)
    return found[0]


def running_with_triggers(shop: Online) -> None:
    """Wait until one has made its triggers and begun to copy."""
    wait_until(lambda: any("Copying approximately" in row["INFOMATION"] for row in shop.processes()), PATIENCE)


def pairs() -> Iterator[tuple[str, Path, str]]:
    """Yield the versions of the tool with the servers to try them on, crosswise; all four where OSC is set."""
    yield "installed", Path("/usr/bin"), "mariadb"
    yield "newer", NEWER, "mysql"
    if LONG:
        yield "installed", Path("/usr/bin"), "mysql"
        yield "newer", NEWER, "mariadb"
