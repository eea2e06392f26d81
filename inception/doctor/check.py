"""One line of a diagnosis, and what a server answered. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inception.doctor.grants import Grants
from inception.server import ServerVersion


class State(StrEnum):
    """`degraded`: it works, with less than there could be. `missing`: it does not work."""

    FINE = "fine"
    DEGRADED = "degraded"
    MISSING = "missing"


class Purpose(StrEnum):
    """What something is needed for."""

    CONNECT = "connect"
    CHECK = "check"
    EXECUTE = "execute"
    BACKUP = "backup"
    OSC = "osc"


@dataclass(frozen=True)
class Check:
    """What was found of one subject. `remedy`: the statement or setting that mends it, '' where nothing is to mend."""

    purpose: Purpose
    subject: str
    state: State
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Facts:
    """What a server answered to one account.

    `account` is quoted as GRANT takes it. `refused` tells of each session variable that rollbacks need and that was
    refused, why; `position` and `stream` tell why the binary log's end and content can't be read, '' where they can.
    """

    version: ServerVersion
    account: str
    variables: Mapping[str, str | None]
    grants: Grants
    encrypted: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    position: str = ""
    stream: str = ""

    def grant(self, *privileges: str, place: str = "*.*") -> str:
        """Return the statement that grants privileges to the account."""
        return f"GRANT {', '.join(privileges)} ON {place} TO {self.account};"

    def on(self, name: str) -> bool:
        """Tell whether a variable is ON."""
        return (self.variables.get(name) or "").upper() in ("ON", "1")

    def number(self, name: str) -> int | None:
        """Return a variable's number, None where the server has no such one."""
        value = self.variables.get(name)
        return int(value) if value and value.isdecimal() else None


def privileges(facts: Facts, purpose: Purpose, state: State, what: str, *wanted: str) -> Check:
    """Judge privileges that are needed together: `state` is what it is where one of them is missing."""
    subject = ", ".join(wanted)
    missing = facts.grants.missing(*wanted)
    if missing:
        return Check(purpose, subject, state, f"{', '.join(missing)} not granted: {what}", facts.grant(*missing))
    places = sorted({place for each in wanted for place in facts.grants.where(each)})
    return Check(purpose, subject, State.FINE, "granted on " + ", ".join(places))


def writable(facts: Facts, purpose: Purpose, consequence: str) -> Check:
    """Judge whether the server takes changes at all. MariaDB's read_only has other values than ON, too."""
    for name in ("super_read_only", "read_only"):
        value = (facts.variables.get(name) or "OFF").upper()
        if value not in ("OFF", "0"):
            return Check(purpose, name, State.MISSING, f"{value}: {consequence}", f"SET GLOBAL {name} = OFF;")
    return Check(purpose, "read_only", State.FINE, "OFF")
