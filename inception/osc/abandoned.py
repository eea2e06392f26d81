"""Looks over a whole server for what online schema changes have left: tables with triggers of the tool at rest.

Only triggers tell for certain: a table may be called `_t_new` for other reasons.
"""

from inception.mysql import Connection
from inception.osc.clean import find_leftovers, running
from inception.schema.model import TableName


def find_abandoned(connection: Connection) -> tuple[TableName, ...]:
    """Return the tables that have triggers of the tool while it does not work on them. Raises ServerError.

    The account needs TRIGGER to see triggers, and PROCESS to see the tool of another account at work.
    """
    rows = connection.query(
        "SELECT DISTINCT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS "
        "WHERE LEFT(TRIGGER_NAME, 7) = 'pt_osc_' ORDER BY 1, 2"
    )
    tables = (TableName(str(database), str(name)) for database, name in rows)
    return tuple(table for table in tables if not _works_on(connection, table))


def _works_on(connection: Connection, table: TableName) -> bool:
    found = find_leftovers(connection, table)
    return any(any(running(connection, table, name)) for name in found.new or ("",))
