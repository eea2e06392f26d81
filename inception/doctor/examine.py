"""Looks at servers and prints what was found: the acting half of `inception doctor`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inception.doctor import backup_server, target
from inception.doctor.check import Check, Purpose, State
from inception.doctor.look import look_at_backup_server, look_at_target
from inception.errors import ConfigError, ServerError
from inception.gateway import backup_address
from inception.osc.tool import find_tool
from inception.server import Address
from inception.settings import Snapshot
from inception.settings.accounts import Source
from inception.settings.config import Config
from inception.world import Tool

_STYLES = {State.FINE: "green", State.DEGRADED: "yellow", State.MISSING: "bold red"}
Diagnosis = Mapping[str, tuple[Check, ...]]


def examine(config: Config, names: Sequence[str], values: Snapshot) -> Diagnosis:
    """Look at the named sources, or at all of them, and at the backup server; return what was found by server.

    Raises ConfigError where a name is no source, or where nothing is configured.
    """
    for name in names:
        if name not in config.sources:
            known = ", ".join(config.sources) or "none"
            raise ConfigError(f"There is no source '{name}' in the configuration; there are: {known}.")
    tool = find_tool(values["inception_osc_bin_dir"])
    chosen = names or list(config.sources)
    found = {f"source {name}": _target(config.sources[name], tool, values) for name in chosen}
    if address := backup_address(values):
        found["backup server"] = _backup_server(address)
    elif not found:
        raise ConfigError("Nothing to look at: the configuration has neither sources: nor a backup server.")
    return found


def _target(source: Source, tool: Tool, values: Snapshot) -> tuple[Check, ...]:
    try:
        return target.judge(look_at_target(source.address), tool, source.over(values))
    except ServerError as error:
        return (_unreachable(error),)


def _backup_server(address: Address) -> tuple[Check, ...]:
    try:
        return backup_server.judge(look_at_backup_server(address))
    except ServerError as error:
        return (_unreachable(error),)


def _unreachable(error: ServerError) -> Check:
    remedy = "Check host, port, account and password, and that the server runs."
    return Check(Purpose.CONNECT, "connection", State.MISSING, str(error), remedy)


def is_missing(diagnosis: Diagnosis) -> bool:
    """Tell whether something does not work."""
    return any(check.state is State.MISSING for checks in diagnosis.values() for check in checks)


def to_json(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as one JSON document: a list of checks for each server."""
    return json.dumps({name: [asdict(check) for check in checks] for name, checks in diagnosis.items()}, indent=2)


def print_tables(diagnosis: Diagnosis) -> None:
    """Print a table for each server, then the statements that mend what was found."""
    console = Console()
    for name, checks in diagnosis.items():
        table = Table("for", "what", "state", "found", title=name, title_justify="left", expand=False)
        for check in checks:
            state = Text(check.state, style=_STYLES[check.state])
            table.add_row(check.purpose, Text(check.subject), state, Text(check.detail))
        console.print(table)
        for remedy in _remedies(checks):
            console.print(Text(f"  {remedy}"), soft_wrap=True)


def _remedies(checks: Iterable[Check]) -> Iterable[str]:
    return dict.fromkeys(f"{check.state}: {check.remedy}" for check in checks if check.remedy)
