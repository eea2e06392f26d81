"""Finds out what became of a statement that was begun: asks the target, never changes it. verdict.py decides.

`investigate` only looks. `recover` also waits for an old connection that still runs the statement, and ends one that
is left over and idle: absence from the binary log proves nothing before the connection is gone.
"""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace

from inception.batch.kind import kind_of
from inception.begun import Begun
from inception.binlog.find import Found, Search, find_statement
from inception.binlog.read import current_position, read_events
from inception.errors import BinlogError, ServerError
from inception.introspect import Observer
from inception.mysql import Connection
from inception.progress import Control, Work
from inception.server import Address, text_of
from inception.session import is_executed, marker, task_lock
from inception.sql import quote_text
from inception.verdict import Evidence, Verdict, decide

_SILENCE = 60.0  # seconds without an answer, or an event of the binary log, after which the target is given up
_LOOK_AGAIN = 0.25  # seconds between two looks at a connection that still runs
_KILL_TAKES = 60.0  # seconds until an ended connection is given up: it may have much to undo
_NO_SUCH_THREAD = 1094
_SAFE = {"sync_binlog": "1", "innodb_flush_log_at_trx_commit": "1"}


def investigate(target: Address, begun: Begun, task: str) -> Verdict:
    """Return what became of a statement of a task, as far as can be told now. Changes nothing."""
    try:
        with closing(Observer(target, read_timeout=_SILENCE)) as observer:
            return decide(begun, _evidence(observer, target, begun, _holder(observer.connection, begun, task)))
    except ServerError as error:
        return decide(begun, Evidence(unreachable=str(error)))


def recover(target: Address, begun: Begun, task: str, control: Control, *, kill: bool) -> Verdict:
    """Return what became of a statement, once its connection is gone.

    A connection that still runs it is waited for; where `kill`, or a stop comes, it is ended. One that is idle is left
    over from a process that is gone, and is ended.
    """
    try:
        with closing(Observer(target, read_timeout=_SILENCE)) as observer:
            connection, ended = observer.connection, 0.0
            while (old := _holder(connection, begun, task)) is not None and old.id and ended < _KILL_TAKES:
                if kill or control.stopping or not old.runs:
                    _end(connection, old.id)
                    ended += _LOOK_AGAIN
                control.work(Work(waiting=f"the statement's old connection: {old.shown}"))
                time.sleep(_LOOK_AGAIN)
            return decide(begun, _evidence(observer, target, begun, old))
    except ServerError as error:
        return decide(begun, Evidence(unreachable=str(error)))


def recover_by_gtid(target: Address, begun: Begun, control: Control) -> Verdict:
    """Return what became of a statement whose connection may or may not be there, by the GTID that it was given.

    Who can take the GTID knows that nobody has it: before that, the target lets us wait for the session that does. It
    is not spent: the statement is sent again under it, which does nothing should the first one come through after all.
    """
    try:
        with closing(Observer(target)) as observer:
            connection = observer.connection
            control.work(Work(waiting=f"whoever runs a statement under the GTID {begun.gtid}"))
            with control.running(connection):
                connection.query(f"SET gtid_next = {quote_text(str(begun.gtid))}")
            connection.query("ROLLBACK")
            connection.query("SET gtid_next = 'AUTOMATIC'")
            return decide(begun, replace(_evidence(observer, target, begun, None), gtid_free=True))
    except ServerError as error:
        return decide(begun, Evidence(unreachable=str(error)))


class _Old:
    """The connection that ran the statement, still there. `id` is 0 where it is not certain that it is this one."""

    def __init__(self, id_: int, shown: str, *, runs: bool) -> None:
        self.id, self.shown, self.runs = id_, shown, runs


def _holder(connection: Connection, begun: Begun, task: str) -> _Old | None:
    """Return the statement's connection; None where it is gone for certain.

    It holds the task's lock until it is gone. Where it could not take one, it is looked for by its id.
    """
    if begun.locked:
        holder = connection.value(f"SELECT IS_USED_LOCK('{task_lock(task)}')")
        number = int(str(holder or 0))
        if number != begun.connection_id:  # nobody, or another session, which could take it because ours is gone
            return None
        row = _process(connection, number)
        command, time, state = (row.get(name, "") for name in ("command", "time", "state"))
        shown = f"connection {number} of the target ({command}, {time} s{', ' + state if state else ''})"
        return _Old(number, shown, runs=command not in ("", "Sleep"))
    row = _process(connection, begun.connection_id)
    if not row:
        return None
    if marker(begun.opid) in row["info"]:
        return _Old(begun.connection_id, f"connection {begun.connection_id} of the target, {row['time']} s", runs=True)
    shown = (
        f"A connection {begun.connection_id} is there on the target, which may be the statement's or another "
        f"({row['user']}, {row['command']}): end it if it is not needed, then ask again"
    )
    return _Old(0, shown, runs=False)


