"""What the server does by itself once a day: purging the backup server, where inception_purge_days says so."""

import asyncio
import logging
from threading import Event

from inception.backup import connect_backup
from inception.errors import InceptionError
from inception.gateway import backup_address
from inception.settings import Settings
from inception.upkeep import purge

log = logging.getLogger("inception.upkeep")
_DAY = 86400.0  # seconds


async def purge_daily(settings: Settings, pause: float = _DAY) -> None:
    """Purge now and after each `pause` of seconds, until cancelled; what goes wrong is logged and tried again then."""
    stopping = Event()
    try:
        while True:
            await asyncio.to_thread(_purge, settings, stopping)
            await asyncio.sleep(pause)
    finally:
        stopping.set()


def _purge(settings: Settings, stopping: Event) -> None:
    values = settings.snapshot()
    days, address = values["inception_purge_days"], backup_address(values)
    if not days or address is None:
        return
    try:
        with connect_backup(address) as connection:
            found = purge(connection, days, go_on=lambda: not stopping.is_set())
    except InceptionError as error:
        log.warning("what is older than %d days could not be purged: %s", days, error.message)
        return
    log.info(
        "purged what is older than %d days: %d operations, %d rollback rows, %d tasks",
        days, found.operations, found.rows, found.tasks,
    )  # fmt: skip
    if found.kept:
        log.warning("tasks with an unknown outcome are kept: %s", ", ".join(found.kept))
