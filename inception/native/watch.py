"""Watches a change of a definition from a second connection while it runs: how far it is, whom it waits for.

Only looks; what the figures mean is native/alter_progress.py's. A server that shows nothing, or refuses, is watched no
longer: the statement runs all the same.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inception.blockers import blockers_of
from inception.errors import ConnectionLost, InceptionError, ServerError
from inception.facts.online_ddl import Foreseen
from inception.facts.online_ddl import Work as Way
from inception.mysql import Connection, connect
from inception.native.alter_progress import AlterProgress, Look
from inception.progress import Control, Work
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_text
from inception.world import blocked_by

_FIRST_LOOK = 0.5  # seconds: what takes less is not looked at
_LOOKS_EVERY = 0.5
_LEAST_REST = 10  # times as long as a look took: with many thousand tables it takes a while

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """What is altered: a table, the bytes of its file before, and how that is foreseen to run."""

    table: TableName | None
    old_size: int = 0
    foreseen: Foreseen | None = None


def subject_of(connection: Connection, table: TableName | None, foreseen: Foreseen | None) -> Subject:
    """Return what is about to be altered; `connection` is asked for the size, as long as the file is the old one."""
    if table is None or foreseen is None or foreseen.work in (Way.METADATA, Way.INDEX):  # no new file is written
        return Subject(table, 0, foreseen)
    return Subject(table, _Files(connection).of(table), foreseen)


@contextmanager
def watched(control: Control, address: Address, thread_id: int, subject: Subject) -> Iterator[None]:
    """While inside, tell `control` how the statement that a session runs comes along."""
    ended = threading.Event()
    watch = _Watch(control, address, thread_id, subject, ended)
    thread = threading.Thread(target=watch.run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Watch:
    def __init__(
        self, control: Control, address: Address, thread_id: int, subject: Subject, ended: threading.Event
    ) -> None:
        self._control, self._address, self._thread_id = control, address, thread_id
        self._subject, self._ended = subject, ended

    def run(self) -> None:
        """Look until the statement has ended."""
        began = time.monotonic()
        if self._ended.wait(_FIRST_LOOK):
            return
        try:
            with connect(self._address, connect_timeout=5, read_timeout=10) as connection:
                shown = _Shown(connection, self._thread_id, self._subject)
                progress = AlterProgress(self._subject.foreseen, self._subject.old_size)
                took = 0.0
                while not self._ended.wait(max(_LOOKS_EVERY, took * _LEAST_REST)):
                    looked = time.monotonic()
                    self._control.work(self._look(connection, shown, progress, looked - began))
                    took = time.monotonic() - looked
        except InceptionError as error:
            log.info("a statement is not watched: %s", error)

    def _look(self, connection: Connection, shown: "_Shown", progress: AlterProgress, seconds: float) -> Work:
        table = self._subject.table
        if shown.waits_for_lock() and table is not None:
            blockers = blockers_of(connection, table, but=(self._thread_id,))
            return Work(waiting=blocked_by(blockers) or "blocked: waiting for a lock on the table")
        return progress.take(shown.look(), seconds)


class _Shown:
    """What a server shows of a statement that runs."""

    def __init__(self, connection: Connection, thread_id: int, subject: Subject) -> None:
        self._connection, self._thread_id, self._subject = connection, thread_id, subject
        self._files = _Files(connection)
        self._mariadb = connection.version.mariadb
        self._staged = self._mariadb or self._stages_are_on()

    def waits_for_lock(self) -> bool:
        """Tell whether the session waits for a metadata lock."""
        names, rows = self._connection.table("SHOW FULL PROCESSLIST")
        place = {name: position for position, name in enumerate(names)}
        states = (str(row[place["State"]]) for row in rows if str(row[place["Id"]]) == str(self._thread_id))
        return any(state.startswith("Waiting for") and "lock" in state for state in states)

    def look(self) -> Look:
        """Return how far the server says that the statement is."""
        return self._mariadb_look() if self._mariadb else self._mysql_look()

    def _mariadb_look(self) -> Look:
        rows = self._connection.query(
            f"SELECT STAGE, MAX_STAGE, PROGRESS FROM information_schema.PROCESSLIST WHERE ID = {self._thread_id}"
        )
        stage, stages, percent = (float(str(cell or 0)) for cell in rows[0]) if rows else (0.0, 0.0, 0.0)
        size = self._files.like(f"%/#sql-%-{self._thread_id:x}")
        if not stages:
            return Look(size=size)
        return Look(round(percent * 10), 1000, "thousandths", int(stage), int(stages), size)

    def _mysql_look(self) -> Look:
        """Work in child threads has counters of its own; each goes on where the one before it ended."""
        if not self._staged:
            return Look(size=self._new_size())
        rows = self._connection.query(
            "SELECT e.EVENT_NAME, e.WORK_COMPLETED, e.WORK_ESTIMATED "
            "FROM performance_schema.events_stages_current e "
            "JOIN performance_schema.threads t USING (THREAD_ID) "
            f"WHERE (t.PROCESSLIST_ID = {self._thread_id} OR t.NAME = 'thread/innodb/ddl_thread') "
            "AND e.WORK_ESTIMATED IS NOT NULL AND e.END_EVENT_ID IS NULL"
        )
        if not rows:
            return Look()
        copying = any("copy to tmp" in str(row[0]) for row in rows)
        done, total = (max(int(str(row[cell] or 0)) for row in rows) for cell in (1, 2))
        return Look(done, total, "rows" if copying else "pages")

    def _stages_are_on(self) -> bool:
        try:
            found = self._connection.value(
                "SELECT COUNT(*) FROM performance_schema.setup_consumers "
                "WHERE NAME = 'events_stages_current' AND ENABLED = 'YES'"
            )
        except InceptionError:
            return False
        return str(found) == "1"

    def _new_size(self) -> int:
        """Return the size of the file that is written; a rebuild in place shows it under the table's own name."""
        copy = self._files.like(f"%/#sql-%\\_{self._thread_id:x}")
        if copy or self._subject.table is None:
            return copy
        size = self._files.of(self._subject.table)
        return size if size != self._subject.old_size else 0


class _Files:
    """The sizes of InnoDB's files in bytes; 0 where there are none, or the account may not see them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._view = "INNODB_SYS_TABLESPACES" if connection.version.mariadb else "INNODB_TABLESPACES"

    def of(self, table: TableName) -> int:
        """Return what a table and its partitions take."""
        name = f"{table.database}/{table.name}"
        partitions = name.replace("_", "\\_") + "#p#%"
        return self._sum(f"NAME = {quote_text(name)} OR NAME LIKE {quote_text(partitions)}")

    def like(self, pattern: str) -> int:
        """Return what the files take whose names are like that."""
        return self._sum(f"NAME LIKE {quote_text(pattern)}")

    def _sum(self, condition: str) -> int:
        try:
            found = self._connection.value(
                f"SELECT SUM(FILE_SIZE) FROM information_schema.{self._view} WHERE {condition}"
            )
        except ConnectionLost:
            raise
        except ServerError:
            return 0
        return int(float(str(found or 0)))
