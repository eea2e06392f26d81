"""What the backup server keeps of a task, for tests that write it, look at it, or take some of it away."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from inception.batch.statement import Kind, Statement
from inception.begun import PREPARE, Begun
from inception.claim import find_task
from inception.mysql import Connection
from inception.plan import Step, Undo
from inception.ran import Ran
from inception.schema.model import TableName
from inception.sql import quote_text

T = TableName("d", "t")


def statement(number: int, text: str = "update d.t set a = 1") -> Statement:
    return Statement(number, text, Kind.UPDATE, "d", changes=(T,))


def begun(number: int, **fields: object) -> Begun:
    kept = Begun(number, PREPARE, f"1_2_{number - 1}", 2, Kind.UPDATE, statement(number).text, tables=(T,))
    return replace(kept, **fields)  # type: ignore[arg-type]


def ran(number: int, **fields: object) -> Ran:
    return replace(Ran(Step(statement(number), Undo.ROWS, "home"), f"1_2_{number - 1}"), **fields)  # type: ignore[arg-type]


def statements_of(backup: Connection, task: str) -> dict[int, Begun]:
    """Return the statements of a task that were begun, by number."""
    found = find_task(backup, task)
    return {begun.number: begun for begun in found.statements} if found else {}


def rewrite(backup: Connection, task: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace each fact in the journal of a task by what `change` makes of it; by nothing where that is empty."""
    key = f"task_sequence = {quote_text(task)}"
    for entry, text in backup.query(f"SELECT entry, facts FROM inception.execute_journal WHERE {key}"):
        facts = [changed for fact in json.loads(str(text)) if (changed := change(fact))]
        backup.query(
            f"UPDATE inception.execute_journal SET facts = {quote_text(json.dumps(facts))} "
            f"WHERE {key} AND entry = {entry!s}"
        )
