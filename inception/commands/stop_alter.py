"""Stop an online schema change: nothing of it is left on the target, and later statements of its batch are not run."""

from collections.abc import Mapping

from inception.answer import Answer, Ok
from inception.commands import Context
from inception.osc.job import Order

SYNTAX = "inception stop alter <sqlsha1>"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer OK as soon as the order is on its way; raises NoSuchJob where none of that name runs."""
    context.gateway.tasks.steer((arguments["sqlsha1"] or "").upper(), Order.STOP)
    return Ok()
