"""What became of files of SQL, as values: each statement with its place, each remark with its rule. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inception.batch.aside import Aside, is_aside, read_aside
from inception.batch.kind import skip_gap
from inception.batch.split import split
from inception.report import Report, Stage


@dataclass(frozen=True)
class Script:
    """A file of SQL: its path as given, and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Remark:
    """Something said of a statement. `level` is 0 (a note), 1 (a warning) or 2 (an error)."""

    rule: str
    level: int
    message: str


@dataclass(frozen=True)
class Line:
    """A statement with what became of it; `line` counts from 1 in the file."""

    path: str
    line: int
    report: Report

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What the rules found, then what happened while it was executed."""
        report = self.report
        found = tuple(Remark(each.rule, each.level.errlevel, each.message) for each in report.findings)
        return found + tuple(map(_happened, report.messages[len(found) :]))


def _happened(message: str) -> Remark:
    failed = message.startswith(("Execute: ", "Backup: "))
    return Remark("execution" if failed else "server-warning", 2 if failed else 1, message)


def placed(scripts: Iterable[Script], reports: Sequence[Report]) -> list[Line]:
    """Return the reports of all scripts together, in order, each with its file and line."""
    places = [place for script in scripts for place in _places(script)]
    if len(places) != len(reports):  # the target's sql_mode cuts the texts otherwise
        places = [(places[0][0] if places else "", 1)] * len(reports)
    return [Line(path, line, report) for (path, line), report in zip(places, reports, strict=True)]


def _places(script: Script) -> Iterator[tuple[str, int]]:
    """Yield file and line of each statement that has a row."""
    for piece in split(script.text):
        if not is_aside(piece.text) or isinstance(read_aside(piece.text, 0, ""), Aside):
            yield script.path, piece.line + piece.text.count("\n", 0, skip_gap(piece.text))


def exit_code(lines: Iterable[Line], *, strict: bool) -> int:
    """Return 0 where all is fine, 2 where there are errors, 1 where there are warnings and `strict` wants none."""
    worst = max((line.report.errlevel for line in lines), default=0)
    return worst if worst == 2 or strict else 0


def execution_code(lines: Sequence[Line], *, strict: bool) -> int:
    """Return the exit code of an execution: 2 also where something was not executed, though it has only warnings."""
    left = any(line.report.stage is Stage.CHECKED and not is_aside(line.report.sql) for line in lines)
    return 2 if left else exit_code(lines, strict=strict)
