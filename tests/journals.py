"""What the backup server keeps of a task, for tests that look at it or take some of it away."""

import json
from collections.abc import Callable
from typing import Any

from inception.begun import Begun
from inception.claim import find_task
from inception.mysql import Connection
from inception.sql import quote_text


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
