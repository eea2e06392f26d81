"""What the row of a task keeps of its statements until they get rows of their own, several at a time. Pure.

Who writes progress waits for a commit, and one UPDATE of one row takes hardly longer than that. Rows of another table
in the same commit would take as long again: so they are written once in a while, and a crash leaves the rest here.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby

from inception.own_tables import DATABASE
from inception.sql import quote_value

Value = int | str | None
_encoded = json.JSONEncoder(separators=(",", ":")).encode
Journal = Mapping[int, Mapping[str, Value]]  # columns of execute_statement by the number of the statement


def merged(journal: Journal, changes: Journal) -> Journal:
    """Return a journal with changes after what it has."""
    return {**journal, **{number: {**journal.get(number, {}), **values} for number, values in changes.items()}}


def journal_text(journal: Journal) -> str | None:
    """Return a journal as it is stored; None for an empty one."""
    return _encoded(journal) if journal else None


def read_journal(text: str) -> Journal:
    """Return what `journal_text` stored, '' for None."""
    return {int(number): values for number, values in json.loads(text or "{}").items()}


def moved(journal: Journal, key: str) -> Iterator[str]:
    """Yield the statements that write a journal into execute_statement; `key` is the task's name, quoted."""
    entries = sorted(journal.items(), key=lambda entry: (tuple(entry[1]), entry[0]))
    for columns, some in groupby(entries, key=lambda entry: tuple(entry[1])):
        needed = {name: "" for name in ("owner", "statement_digest") if name not in columns}  # have no default
        names = "".join(f", `{name}`" for name in (*needed, *columns))
        rows = ", ".join(
            f"({key}, {number}{''.join(f', {quote_value(value)}' for value in {**needed, **values}.values())})"
            for number, values in some
        )
        updates = ", ".join(f"`{name}` = VALUES(`{name}`)" for name in columns)
        yield (
            f"INSERT INTO `{DATABASE}`.`execute_statement` (`task_sequence`, `number`{names}) VALUES {rows} "
            f"ON DUPLICATE KEY UPDATE {updates}"
        )
