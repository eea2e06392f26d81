"""Run the rollback of executed statements on their target, the last executed first, each as one transaction.

A source comment in front names the target and the account: /*--host=…;--port=…;--user=…;--password=…;*/. Nothing of an
operation is applied where one of its rows has changed since, unless --force is given. The rollback is itself recorded:
its answer's `sequence` can be rolled back in turn.
"""

from collections.abc import Mapping

from inception.answer import Encoded
from inception.commands import Context, shown, values_of
from inception.errors import BadCommand
from inception.gateway.audit_log import Who
from inception.rollback import RollbackRequest

SYNTAX = "inception rollback <opid_time,> [from <backup_dbname>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Encoded:
    """Answer the eleven columns, a row for each operation."""
    if context.source is None:
        raise BadCommand(f"Put the target in front: /*--host=…;--port=…;--user=…;--password=…;*/ {shown(SYNTAX)}")
    opids = tuple(dict.fromkeys(values_of(arguments["opid_time"] or "")))
    request = RollbackRequest(context.source, opids, arguments["backup_dbname"] or "")
    who = Who(context.connection_id, context.user, context.host)
    return (await context.gateway.submit(who, request, context.values, context.encode)).answer
