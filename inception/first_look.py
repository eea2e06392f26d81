"""What the server looks at once, as it starts: whether named targets have leftovers of online schema changes."""

import asyncio
import logging
from collections.abc import Mapping

from inception.errors import InceptionError
from inception.mysql import connect
from inception.osc.abandoned import find_abandoned
from inception.settings.accounts import Source

log = logging.getLogger("inception.upkeep")
_PATIENCE = 10  # seconds for a target to answer


async def look_at_sources(sources: Mapping[str, Source]) -> None:
    """Log what is found on each target, one after the other; one that does not answer is passed over."""
    for source in sources.values():
        await asyncio.to_thread(_look, source)


def _look(source: Source) -> None:
    try:
        with connect(source.address, connect_timeout=_PATIENCE, read_timeout=_PATIENCE) as connection:
            found = find_abandoned(connection)
    except InceptionError as error:
        log.info("source %s was not looked at: %s", source.name, error.message)
        return
    for table in found:
        log.warning(
            "source %s: an online schema change of %s has left its triggers; if none runs, remove them with: "
            "/*--source=%s;*/ inception clean osc '%s'",
            source.name, table, source.name, table,
        )  # fmt: skip
