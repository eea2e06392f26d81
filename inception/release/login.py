"""Where a command's target is, and with which account: a source of the configuration, or options and an option file.

Passwords come from the configuration, an option file or the environment: a command line can be seen by everybody.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inception.errors import BadOption, ConfigError
from inception.server import Address, Tls
from inception.settings.config import Config
from inception.settings.optionfile import read_group

PASSWORD = "INCEPTION_TARGET_PASSWORD"  # noqa: S105 - the name of a variable
_CLIENT = "client"  # the group that the mysql client reads


def target_of(config: Config, options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Address:
    """Return the target. Raises BadOption or ConfigError, which say what is missing.

    `options` has source, host, port, user, ssl and option_file; the file's group [client] fills what is not given.
    """
    environment = os.environ if environment is None else environment
    if options["source"]:
        if options["host"]:
            raise BadOption("--source and --host exclude each other.")
        source = config.sources.get(options["source"])
        if source is None:
            known = ", ".join(config.sources) or "none"
            raise BadOption(f"There is no source '{options['source']}' in the configuration; there are: {known}.")
        return source.address
    filed = _client_group(options["option_file"]) if options["option_file"] else {}
    host = options["host"] or filed.get("host")
    if not host:
        raise BadOption("Give the target: --source NAME, or --host, or --option-file with a group [client].")
    port = options["port"] or filed.get("port") or "3306"
    if not str(port).isdigit() or not 1 <= int(port) <= 65535:
        raise ConfigError(f"{options['option_file']}: port can't be '{port}': it is a whole number, 1 to 65535.")
    user = options["user"] or filed.get("user") or environment.get("USER", "")
    password = environment.get(PASSWORD, filed.get("password", ""))
    return Address(host, int(port), user, password, Tls(options["ssl"]))


def _client_group(path: Path) -> dict[str, str]:
    return {name.replace("_", "-"): value or "" for name, value in read_group(path, _CLIENT)}
