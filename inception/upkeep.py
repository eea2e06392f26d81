"""What the backup server keeps too long: rollback and tasks of an age, counted or removed.

Each operation stops counting before its rows go, and rows go in small transactions, so that a purge that is broken off
leaves nothing half and the next one goes on. Tasks that run, and those whose outcome is unknown, stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inception.backup import INFORMATION
from inception.begun import PREPARE
from inception.claim import LEASE
from inception.mysql import Connection
from inception.own_tables import DATABASE
from inception.sql import quote_name, quote_text

_ROWS_AT_ONCE = 5000
_OPERATIONS_AT_ONCE = 500
_OF_TASKS = ("execute_journal", "execute_task", "execute_progress")


@dataclass(frozen=True)
class Purged:
    """How many operations, rollback rows and tasks are older than asked for: removed, unless only counted.

    `kept` names the tasks of that age that stay since the outcome of a statement is unknown.
    """

    operations: int = 0
    rows: int = 0
    tasks: int = 0
    kept: tuple[str, ...] = ()


def purge(
    connection: Connection, days: int, *, dry_run: bool = False, go_on: Callable[[], bool] = lambda: True
) -> Purged:
    """Remove what is older than so many days, at least one, or count it; `go_on` is asked before each database.

    Raises ServerError where the account may not, ValueError for less than a day: an execution may run that long.
    """
    if days < 1:
        raise ValueError("Less than a day is not purged: what is executed now may need it.")
    before = int(str(connection.value("SELECT UNIX_TIMESTAMP()"))) - days * 86400
    old = f"opid_time < '{before}'"  # an operation's id begins with the second of its execution: 1795243764_19_4
    operations = rows = 0
    for home in filter(lambda _: go_on(), _homes(connection)):
        operations += _operations(connection, home, old, dry_run)
        rows += sum(
            _rows(connection, quote_name(home, each), old, dry_run) for each in _rollback_tables(connection, home)
        )
    tasks, kept = _tasks(connection, before, dry_run) if go_on() else (0, ())
    return Purged(operations, rows, tasks, kept)


def _homes(connection: Connection) -> list[str]:
    """Return the databases that were made for databases of targets: those with a table of information rows."""
    return _texts(
        connection,
        f"SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_NAME = {quote_text(INFORMATION)} ORDER BY 1",
    )


def _rollback_tables(connection: Connection, home: str) -> list[str]:
    return _texts(
        connection,
        "SELECT TABLE_NAME FROM information_schema.COLUMNS "
        f"WHERE TABLE_SCHEMA = {quote_text(home)} AND COLUMN_NAME = 'rollback_statement' ORDER BY 1",
    )


def _operations(connection: Connection, home: str, old: str, dry_run: bool) -> int:
    table = quote_name(home, INFORMATION)
    if dry_run:
        return _number(connection, f"SELECT COUNT(*) FROM {table} WHERE {old}")
    own = [each for each in ("rollback_parts", "rollback_origin") if _exists(connection, each)]
    removed = 0
    while opids := _texts(connection, f"SELECT opid_time FROM {table} WHERE {old} LIMIT {_OPERATIONS_AT_ONCE}"):
        listed = ", ".join(map(quote_text, opids))
        connection.query("BEGIN")
        connection.query(f"DELETE FROM {table} WHERE opid_time IN ({listed})")
        for name in own:
            connection.query(
                f"DELETE FROM `{DATABASE}`.`{name}` WHERE opid_time IN ({listed}) AND home = {quote_text(home)}"
            )
        connection.query("COMMIT")
        removed += len(opids)
    return removed


def _rows(connection: Connection, table: str, old: str, dry_run: bool) -> int:
    """Remove the rollback rows of a table, also those of operations that never counted."""
    if dry_run:
        return _number(connection, f"SELECT COUNT(*) FROM {table} WHERE {old}")
    removed = 0
    while gone := connection.execute(f"DELETE FROM {table} WHERE {old} LIMIT {_ROWS_AT_ONCE}").affected_rows:
        removed += gone
    return removed


def _tasks(connection: Connection, before: int, dry_run: bool) -> tuple[int, tuple[str, ...]]:
    """Remove the tasks that have ended and that nobody works on; return their number, and names of unresolved ones."""
    if not _exists(connection, "execute_task"):
        return 0, ()
    idle = (
        f"FROM `{DATABASE}`.`execute_progress` p LEFT JOIN `{DATABASE}`.`execute_task` t USING (task_sequence) "
        f"WHERE UNIX_TIMESTAMP(p.update_time) < {before} AND (t.owner IS NULL OR t.owner = '' "
        f"OR UNIX_TIMESTAMP(t.heartbeat) < UNIX_TIMESTAMP() - {int(LEASE)})"
    )
    ended = _texts(connection, f"SELECT p.task_sequence {idle} AND p.status <> '{PREPARE}'")
    kept = _texts(connection, f"SELECT p.task_sequence {idle} AND p.status = '{PREPARE}'")
    if dry_run:
        return len(ended), tuple(kept)
    there = list(filter(partial(_exists, connection), _OF_TASKS))
    still = f"SELECT 1 {idle} AND p.status <> '{PREPARE}'"
    return sum(_remove_task(connection, quote_text(name), still, there) for name in ended), tuple(kept)


def _remove_task(connection: Connection, key: str, still: str, tables: list[str]) -> bool:
    """Remove a task where `still` finds it to be old: it may have been begun anew meanwhile. Tell whether it was."""
    connection.query("BEGIN")
    connection.query(f"SELECT 1 FROM `{DATABASE}`.`execute_task` WHERE task_sequence = {key} FOR UPDATE")  # as claim.py
    found = bool(connection.query(f"{still} AND p.task_sequence = {key} FOR UPDATE"))
    for table in tables if found else ():
        connection.query(f"DELETE FROM `{DATABASE}`.`{table}` WHERE task_sequence = {key}")
    connection.query("COMMIT")
    return found


def _exists(connection: Connection, table: str) -> bool:
    return bool(
        connection.query(
            "SELECT 1 FROM information_schema.TABLES "
            f"WHERE TABLE_SCHEMA = '{DATABASE}' AND TABLE_NAME = {quote_text(table)}"
        )
    )


def _texts(connection: Connection, question: str) -> list[str]:
    return [str(cell) for (cell,) in connection.query(question)]


def _number(connection: Connection, question: str) -> int:
    return int(str(connection.value(question)))
