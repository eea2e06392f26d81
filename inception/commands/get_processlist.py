"""Show one row per running request; the asking connection is LOCAL. Texts are cut at 100 characters unless `full`."""

from collections.abc import Mapping

from inception.answer import Answer, CellType, Field, ResultSet, Value
from inception.commands import Context
from inception.gateway.tasks import Task
from inception.progress import State

SYNTAX = "inception <verb:get|show> [<full:full>] processlist"

_FIELDS = (
    Field("Id", CellType.INT), Field("Dest_User"), Field("Dest_Host"), Field("Dest_Port", CellType.INT),
    Field("From_Host"), Field("Command"), Field("STATE"), Field("Time", CellType.INT), Field("Info"),
    Field("Current_Execute"), Field("Percent", CellType.INT),
)  # fmt: skip
_SHORT = 100
_COMMANDS = {"check": "CHECK", "execute": "EXECUTE", "split": "SPLIT", "query-print": "PRINT", "masking": "PRINT"}


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer the running requests, oldest first, and the asking connection."""
    full = arguments["full"] is not None
    rows = [_row(task, None if full else _SHORT) for task in context.gateway.tasks.running.values()]
    name = "inception get full processlist" if full else "inception get processlist"
    own = (context.connection_id, None, None, None, context.host, "LOCAL", "INIT", 0, name, None, None)
    return ResultSet(_FIELDS, [*rows, own])


def _row(task: Task, limit: int | None) -> tuple[Value, ...]:
    options, progress = task.options, task.progress
    auditing = progress.state is State.CHECKING
    executing = progress.state is State.EXECUTING
    info = task.waiting if progress.state is State.INIT else ""
    info = info or (progress.current if auditing else "inception_magic_commit")
    return (
        task.id, options.user, options.host, options.port, task.client_host, _COMMANDS[options.mode.value],
        progress.state.value, task.seconds, info[:limit], progress.current[:limit] if executing else None,
        progress.percent,
    )  # fmt: skip
