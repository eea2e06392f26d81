"""Outcomes as tables for people."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inception.release.outcome import Line

_STYLES = ("dim", "yellow", "bold red")
_MARKS = ("note", "warning", "error")
_LONGEST = 400  # characters of a statement that are shown


def print_outcome(console: Console, lines: Sequence[Line], *, executed: bool) -> None:
    """Print a row for each statement, its remarks below it, and how many there are."""
    table = Table(expand=False, show_lines=False)
    for name in ("place", "statement and remarks", "rows", *(("stage", "seconds") if executed else ())):
        table.add_column(name, overflow="fold", justify="right" if name in ("rows", "seconds") else "left")
    for line in lines:
        report = line.report
        done = (report.stage.value, report.execute_time) if executed else ()
        table.add_row(Text(f"{line.path}:{line.line}"), _said(line), str(report.affected_rows), *done)
    console.print(table)
    levels = [remark.level for line in lines for remark in line.remarks]
    style = _STYLES[2] if 2 in levels else _STYLES[1] if 1 in levels else "green"
    counted = f"{len(lines)} statements, {levels.count(2)} errors, {levels.count(1)} warnings"
    console.print(Text(counted, style=style))


def _said(line: Line) -> Text:
    text = Text(line.report.sql[:_LONGEST])
    for remark in line.remarks:
        text.append(f"\n  {_MARKS[remark.level]} ", style=_STYLES[remark.level])
        text.append(remark.message.replace("\n", "\n  "))
        text.append(f" [{remark.rule}]", style="dim")
    return text


def print_rows(console: Console, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under the names of their columns."""
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(table)
