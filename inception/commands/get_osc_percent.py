"""Show how far the online schema change of that name has come, until its batch's answer has been sent.

The name is the one that the check and the answer give as sqlsha1. An unknown name gives no row.
"""

from collections.abc import Mapping

from inception.answer import Answer, CellType, Field, ResultSet
from inception.commands import Context

SYNTAX = "inception get osc_percent <sqlsha1>"

_FIELDS = (
    Field("DBNAME"), Field("TABLENAME"), Field("SQLSHA1"), Field("PERCENT", CellType.INT), Field("REMAINTIME"),
    Field("INFOMATION"),
)  # fmt: skip


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer its row, as in `inception get osc processlist` without COMMAND."""
    wanted = (arguments["sqlsha1"] or "").upper()
    return ResultSet(
        _FIELDS,
        [
            (job.table.database, job.table.name, job.sqlsha1, job.percent, job.remaining, job.information)
            for job in context.gateway.tasks.jobs()
            if job.sqlsha1 == wanted
        ],
    )
