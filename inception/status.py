"""`inception get status` as a document: tasks of this server, and those that only the backup server knows. Pure."""

from collections.abc import Iterable
from typing import Any

from inception.begun import DONE, ERROR, PREPARE
from inception.claim import Task as Kept
from inception.errors import InceptionError
from inception.meter import amounts, percent, unit_of_work
from inception.progress import Problem, Progress, State
from inception.report import FIELDS
from inception.tasks import Stage, Task
from inception.verdict import Outcome, Verdict
from inception.workarounds import workaround

_UNITS = {State.CHECKING: "Check", State.EXECUTING: "Execute", State.BACKUP: "Backup"}
Json = dict[str, Any]


def document(tasks: Iterable[Json], message: str = "") -> Json:
    """Return the whole answer; `message` says what could not be found out."""
    return {"result": not message, "msg": message, "tasks": list(tasks)}


def brief(task: Json) -> Json:
    """Return the entry of a task in the list of all."""
    return {key: task[key] for key in ("taskName", "taskStatus", "target")}


def of_task(task: Task, now: float) -> Json:
    """Return everything about a task of this server; `now` is the time of its clock, in seconds."""
    progress, meter = task.progress, task.meter
    finished, total = amounts(progress)
    at = task.ended or now
    share = percent(progress)
    told: Json = {
        "taskName": task.name,
        "taskStatus": _status(task.stage, _problem(task)),
        "target": f"{task.options.host}:{task.options.port}",
        "stage": task.stage.value,
        "unit": _unit(progress),
        "sequence": progress.number,
        "statement": progress.current,
        "progress": "" if share is None else f"{share:.2f} %",
        "finished": finished,
        "total": total,
        "workUnit": unit_of_work(progress),
        "totalRate": round(meter.total_rate(at), 2),
        "recentRate": 0 if task.ended else round(meter.recent_rate(at), 2),
        "remainSeconds": 0 if task.ended else meter.remaining(progress, at),
        "binlog": progress.binlog,
        "masterBinlog": progress.master_binlog,
        "waiting": task.waiting,
        "outcome": progress.outcome,
        "reason": progress.reason or _reason(task),
        "result": _result(_problem(task)),
    }
    if task.orphaned and task.ended:
        names = [field.name for field in FIELDS]
        told["rows"] = [dict(zip(names, row, strict=True)) for row in task.rows]
    return told


def _reason(task: Task) -> str:
    """Say why no time is given, where the figures of what runs have stopped to tell it."""
    estimating = task.progress.work is not None and task.progress.work.estimating and not task.ended
    return "estimating: what the target shows does not tell how long it still takes" if estimating else ""


def of_kept(kept: Kept, verdict: Verdict | None) -> Json:
    """Return everything about a task that only the backup server knows; `verdict` is on its open statement."""
    stage = Stage.RUNNING if kept.held else Stage.FINISHED if _complete(kept) else Stage.STOPPED
    begun = next((each for each in kept.statements if each.number == kept.number), None)
    problem = None if stage is not Stage.STOPPED else _left(kept, verdict)
    return {
        "taskName": kept.name,
        "taskStatus": _status(stage, problem),
        "target": f"{kept.host}:{kept.port}",
        "stage": stage.value,
        "unit": "Execute",
        "sequence": kept.number,
        "statement": begun.text if begun else "",
        "progress": f"{100 * kept.last_done / kept.count:.2f} %" if kept.count else "",
        "finished": kept.last_done,
        "total": kept.count,
        "workUnit": "statements",
        "totalRate": 0,
        "recentRate": 0,
        "remainSeconds": None if stage is Stage.RUNNING else 0,
        "binlog": "",
        "masterBinlog": "",
        "waiting": "",
        "outcome": verdict.outcome.value if verdict else Outcome.COMMITTED.value if kept.status == DONE else "",
        "reason": verdict.reason if verdict else "",
        "result": _result(problem),
    }


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


def _unit(progress: Progress) -> str:
    if progress.work is not None and progress.work.tool and progress.state is State.EXECUTING:
        return "OSC"
    return _UNITS.get(progress.state, "Check")


def _status(stage: Stage, problem: Problem | None) -> str:
    if problem is not None and stage in (Stage.STOPPED, Stage.PAUSED):
        return f"Error - {problem.message}"
    return stage.value


def _problem(task: Task) -> Problem | None:
    if task.progress.problem is not None:
        return task.progress.problem
    error: InceptionError | None = task.error
    if error is not None:
        return Problem(error.errno, error.message, workaround=workaround(error.errno))
    return Problem(0, task.stop_reason) if task.stop_reason and task.ended else None


def _result(problem: Problem | None) -> Json:
    if problem is None:
        return {"code": 0, "msg": "", "reason": "", "workaround": ""}
    return {
        "code": problem.code,
        "msg": problem.message,
        "reason": problem.reason,
        "workaround": problem.workaround,
    }
