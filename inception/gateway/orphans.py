"""A worker process has died: the online schema changes that it ran are ended, and cleaned up after, by the gateway."""

import asyncio
import logging

from inception.gateway.tasks import Task
from inception.gateway.workers import WorkerDied
from inception.osc.clean import Cleaned
from inception.osc.job import Trail
from inception.osc.orphan import end_and_clean
from inception.server import Address

log = logging.getLogger("inception.request")


async def clean_up_after(task: Task, died: WorkerDied) -> WorkerDied:
    """Return the error with what was done about the online schema changes of the task, once that is done."""
    options = task.options
    address = Address(options.host, options.port, options.user, options.password, options.tls)
    told = [died.message]
    for trail in task.trails.values():
        log.warning("a worker has died during the online schema change of %s", trail.table)
        told.append(_told(trail, await asyncio.to_thread(end_and_clean, address, trail)))
    return WorkerDied(" ".join(told))


def _told(trail: Trail, cleaned: Cleaned) -> str:
    removed = f" and was removed: {'; '.join(cleaned.statements)}." if cleaned.statements else " nothing."
    problem = f" {cleaned.problem}" if cleaned.problem else ""
    return f"The online schema change of {trail.table} was ended; it left{removed}{problem}"
