"""Give a rule another level, for all: 0 (off), 1 (warning), 2 (error), or default, the one it is shipped with.

It holds for batches that begin later, until the server ends: `levels:` of the configuration is there to keep it. A
source's own levels go before. Some rules can't be lowered, or execution and rollback would go wrong.
"""

from collections.abc import Mapping

from inception.answer import Answer, Ok
from inception.commands import Context

SYNTAX = "inception set level <rule> = <level>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer OK; raises BadLevel: no such rule, or why it can't have that level."""
    context.gateway.settings.set_level(arguments["rule"] or "", arguments["level"] or "")
    return Ok()
