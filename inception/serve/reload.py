"""Reading the configuration again while the server runs (SIGHUP): what can change does, what cannot is said."""

import logging
from collections.abc import Callable, Mapping

from inception.errors import ConfigError, InceptionError
from inception.gateway import Gateway
from inception.settings import Settings
from inception.settings.accounts import User
from inception.settings.config import Config

log = logging.getLogger("inception.serve.reload")

ReadAgain = Callable[[], tuple[Config, Settings]]


def reload(gateway: Gateway, read_again: ReadAgain, use_users: Callable[[Mapping[str, User]], None]) -> None:
    """Take over sources, users, levels and global variables; a configuration that can't be used changes nothing.

    What `inception set` changed stays as it was set. Clients that are logged in keep their role.
    """
    try:
        found, settings = read_again()
        if gateway.config.users and not found.users:
            raise ConfigError("users: are gone: that would let everybody in. Stop the server to run it without users.")
    except InceptionError as error:
        log.error("the configuration is not taken over, the old one holds: %s", error.message)
        return
    waiting = gateway.settings.adopt(settings)
    gateway.config = found
    use_users(found.users)
    gateway.on_change()
    for note in found.notes:
        log.warning(note)
    log.info("the configuration was read again: %d users, %d sources", len(found.users), len(found.sources))
    if waiting:
        log.warning("changed, and in force only after a restart: %s", ", ".join(waiting))
