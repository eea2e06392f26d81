"""Let an online schema change rest after the chunk that it copies now; its triggers go on, so that nothing is lost."""

from collections.abc import Mapping

from inception.answer import Answer, Ok
from inception.commands import Context
from inception.osc.job import Order

SYNTAX = "inception pause osc <sqlsha1>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer OK as soon as the order is on its way; raises NoSuchJob where none of that name runs."""
    context.gateway.tasks.steer((arguments["sqlsha1"] or "").upper(), Order.PAUSE)
    return Ok()
