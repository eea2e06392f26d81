"""What the doctor says of a server, by subject, for tests."""

from inception.doctor import backup_server, target
from inception.doctor.check import Check, State
from inception.doctor.look import look_at_backup_server, look_at_target
from inception.server import Address
from inception.settings import Settings
from inception.world import Tool

TOOL = Tool("/usr/bin/pt-online-schema-change", (3, 7, 1))
Checks = dict[str, Check]


def by_subject(checks: tuple[Check, ...]) -> Checks:
    """Return checks as `purpose: subject`."""
    return {f"{check.purpose}: {check.subject}": check for check in checks}


def examine(address: Address, tool: Tool = TOOL, **values: object) -> Checks:
    """Look at a target; `values` are variables that are not what they are by default."""
    return by_subject(target.judge(look_at_target(address), tool, {**Settings().snapshot(), **values}))


def examine_backup(address: Address) -> Checks:
    """Look at a backup server."""
    return by_subject(backup_server.judge(look_at_backup_server(address)))


def not_fine(found: Checks, *but: str) -> dict[str, State]:
    """Return what is degraded or missing."""
    return {name: check.state for name, check in found.items() if check.state is not State.FINE and name not in but}
