"""Show variables, sorted by name; passwords are masked. % and _ match as in LIKE; no match gives an empty set."""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context

SYNTAX = "inception <verb:get|show> variables [[like] <pattern>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer Variable_name and Value as they hold for the asking connection."""
    rows = context.gateway.settings.show(arguments["pattern"], context.values)
    return ResultSet(texts("Variable_name", "Value"), rows)
