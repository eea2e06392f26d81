"""Show one row per online schema change of the batches that run: what waits, what runs, and what has ended.

PERCENT is 100 only after success; REMAINTIME is the tool's own estimate, MM:SS or HH:MM:SS; INFOMATION is what it said
besides, waits for load or lag included.
"""

from collections.abc import Mapping

from inception.answer import Answer, CellType, Field, ResultSet
from inception.commands import Context

SYNTAX = "inception <verb:get|show> osc processlist"

_FIELDS = (
    Field("DBNAME"), Field("TABLENAME"), Field("COMMAND"), Field("SQLSHA1"), Field("PERCENT", CellType.INT),
    Field("REMAINTIME"), Field("INFOMATION"),
)  # fmt: skip


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer the online schema changes, those of the oldest batch first."""
    return ResultSet(
        _FIELDS,
        [
            (job.table.database, job.table.name, job.command, job.sqlsha1, job.percent, job.remaining, job.information)
            for job in context.gateway.tasks.jobs()
        ],
    )
