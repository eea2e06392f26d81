"""Show the rollback statements of executed statements, ready to run in the given order: the last executed first.

An operation id is the column `sequence` of an answer. Each id is one transaction.
"""

import asyncio
from collections.abc import Mapping

from inception import stored
from inception.answer import Answer, ResultSet, texts
from inception.backup import connect_backup
from inception.commands import Context, values_of
from inception.gateway import backup_address
from inception.server import Address

SYNTAX = "inception get rollback <opid_time,> [from <backup_dbname>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer opid_time, dbname, tablename, rollback_statement. Raises NoRollbackStored."""
    opids = values_of(arguments["opid_time"] or "")
    address = backup_address(context.gateway.settings.snapshot(context.values))
    rows = await asyncio.to_thread(_read, address, opids, arguments["backup_dbname"] or "")
    return ResultSet(texts("opid_time", "dbname", "tablename", "rollback_statement"), rows)


def _read(address: Address | None, opids: list[str], home: str) -> list[tuple[str, ...]]:
    with connect_backup(address) as backup:
        operations = stored.in_undo_order(stored.find(backup, opids, home))
        return [
            (operation.opid, part.database, part.table, text)
            for operation in operations
            for part, text in stored.statements(backup, operation)
        ]
