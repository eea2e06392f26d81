"""Change a variable: for all (global, also without a scope), or for the asking connection (session)."""

from collections.abc import Mapping

from inception.answer import Answer, Ok
from inception.commands import Context

SYNTAX = "inception set [<scope:global|session>] <name> = <value>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer OK; raises BadVariable naming the variable, the value and what is allowed."""
    name, value = arguments["name"] or "", arguments["value"] or ""
    if (arguments["scope"] or "").lower() == "session":
        context.keep(context.gateway.settings.with_session(context.values, name, value))
    else:
        context.gateway.set_global(name, value)
    return Ok()
