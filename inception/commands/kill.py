"""Stop a request: its statement is killed on the target, nothing further runs, what was executed is backed up."""

from collections.abc import Mapping

from inception.answer import Answer, Ok
from inception.commands import Context
from inception.errors import BadCommand

SYNTAX = "inception kill <id>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer OK as soon as the stop is on its way; raises NoSuchRequest where nothing runs under that Id."""
    number = arguments["id"] or ""
    if not number.isascii() or not number.isdigit():
        raise BadCommand(f"'{number[:20]}' is no Id: {SYNTAX}")
    context.gateway.kill(int(number), f"Killed by {context.user}@{context.host}")
    return Ok()
