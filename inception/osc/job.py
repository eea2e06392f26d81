"""An online schema change as everybody knows it: its name, what it is of, how far it has come. Values only."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from inception.schema.model import TableName


def job_id(host: str, port: int, database: str, text: str, count: int) -> str:
    """Return the name of an online schema change: `*` and 40 hexadecimal digits.

    Made from what is altered and how, so that an audit and the execution of the same batch, or of a part of it, give
    the same. `count` tells equal texts of one batch apart: 1 for the first.
    """
    parts = [host, str(port), database, text, *([str(count)] if count > 1 else [])]
    digest = hashlib.sha1("\0".join(parts).encode("utf-8", "surrogateescape"), usedforsecurity=False)
    return "*" + digest.hexdigest().upper()


@dataclass(frozen=True)
class Job:
    """One online schema change. `alter` is what to do: the text after `ALTER TABLE` and the table's name.

    `referenced`: foreign keys point at the table. `plain`: the old definition and `alter` have nothing but Latin-1.
    """

    sqlsha1: str
    table: TableName
    command: str
    alter: str
    referenced: bool = False
    plain: bool = True
    force: bool = False

    @property
    def new_name(self) -> str:
        """The name that the new table has until it takes the old one's place."""
        name = f"_{self.table.name}_new"
        return name if len(name) <= 64 else f"_{self.sqlsha1[1:9].lower()}_new"


@dataclass(frozen=True)
class Way:
    """Which way an ALTER TABLE runs: online where there is a `job`, else natively; `reason` says why, for people.

    `instant`: natively, and only the definition changes. `problems` say why it cannot go online although it should: it
    is not run at all. `notes` are worth knowing.
    """

    reason: str = ""
    job: Job | None = None
    instant: bool = False
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sqlsha1(self) -> str:
        """The job's name; '' for a native ALTER."""
        return self.job.sqlsha1 if self.job is not None else ""


NATIVE = Way()
"""The way of statements for which there is no choice."""


class Phase(StrEnum):
    """Where an online schema change stands. Only one that is RUNNING or PAUSED can be steered."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class JobProgress:
    """How far an online schema change has come; `information` is what the tool said, `remaining` as it says it."""

    sqlsha1: str
    table: TableName
    command: str
    phase: Phase = Phase.WAITING
    percent: int = 0
    remaining: str = ""
    information: str = ""

    @property
    def can_be_steered(self) -> bool:
        """Tell whether it can be stopped, paused or resumed now."""
        return self.phase in (Phase.RUNNING, Phase.PAUSED)


@dataclass(frozen=True)
class Trail:
    """What must be known to clean up after a run: by its worker, or by the gateway where that has died.

    `pid` is the tool's process, `home` its private directory, `old` the old tables that stood before it; one that has
    come since may be dropped where `drops_old`.
    """

    sqlsha1: str
    table: TableName
    new_name: str
    pid: int = 0
    home: str = ""
    old: tuple[str, ...] = ()
    drops_old: bool = True


class Order(StrEnum):
    """What can be asked of an online schema change that runs."""

    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
