"""The rows of an execution: what was audited, and what became of each statement. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from inception.batch.statement import SetNames, Use
from inception.plan import Undo
from inception.ran import Ran
from inception.report import Report, Stage, Status, server_warnings, warning_level

_LOST = "Execute: the target's answer was lost with the connection: "
_COUNTED = f"{_LOST}Affected_rows was counted in the binary log, execute_time is not known."
_NOT_COUNTED = f"{_LOST}Affected_rows and execute_time are not known."


@dataclass(frozen=True)
class Recorded:
    """What the recorder says of statements, by number: why one is not backed up, and what to mind.

    `counts` are the rows that statements changed whose own answer was lost, where the binary log tells.
    """

    problems: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)

    def plus(self, other: "Recorded") -> "Recorded":
        """Return this and what another recorder says."""
        return Recorded(
            {**self.problems, **other.problems}, {**self.notes, **other.notes}, {**self.counts, **other.counts}
        )


def executed_rows(rows: Sequence[Report], rans: Sequence[Ran], recorded: Recorded, stopped: str) -> list[Report]:
    """Return the rows of the audit with what became of the statements that were reached.

    `stopped` says why the execution was ended from outside, '' where it was not: the first row that was not reached
    tells it, unless the last statement has failed by that.
    """
    told = list(rows)
    for ran in rans:
        position = ran.step.statement.number - 1
        told[position] = _told(told[position], ran, recorded)
    ended_early = not rans or (rans[-1].sent and not rans[-1].failed)
    if stopped and len(rans) < len(told) and ended_early:
        told[len(rans)] = _aborted(told[len(rans)], f"Execute: {stopped}")
    return told


def _aborted(row: Report, message: str) -> Report:
    return replace(row, errlevel=2, status=Status.ABORTED, messages=(*row.messages, message))


def _told(row: Report, ran: Ran, recorded: Recorded) -> Report:
    if not ran.sent:
        return _aborted(row, ran.reason if ran.aborted else f"Execute: {ran.reason}")
    number = ran.step.statement.number
    backup_problem, note = recorded.problems.get(number), recorded.notes.get(number)
    status = str(Status.FAILED if ran.failed else Status.EXECUTED)
    if ran.changed and ran.step.undo is not Undo.NONE:
        status += "\nBackup successfully" if backup_problem is None else "\nBackup failed"
    problems = [f"Execute: {each}" for each in (ran.reason, ran.unwritten) if each]
    problems += [f"Backup: {backup_problem}"] if backup_problem is not None else []
    notes = [f"Backup: {note}"] if note else []
    said = [f"Execute: {ran.note}"] if ran.note else []
    count = recorded.counts.get(number) if ran.affected_rows is None else ran.affected_rows
    lost = [] if ran.affected_rows is not None else [_NOT_COUNTED if count is None else _COUNTED]
    warnings = ran.warnings or ()
    again = isinstance(ran.step.statement.form, Use | SetNames)
    return replace(
        row,
        errlevel=2 if problems else max(row.errlevel, warning_level(warnings), len(notes)),
        messages=(*row.messages, *problems, *said, *notes, *lost, *server_warnings(warnings)),
        stage=Stage.RERUN if again else Stage.EXECUTED,
        status=status,
        affected_rows=count or 0,
        sequence=f"'{ran.opid}'",
        execute_time=f"{ran.seconds:.3f}",
    )
