"""What became of the statements of one answer, counted for the metrics. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from inception.answer import Value
from inception.report import Stage, Status

# Columns of a row of the answer, see report.FIELDS.
_STAGE, _LEVEL, _STATUS, _AFFECTED, _SQLSHA1 = 1, 2, 3, 6, 10
_RESULTS = {str(Status.EXECUTED): "executed", str(Status.FAILED): "failed", str(Status.ABORTED): "aborted"}


@dataclass
class Tally:
    """Statements, online schema changes, backups by result; the highest level; rows affected by what was executed."""

    level: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    schema_changes: Counter[str] = field(default_factory=Counter)
    backups: Counter[str] = field(default_factory=Counter)
    affected_rows: int = 0


def tally(rows: Iterable[tuple[Value, ...]]) -> Tally:
    """Count rows of the eleven columns."""
    counted = Tally()
    for row in rows:
        status, _, backup = str(row[_STATUS]).partition("\n")
        counted.level = max(counted.level, int(str(row[_LEVEL])))
        result = _RESULTS.get(status, "checked")
        counted.statements[result] += 1
        if row[_SQLSHA1] and result != "checked":
            counted.schema_changes[result] += 1
        if backup:
            counted.backups["failed" if backup == "Backup failed" else "stored"] += 1
        if row[_STAGE] == Stage.EXECUTED and status == Status.EXECUTED:
            counted.affected_rows += int(str(row[_AFFECTED]))
    return counted
