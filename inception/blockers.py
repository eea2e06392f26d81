"""Who holds a metadata lock on a table now, and so makes a change of its definition wait. Only asks.

performance_schema.metadata_locks (MySQL 5.7 and later, MariaDB 10.5 and later, where enabled), or MariaDB's plugin
metadata_lock_info. Manual: "The metadata_locks Table"; MariaDB: "Metadata Lock Info Plugin".
"""

from collections.abc import Iterable

from inception.errors import ConnectionLost, ServerError
from inception.mysql import Connection, Row
from inception.schema.model import TableName
from inception.sql import quote_text
from inception.world import Blocker

_TRANSACTION = "TIMESTAMPDIFF(SECOND, x.trx_started, NOW())"


def blockers_of(connection: Connection, table: TableName, *, but: Iterable[int] = ()) -> tuple[Blocker, ...]:
    """Return the connections that hold a lock on a table, the oldest first; none where the server does not tell.

    Connections `but` and the asking one are left out.
    """
    left_out = ", ".join(str(int(each)) for each in (*but, connection.thread_id))
    for question in (_by_performance_schema, _by_plugin):
        try:
            rows = connection.query(question(table, left_out))
        except ConnectionLost:
            raise
        except ServerError:  # no such table, or no privilege
            continue
        if rows:
            return tuple(sorted(map(_blocker, rows), key=lambda each: -each.seconds))
    return ()


def _by_performance_schema(table: TableName, left_out: str) -> str:
    return (
        "SELECT DISTINCT t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, t.PROCESSLIST_COMMAND, "
        f"COALESCE({_TRANSACTION}, t.PROCESSLIST_TIME), x.trx_started IS NOT NULL "
        "FROM performance_schema.metadata_locks m "
        "JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID "
        "LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID "
        f"WHERE m.OBJECT_TYPE = 'TABLE' AND m.OBJECT_SCHEMA = {quote_text(table.database)} "
        f"AND m.OBJECT_NAME = {quote_text(table.name)} AND m.LOCK_STATUS = 'GRANTED' "
        f"AND t.PROCESSLIST_ID IS NOT NULL AND t.PROCESSLIST_ID NOT IN ({left_out})"
    )


def _by_plugin(table: TableName, left_out: str) -> str:
    return (
        f"SELECT DISTINCT p.ID, p.USER, p.HOST, p.COMMAND, COALESCE({_TRANSACTION}, p.TIME), x.trx_started IS NOT NULL "
        "FROM information_schema.METADATA_LOCK_INFO m "
        "JOIN information_schema.PROCESSLIST p ON p.ID = m.THREAD_ID "
        "LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = p.ID "
        f"WHERE m.TABLE_SCHEMA = {quote_text(table.database)} AND m.TABLE_NAME = {quote_text(table.name)} "
        f"AND p.ID NOT IN ({left_out})"
    )


def _blocker(row: Row) -> Blocker:
    connection_id, user, host, command, seconds, in_transaction = (None if cell is None else str(cell) for cell in row)
    idle = (command or "") == "Sleep"
    return Blocker(
        int(connection_id or 0), user or "", host or "", max(0, int(float(seconds or 0))), idle, in_transaction == "1"
    )
