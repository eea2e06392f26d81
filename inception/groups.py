"""Which statements run in one transaction (--trans), and how each is told from the others in the binary log. Pure.

A savepoint in front of each statement is logged in its place within the transaction: MySQL and MariaDB write it to the
binary log in row format too, also where the statement changes no row.
"""

import re
from collections.abc import Iterator, Sequence

from inception.plan import Step
from inception.sql import quote_name

_SAVEPOINT = re.compile(r"SAVEPOINT\s+`?inception_(\d+)`?\s*", re.IGNORECASE)


def grouped(plan: Sequence[Step], most: int) -> Iterator[tuple[Step, ...]]:
    """Yield the steps in order, up to `most` row changes together where they follow each other, others alone.

    Those of temporary tables are alone: with them the savepoints before the first logged change of a transaction do
    not get into the binary log (MariaDB 10.11, MySQL 9.7).
    """
    group: list[Step] = []
    for step in plan:
        statement = step.statement
        joins = most > 1 and statement.kind.is_dml and statement.lasting_changes == statement.changes
        if group and (not joins or len(group) == most):
            yield tuple(group)
            group = []
        if joins:
            group.append(step)
        else:
            yield (step,)
    if group:
        yield tuple(group)


def savepoint(number: int) -> str:
    """Return the statement that marks the beginning of a statement of a transaction."""
    return f"SAVEPOINT {quote_name(f'inception_{number}')}"


def marked(text: str) -> int | None:
    """Return the number of the statement that a savepoint of ours stands before; None for another text."""
    found = _SAVEPOINT.fullmatch(text)
    return int(found[1]) if found else None
