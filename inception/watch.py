"""Watches a change of a definition from a second connection while it runs: how far it is, whom it waits for.

Only looks; what the figures mean is alter_progress.py's. A server that shows nothing, or refuses, is watched no
longer: the statement runs all the same.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from inception.alter_progress import AlterProgress, Look
from inception.blockers import blockers_of
from inception.errors import InceptionError
from inception.facts.online_ddl import Foreseen
from inception.mysql import Connection, connect
from inception.progress import Control, Work
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_text
from inception.world import blocked_by

_FIRST_LOOK = 0.5  # seconds: what takes less is not looked at
_LOOKS_EVERY = 0.5

log = logging.getLogger(__name__)


@contextmanager
def watched(
    control: Control, address: Address, thread_id: int, table: TableName | None, foreseen: Foreseen | None
) -> Iterator[None]:
    """While inside, tell `control` how the statement that a session runs on `table` comes along."""
    ended = threading.Event()
    watch = _Watch(control, address, thread_id, table, foreseen, ended)
    thread = threading.Thread(target=watch.run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Watch:
    def __init__(
        self, control: Control, address: Address, thread_id: int, table: TableName | None,
        foreseen: Foreseen | None, ended: threading.Event,
    ) -> None:  # fmt: skip
        self._control, self._address, self._thread_id = control, address, thread_id
        self._table, self._foreseen, self._ended = table, foreseen, ended

    def run(self) -> None:
        """Look until the statement has ended."""
        began = time.monotonic()
        if self._ended.wait(_FIRST_LOOK):
            return
        try:
            with connect(self._address, connect_timeout=5, read_timeout=10) as connection:
                shown = _Shown(connection, self._thread_id, self._table)
                progress = AlterProgress(self._foreseen, shown.old_size)
                while not self._ended.wait(_LOOKS_EVERY):
                    self._control.work(self._look(connection, shown, progress, time.monotonic() - began))
        except InceptionError as error:
            log.info("a statement is not watched: %s", error)

    def _look(self, connection: Connection, shown: "_Shown", progress: AlterProgress, seconds: float) -> Work:
        if shown.waits_for_lock() and self._table is not None:
            blockers = blockers_of(connection, self._table, but=(self._thread_id,))
            return Work(waiting=blocked_by(blockers) or "blocked: waiting for a lock on the table")
        return progress.take(shown.look(), seconds)


class _Shown:
    """What a server shows of a statement that runs."""

    def __init__(self, connection: Connection, thread_id: int, table: TableName | None) -> None:
        self._connection, self._thread_id, self._table = connection, thread_id, table
        self._mariadb = connection.version.mariadb
        self._staged = self._mariadb or self._stages_are_on()
        self.old_size = self._size_of(f"{table.database}/{table.name}") if table is not None else 0

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
        size = self._size_like(f"%/#sql-%-{self._thread_id:x}")
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
        copy = self._size_like(f"%/#sql-%\\_{self._thread_id:x}")
        if copy or self._table is None:
            return copy
        size = self._size_of(f"{self._table.database}/{self._table.name}")
        return size if size != self.old_size else 0

    # -- files -------------------------------------------------------------------------------------------------

    def _size_of(self, name: str) -> int:
        return self._size(
            f"NAME = {quote_text(name)} OR NAME LIKE {quote_text(name.replace('_', chr(92) + '_') + '#p#%')}"
        )

    def _size_like(self, pattern: str) -> int:
        return self._size(f"NAME LIKE {quote_text(pattern)}")

    def _size(self, condition: str) -> int:
        """Return the bytes of InnoDB files; 0 where there are none, or the account may not see them."""
        table = "INNODB_SYS_TABLESPACES" if self._mariadb else "INNODB_TABLESPACES"
        try:
            found = self._connection.value(f"SELECT SUM(FILE_SIZE) FROM information_schema.{table} WHERE {condition}")
        except InceptionError:
            return 0
        return int(float(str(found or 0)))
