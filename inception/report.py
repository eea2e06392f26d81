"""Report: one row of the answer to a check or an execution."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inception.answer import CellType, Field, ResultSet, Value
from inception.audit import Audited
from inception.rule import Finding
from inception.server import ServerWarning

FIELDS = (
    Field("ID", CellType.INT),
    Field("stage"),
    Field("errlevel", CellType.INT),
    Field("stagestatus"),
    Field("errormessage"),
    Field("SQL"),
    Field("Affected_rows", CellType.INT),
    Field("sequence"),
    Field("backup_dbname"),
    Field("execute_time"),
    Field("sqlsha1"),
)


class Stage(StrEnum):
    """How far a statement came."""

    CHECKED = "CHECKED"
    EXECUTED = "EXECUTED"
    RERUN = "RERUN"


class Status(StrEnum):
    """The first line of stagestatus."""

    AUDITED = "Audit completed"
    EXECUTED = "Execute Successfully"
    FAILED = "Execute failed"
    ABORTED = "Execute Aborted"


@dataclass(frozen=True)
class Report:
    """One row: a statement with all that is said of it."""

    number: int
    sql: str
    errlevel: int
    messages: tuple[str, ...] = ()
    stage: Stage = Stage.CHECKED
    status: str = Status.AUDITED
    affected_rows: int = 0
    sequence: str = ""
    backup_dbname: str | None = None
    execute_time: str = "0"
    sqlsha1: str = ""
    findings: tuple[Finding, ...] = ()  # the first of the messages, with their rules

    def row(self) -> tuple[Value, ...]:
        """Return the cells in the order of FIELDS."""
        return (
            self.number, self.stage.value, self.errlevel, str(self.status), "\n".join(self.messages) or None, self.sql,
            self.affected_rows, self.sequence, self.backup_dbname, self.execute_time, self.sqlsha1,
        )  # fmt: skip


def result_set(rows: Sequence[tuple[Value, ...]]) -> ResultSet:
    """Return the answer of the eleven columns; it counts a warning for each finding."""
    return ResultSet(FIELDS, rows, warnings=sum(1 for _ in findings_of(rows)))


def findings_of(rows: Iterable[tuple[Value, ...]]) -> Iterator[tuple[int, str]]:
    """Yield the errlevel and each line of what rows say, with the number of the statement in front."""
    for number, _, errlevel, _, message, *_ in rows:
        for line in str(message).splitlines() if message is not None else ():
            yield int(errlevel or 0), f"{number}: {line}"


def checked(audited: Audited, backup_dbname: str | None) -> Report:
    """Return the row of a statement that was only audited."""
    statement = audited.statement
    return Report(
        statement.number, statement.text, audited.errlevel,
        tuple(finding.message for finding in audited.findings),
        affected_rows=audited.estimate, sequence=f"'0_0_{statement.number - 1}'", backup_dbname=backup_dbname,
        findings=audited.findings,
        sqlsha1=audited.way.sqlsha1,
    )  # fmt: skip


def server_warnings(warnings: Iterable[ServerWarning]) -> tuple[str, ...]:
    """Return a line for each warning of the server, numbered from 1."""
    return tuple(
        f"#{number} Execute({each.level}, Code {each.code}):{each.message}" for number, each in enumerate(warnings, 1)
    )


def warning_level(warnings: Iterable[ServerWarning]) -> int:
    """Return 1 where the server warned, 0 where it had nothing but notes to say."""
    return int(any(each.level != "Note" for each in warnings))