def _process(connection: Connection, number: int) -> Mapping[str, str]:
    names, rows = connection.table("SHOW FULL PROCESSLIST")
    found = (dict(zip(map(str.lower, names), row, strict=True)) for row in rows)
    for row in found:
        if int(str(row["id"])) == number:
            return {name: text_of(value) for name, value in row.items()}
    return {}


def _end(connection: Connection, number: int) -> None:
    try:
        connection.query(f"KILL {int(number)}")
    except ServerError as error:
        if error.errno != _NO_SUCH_THREAD:
            raise


def _evidence(observer: Observer, target: Address, begun: Begun, old: _Old | None) -> Evidence:
    connection = observer.connection
    executed = _gtid_executed(connection, begun)
    relaxed = _relaxed(connection)
    if old is not None:
        alive, maybe = (old.shown, "") if old.id else ("", old.shown)
        return Evidence(alive=alive, maybe_alive=maybe, gtid_executed=executed, relaxed=relaxed)
    found, disturbed, problem = (None, "", "") if begun.tool else _search(connection, target, begun)
    return Evidence(
        gtid_executed=executed,
        found=found,
        log_problem=problem,
        disturbed=disturbed,
        atomic_ddl=not connection.version.mariadb and connection.version.number >= (8, 0, 0),
        now={name: observer.definition(name) for name in begun.before},
        unsafe_tables=tuple(name for name in begun.tables if _keeps_rows(connection, name.database, name.name)),
        relaxed=relaxed,
        left=_left(connection, begun) if begun.tool else (),
    )


def _left(connection: Connection, begun: Begun) -> tuple[str, ...]:
    """Return the new tables that an online schema change of this statement has not put in their place."""
    return tuple(
        str(name)
        for table in begun.before
        for (name,) in connection.query(
            f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = {quote_text(table.database)} "
            f"AND TRIM(LEADING '_' FROM TABLE_NAME) = {quote_text(table.name.lstrip('_') + '_new')}"
        )
    )


def _gtid_executed(connection: Connection, begun: Begun) -> bool | None:
    if not begun.gtid or connection.version.mariadb:
        return None
    return is_executed(connection, begun.gtid)


def _search(connection: Connection, target: Address, begun: Begun) -> tuple[Found | None, str, str]:
    """Read the binary log to its present end; return what was found, who else changed, and why it cannot be read."""
    if begun.start is None:
        return None, "", "its position before the statement was not written down."
    connection_id = None if begun.gtid else begun.connection_id  # a GTID tells more, and a statement sent again has two
    search = Search(marker(begun.opid), connection_id, begun.start, _disturbs(begun), begun.gtid or "")
    try:
        end = current_position(connection)
        events = read_events(target, begun.start, end, timeout=_SILENCE, notes=True)
        with closing(events):  # type: ignore[type-var]
            return *find_statement(events, search), ""
    except (BinlogError, ServerError) as error:
        return None, "", error.message


def _disturbs(begun: Begun) -> Callable[[str], bool]:
    names = "|".join(re.escape(name.name) for name in begun.before)
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.I)
    return lambda text: bool(names) and kind_of(text).is_ddl and pattern.search(text) is not None


def _keeps_rows(connection: Connection, database: str, table: str) -> bool:
    """Tell whether a table's engine knows no transactions."""
    answer = connection.value(
        "SELECT e.TRANSACTIONS FROM information_schema.TABLES t "
        "JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE "
        f"WHERE t.TABLE_SCHEMA = {quote_text(database)} AND t.TABLE_NAME = {quote_text(table)}"
    )
    return answer == "NO"


def _relaxed(connection: Connection) -> tuple[str, ...]:
    """Return the settings of the target under which its crash may lose what was committed."""
    names = "','".join(_SAFE)
    rows = connection.query(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('{names}')")
    values = {text_of(name): text_of(value) for name, value in rows}
    return tuple(f"{name}={values[name]}" for name, safe in _SAFE.items() if values.get(name, safe) != safe)
