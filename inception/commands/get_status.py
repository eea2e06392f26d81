"""Tell of all tasks, or of one in detail, as one JSON document; ended ones are listed for a day, with the first 1,024
characters of their texts.

A task that was cut off is read from the backup server, and what became of its last statement is found out on the
target: with the account of a source comment in front (/*--host=…;--port=…;--user=…;--password=…;*/), or of the source
of the configuration that has this host and port.
"""

import asyncio
import json
from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.backup import connect_backup
from inception.begun import Begun
from inception.claim import Task, find_task, recent_tasks
from inception.commands import Context
from inception.errors import InceptionError, NoSuchRequest
from inception.gateway import backup_address, status
from inception.gateway.status import Json
from inception.recovery import investigate
from inception.server import Address
from inception.verdict import Outcome, Verdict, of_whole

SYNTAX = "inception get status [<sequence>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer one row with the column STATUS."""
    name = arguments["sequence"]
    told = await (_all(context) if name is None else _one(context, name))
    return ResultSet(texts("STATUS"), [(json.dumps(told, ensure_ascii=False),)])


async def _all(context: Context) -> Json:
    told = {task.name: task for task in context.gateway.tasks.all()}
    address, message = backup_address(context.gateway.settings.snapshot()), ""
    if address is not None:
        try:
            kept = await asyncio.to_thread(_recent, address)
            told = {each.name: status.of_kept(each, None) for each in kept} | told
        except InceptionError as error:
            message = f"Tasks of other servers, and those that were cut off, may be missing: {error.message}"
    return status.document((each.brief for each in told.values()), message)


async def _one(context: Context, name: str) -> Json:
    task = context.gateway.tasks.find(name)
    address = backup_address(context.gateway.settings.snapshot())
    if (task is None or task.ended) and address is not None:
        kept = await asyncio.to_thread(_kept, address, name)
        if kept is not None and (task is None or kept.open):  # what is written outlives what we remember
            verdict = await asyncio.to_thread(_verdict, context, kept)
            return status.document([status.of_kept(kept, verdict).whole])
    if task is None:
        raise NoSuchRequest(f"There is no task '{name}'; 'inception get status' lists those of a day.")
    return status.document([task.whole])


def _recent(address: Address) -> list[Task]:
    with connect_backup(address, read_timeout=30) as connection:
        return recent_tasks(connection)


def _kept(address: Address, name: str) -> Task | None:
    with connect_backup(address, read_timeout=30) as connection:
        return find_task(connection, name)


def _verdict(context: Context, kept: Task) -> Verdict | None:
    """Find out what became of the statement that is open, where nobody works on the task."""
    begun = kept.open
    if begun is None or kept.held:
        return None
    doubt = begun.in_doubt
    return of_whole(begun, None if doubt is None else _looked_at(context, kept, doubt))


def _looked_at(context: Context, kept: Task, doubt: Begun) -> Verdict:
    target = _account(context, kept)
    if target is None:
        return Verdict(
            Outcome.UNKNOWN,
            "No account to look at the target with: put /*--host=…;--port=…;--user=…;--password=…;*/ in front.",
        )
    return investigate(target, doubt, kept.name)


def _account(context: Context, kept: Task) -> Address | None:
    """Return how to reach a task's target: as the source comment says, or a source that has its host and port."""
    given, sources = context.source, context.gateway.config.sources
    if given is not None and given.source in sources:
        return sources[given.source].address
    if given is not None and given.has_account:
        return Address(kept.host, kept.port, given.user, given.password, given.tls)
    for source in sources.values():
        if (source.host, source.port) == (kept.host, kept.port):
            return source.address
    return None
