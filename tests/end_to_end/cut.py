"""An execution of six statements that is cut off in the middle one, and what is asked of it afterwards."""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from inception.mysql import Connection
from tests.end_to_end.conftest import Row, Shop
from tests.servers import DatabaseServer, Gateway, MariaDB, wait_until
from tests.trees import all_descendants, connects_to

_BATCH = (
    "use d; set names utf8mb4; update t set a = a + 10 where id = 2; {middle}; insert into t (id, a) values (3, 3);"
    " update t set a = a + 100 where id = 2;"
)
UPDATE = "update t set a = a + 1 where id = 1"
ALTER = "alter table u add column b int"


class Cut(Shop):
    """A shop whose workers are killed in the middle of a batch. Every statement of the batch counts if run twice."""

    name: str
    blocker: Connection
    more: str = ""  # options
    shape: str = _BATCH  # with the place of the middle statement, the fourth

    def begin(self, middle: str, blocked: str, *tables: str) -> Connection:
        """Execute the batch until its middle statement waits for a lock; return the session that holds it.

        `tables` makes more of them than there are always.
        """
        with self.target.connect() as target:
            for text in (
                "DROP DATABASE IF EXISTS d",
                "CREATE DATABASE d",
                "CREATE TABLE d.t (id INT PRIMARY KEY, a INT) ENGINE=InnoDB",
                "CREATE TABLE d.u (id INT PRIMARY KEY, a INT) ENGINE=InnoDB",
                "INSERT INTO d.t VALUES (1, 1), (2, 2)",
                "INSERT INTO d.u VALUES (1, 1)",
                *tables,
            ):
                target.query(text)
        self.before = self.whole()
        blocker = self.blocker
        blocker.query("BEGIN")
        blocker.query(blocked)
        self.batch = self.shape.format(middle=middle)
        threading.Thread(target=self._run, daemon=True).start()
        wait_until(lambda: self.progress() == ("4", "PREPARE"))
        wait_until(lambda: self.waits(blocker, " ".join(middle.split()[:2])))
        return blocker

    def _run(self) -> None:
        with contextlib.suppress(pymysql.MySQLError):
            self.execute(self.batch, f"--sequence={self.name};{self.more}")

    def progress(self) -> tuple[Any, ...]:
        with self.backup.connect() as backup, contextlib.suppress(Exception):
            return backup.query(
                f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{self.name}'"
            )[0]
        return ()

    def waits(self, session: Connection, text: str) -> bool:
        return any(text in str(row[7]) for row in session.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7]))

    @property
    def workers(self) -> list[int]:
        return [pid for pid in all_descendants(self.gateway.pid) if connects_to(pid, self.target.port)]

    def kill_workers(self) -> None:
        for pid in self.workers:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.ask(f"inception get process status '{self.name}'") == [("STOPPED",)])

    def status(self) -> dict[str, Any]:
        command = f"{self.source('')} inception get status '{self.name}'"
        [(text,)] = self.ask(command)
        [task] = json.loads(text)["tasks"]
        assert isinstance(task, dict)
        return task

    def resume(self, options: str = "") -> list[Row]:
        return self.execute(self.batch, f"--sequence={self.name};--resume;{self.more}{options}")

    def whole(self) -> dict[str, str | None]:
        return self.checksum("d", "t", "u") | {"u": self.definition("d", "u")}

    def values(self) -> list[tuple[Any, ...]]:
        with self.target.connect() as target:
            return target.query("SELECT id, a FROM d.t ORDER BY id")

    def columns(self) -> int:
        with self.target.connect() as target:
            return len(target.query("SHOW COLUMNS FROM d.u"))


@contextlib.contextmanager
def shop_of(gateway: Gateway, target: DatabaseServer, backup: MariaDB, request: pytest.FixtureRequest) -> Iterator[Cut]:
    shop = Cut(gateway, target, backup)
    shop.name = f"{request.node.name}-{os.getpid()}"
    with target.connect() as shop.blocker:
        yield shop
