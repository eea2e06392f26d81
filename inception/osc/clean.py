"""Removes what pt-online-schema-change leaves on a target when it does not end by itself.

Triggers go before the table that they write to: without it every change of the original would fail. The new table
goes only while the original is there, since drop_swap drops that one first.
"""

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from inception.errors import InceptionError, RefusedHere
from inception.mysql import Connection, connect
from inception.osc.command import LOCK_WAIT
from inception.osc.job import Trail
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_name, quote_text

log = logging.getLogger(__name__)

_DEFINITIONS = ("CREATE TABLE", "ALTER TABLE", "CREATE TRIGGER", "RENAME TABLE", "ANALYZE TABLE")
_LONGEST_PREFIX = 60  # characters of the name of a trigger, before _ins, _upd or _del
PATIENCE = 90.0  # seconds that a target which cannot be cleaned is tried again


@dataclass(frozen=True)
class Leftovers:
    """What an online schema change of `table` has left. `original`: the table itself is there."""

    table: TableName
    triggers: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    original: bool = True

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """What would make another online schema change of the table fail."""
        return (*self.triggers, *self.new)

    def statements(self, *, with_old: bool = False) -> Iterator[str]:
        """Yield what removes them, in the order in which it must be run."""
        database = self.table.database
        for name in self.triggers:
            yield f"DROP TRIGGER IF EXISTS {quote_name(database, name)}"
        for name in (*(self.new if self.original else ()), *(self.old if with_old else ())):
            yield f"DROP TABLE IF EXISTS {quote_name(database, name)}"


def trigger_names(table: TableName) -> tuple[str, ...]:
    """Return the names of the triggers that the tool makes for a table."""
    prefix = "pt_osc_" + re.sub(r"\W", "_", f"{table.database}_{table.name}")
    return tuple(f"{prefix[:_LONGEST_PREFIX]}_{event}" for event in ("del", "upd", "ins"))


def find_leftovers(connection: Connection, table: TableName, new_name: str = "") -> Leftovers:
    """Return what stands on a server for a table. `new_name` is the new table's where it is not `_<table>_new`.

    Raises ServerError.
    """
    folded = str(connection.value("SELECT @@lower_case_table_names")) != "0"
    own, copy = (name.lower() if folded else name for name in (table.name, new_name))
    database = quote_text(table.database)
    tables = [str(row[0]) for row in connection.query(
        f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = {database} AND (TABLE_NAME IN "
        f"({quote_text(own)}, {quote_text(copy)}) OR RIGHT(TABLE_NAME, 4) IN ('_new', '_old'))"
    )]  # fmt: skip
    triggers = [(str(name), str(on), str(body)) for name, on, body in connection.query(
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS "
        f"WHERE TRIGGER_SCHEMA = {database} AND LEFT(TRIGGER_NAME, 7) = 'pt_osc_'"
    )]  # fmt: skip
    around = {kind: re.compile(rf"_+{re.escape(own)}_{kind}") for kind in ("new", "old")}
    new = [name for name in tables if around["new"].fullmatch(name) or (copy and name == copy)]
    old = [name for name in tables if around["old"].fullmatch(name)]
    on_it = [name for name, on, body in triggers if on == own or (on in old and _writes_to(body, table, new_name))]
    return Leftovers(table, tuple(on_it), tuple(new), tuple(old), own in tables)


def _writes_to(body: str, table: TableName, new_name: str) -> bool:
    return quote_name(table.database, new_name or f"_{table.name}_new").lower() in body.lower()


def running(connection: Connection, table: TableName, new_name: str = "", pid: int | None = None) -> Iterator[int]:
    """Yield the connections that run a statement of the tool's for a table: of process `pid`, or of any.

    A statement that merely fires one of its triggers shows that trigger's text: only what no trigger does counts.
    """
    mark = "/*pt-online-schema-change " + (f"{pid} " if pid is not None else "")
    new = quote_name(table.database, new_name or f"_{table.name}_new")
    for row in connection.query("SHOW FULL PROCESSLIST"):
        text = str(row[7] or "")
        if new in text and (mark in text or text.startswith(_DEFINITIONS)):
            yield int(str(row[0]))


def kill_running(connection: Connection, trail: Trail) -> int:
    """Kill what a run still does on the target; return how many connections that was. Raises ServerError."""
    found = list(running(connection, trail.table, trail.new_name, trail.pid))
    for number in found:
        connection.query_ignoring(f"KILL {number}", 1094)  # ER_NO_SUCH_THREAD
    return len(found)


@dataclass(frozen=True)
class Cleaned:
    """What was removed: `statements` that were run; `problem` says what could not be, and why, '' where all is well."""

    statements: tuple[str, ...] = ()
    problem: str = ""


def clean(address: Address, trail: Trail, patience: float = PATIENCE) -> Cleaned:
    """Remove what a run of the tool has left, and kill what it still runs on the target.

    Tried again for `patience` seconds; then what is left to do is logged and returned as the problem. Never raises.
    """
    end, pause, done = time.monotonic() + patience, 0.5, list[str]()
    while True:
        try:
            _clean_once(address, trail, done)
            if done:
                log.info("cleaned up after an online schema change of %s: %s", trail.table, "; ".join(done))
            return Cleaned(tuple(done))
        except InceptionError as error:
            problem = error.message
        if time.monotonic() + pause > end:
            return Cleaned(tuple(done), _given_up(trail, problem))
        time.sleep(pause)
        pause = min(pause * 2, 10.0)


def _clean_once(address: Address, trail: Trail, done: list[str]) -> None:
    with connect(address, read_timeout=60) as connection:
        while kill_running(connection, trail):
            time.sleep(0.1)
        found = find_leftovers(connection, trail.table, trail.new_name)
        done += remove(connection, replace(found, old=_put_aside(found, trail)), with_old=True)


def _put_aside(found: Leftovers, trail: Trail) -> tuple[str, ...]:
    """Return the old tables that the run has put aside and not come to drop: its new table is in their place."""
    if not trail.drops_old or not found.original or found.new:
        return ()
    return tuple(name for name in found.old if name not in trail.old)


def remove(connection: Connection, found: Leftovers, *, with_old: bool = False) -> Iterator[str]:
    """Remove leftovers and yield what was run. Raises ServerError; RefusedHere where the copies are all there is."""
    connection.query(f"SET SESSION lock_wait_timeout = {LOCK_WAIT}")
    for statement in found.statements(with_old=with_old):
        connection.query(statement)
        yield statement
    if found.new and not found.original:
        raise RefusedHere(f"{found.table} is not there: {', '.join(found.new)} may hold its rows and was kept.")


def _given_up(trail: Trail, problem: str) -> str:
    left = Leftovers(trail.table, trigger_names(trail.table), (trail.new_name,))
    text = "; ".join(left.statements())
    log.error("an online schema change of %s left its traces (%s). To remove them run: %s", trail.table, problem, text)
    return f"Its traces could not be removed ({problem}). To remove them run: {text}"
