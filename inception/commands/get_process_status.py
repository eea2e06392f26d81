"""Tell whether this server works on a sequence: RUNNING (also after its client went away) or STOPPED."""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context

SYNTAX = "inception get process status <sequence>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer one row with the column STATUS."""
    running = context.gateway.tasks.executes(arguments["sequence"] or "")
    return ResultSet(texts("STATUS"), [("RUNNING" if running else "STOPPED",)])
