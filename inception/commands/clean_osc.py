"""Remove what an online schema change that was cut off left beside a table: its triggers first, then its copies.

A source comment in front names the target and the account: /*--host=…;--port=…;--user=…;--password=…;*/. Nothing is
removed while the tool works on the table, nor where the table itself is not there.
"""

from collections.abc import Mapping

from inception.answer import Encoded
from inception.cleaning import CleanRequest
from inception.commands import Context
from inception.errors import BadCommand
from inception.gateway.audit_log import Who
from inception.schema.model import TableName

SYNTAX = "inception clean osc <table>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Encoded:
    """Answer the eleven columns, a row for each statement that was run; raises what keeps it from being done."""
    if context.source is None:
        raise BadCommand(f"Put the target in front: /*--host=…;--port=…;--user=…;--password=…;*/ {SYNTAX}")
    database, point, name = (arguments["table"] or "").partition(".")
    if not (database and point and name):
        raise BadCommand(f"Give the table with its database, as 'shop.orders': {SYNTAX}")
    request = CleanRequest(context.source, TableName(database, name))
    who = Who(context.connection_id, context.user, context.host)
    return (await context.gateway.submit(who, request, context.values, context.encode)).answer
