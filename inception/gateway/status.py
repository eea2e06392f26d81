"""What `inception get status` tells of one task, and its document. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from inception.answer import Value
from inception.begun import DONE, ERROR, PREPARE
from inception.claim import Task as Kept
from inception.progress import Problem
from inception.report import FIELDS
from inception.verdict import Outcome, Verdict
from inception.workarounds import workaround

_LONGEST = 1024  # characters of a text that is kept for a day; execute_progress keeps as many of a message
Json = dict[str, Any]


class Stage(StrEnum):
    """How far a task has come, for who looks from outside."""

    NEW = "New"
    RUNNING = "Running"
    PAUSED = "Paused"
    STOPPED = "Stopped"
    FINISHED = "Finished"


@dataclass(frozen=True, slots=True)
class Status:
    """What is told of a task at one moment. `number` is the ID of the `statement` that it stands at.

    Rates are in units of work a second, `remaining` in seconds (None: not known). `rows` are those of an answer that
    its client did not take.
    """

    name: str
    target: str
    stage: Stage
    unit: str
    number: int
    statement: str
    percent: float | None
    finished: int
    total: int
    work_unit: str = "statements"
    total_rate: float = 0
    recent_rate: float = 0
    remaining: int | None = 0
    binlog: str = ""
    master_binlog: str = ""
    waiting: str = ""
    outcome: str = ""
    reason: str = ""
    problem: Problem | None = None
    rows: list[tuple[Value, ...]] | None = None

    @property
    def ended(self) -> bool:
        """Tell whether nobody works on it any more."""
        return self.stage in (Stage.STOPPED, Stage.FINISHED)

    @property
    def brief(self) -> Json:
        """Its entry in the list of all."""
        shown = self.problem is not None and self.stage in (Stage.STOPPED, Stage.PAUSED)
        message = self.stage.value
        if self.problem is not None and shown:  # its first line: `result` has all of it
            message = f"Error - {self.problem.message.partition(chr(10))[0]}"
        return {"taskName": self.name, "taskStatus": message, "target": self.target}

    @property
    def whole(self) -> Json:
        """Everything that is told of it."""
        told: Json = {
            **self.brief,
            "stage": self.stage.value,
            "unit": self.unit,
            "sequence": self.number,
            "statement": self.statement,
            "progress": "" if self.percent is None else f"{self.percent:.2f} %",
            "finished": self.finished,
            "total": self.total,
            "workUnit": self.work_unit,
            "totalRate": round(self.total_rate, 2),
            "recentRate": round(self.recent_rate, 2),
            "remainSeconds": self.remaining,
            "binlog": self.binlog,
            "masterBinlog": self.master_binlog,
            "waiting": self.waiting,
            "outcome": self.outcome,
            "reason": self.reason,
            "result": _result(self.problem or Problem(0, "")),
        }
        if self.rows is not None:
            names = [field.name for field in FIELDS]
            told["rows"] = [dict(zip(names, row, strict=True)) for row in self.rows]
        return told

    def shortened(self) -> "Status":
        """Return it with its texts cut, so that it is small whatever the request was."""
        problem = self.problem and replace(
            self.problem, message=cut(self.problem.message), reason=cut(self.problem.reason)
        )
        return replace(
            self, statement=cut(self.statement), binlog=cut(self.binlog), master_binlog=cut(self.master_binlog),
            reason=cut(self.reason), problem=problem,
        )  # fmt: skip


def cut(text: str) -> str:
    """Return as much of a text as is kept for a day."""
    return text[:_LONGEST]


def document(tasks: Iterable[Json], message: str = "") -> Json:
    """Return the whole answer; `message` says what could not be found out."""
    return {"result": not message, "msg": message, "tasks": list(tasks)}


def of_kept(kept: Kept, verdict: Verdict | None) -> Status:
    """Return everything about a task that only the backup server knows; `verdict` is on its open statement."""
    stage = Stage.RUNNING if kept.held else Stage.FINISHED if _complete(kept) else Stage.STOPPED
    begun = next((each for each in kept.statements if each.number == kept.number), None)
    return Status(
        name=kept.name,
        target=f"{kept.host}:{kept.port}",
        stage=stage,
        unit="Execute",
        number=kept.number,
        statement=begun.text if begun else "",
        percent=100 * kept.last_done / kept.count if kept.count else None,
        finished=kept.last_done,
        total=kept.count,
        remaining=None if stage is Stage.RUNNING else 0,
        outcome=verdict.outcome.value if verdict else Outcome.COMMITTED.value if kept.status == DONE else "",
        reason=verdict.reason if verdict else "",
        problem=None if stage is not Stage.STOPPED else _left(kept, verdict),
    )


def _complete(kept: Kept) -> bool:
    return kept.status == DONE and kept.number == kept.count


def _left(kept: Kept, verdict: Verdict | None) -> Problem:
    """Say why a task that nobody works on is not finished, and how to go on."""
    resume = "Submit the same batch with the same --sequence and --resume to go on."
    if kept.status == ERROR:
        return Problem(kept.errno, kept.message, f"Statement {kept.number} failed.", workaround(kept.errno, resume))
    reason = verdict.reason if verdict else ""
    if kept.status == PREPARE and verdict and verdict.outcome is Outcome.UNKNOWN:
        resume = f"Look at the data. {resume[:-1]}, with --resume-as=committed or --resume-as=not-committed."
    where = f"at statement {kept.number}" if kept.number else "before its first statement"
    return Problem(0, f"It was cut off {where}.", reason, resume)


def _result(problem: Problem) -> Json:
    return {
        "code": problem.code,
        "msg": problem.message,
        "reason": problem.reason,
        "workaround": problem.workaround,
    }
