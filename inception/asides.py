"""Questions in a batch, `inception show …` and `inception desc …`: put to the target, and answered between the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inception.batch.aside import Aside
from inception.errors import ConnectionLost, ServerError
from inception.introspect import Observer
from inception.report import Report


def answers(observer: Observer, asides: Iterable[Aside]) -> list[tuple[Aside, Report]]:
    """Ask the target and return a row for each question; what it refuses is told there, and is no hindrance."""
    return [(aside, _answer(observer, aside)) for aside in asides]


def _answer(observer: Observer, aside: Aside) -> Report:
    if not aside.query:
        return Report(0, aside.text, 2, ("inception desc takes the name of a table.",))
    observer.enter(aside.database)
    connection = observer.connection
    connection.query("START TRANSACTION READ ONLY")  # SHOW … WHERE may call functions
    try:
        rows = connection.query(aside.query)
    except ConnectionLost:
        raise
    except ServerError as error:
        return Report(0, aside.text, 2, (str(error.message),))
    finally:
        connection.query("ROLLBACK")
    lines = [" | ".join(map(_shown, row)) for row in rows]
    return Report(0, "\n".join([f"{aside.text}:", *lines]), 0)


def _shown(cell: object) -> str:
    if cell is None:
        return "NULL"
    return cell.decode("utf-8", "backslashreplace") if isinstance(cell, bytes) else str(cell)


def between(rows: Sequence[Report], asked: Iterable[tuple[Aside, Report]]) -> list[Report]:
    """Return the rows of statements with the answers at their places, numbered anew."""
    placed = [(row.number, 1, row) for row in rows] + [(aside.before, 0, row) for aside, row in asked]
    in_order = [row for *_, row in sorted(placed, key=lambda each: each[:2])]
    return [_numbered(row, number) for number, row in enumerate(in_order, 1)]


def _numbered(row: Report, number: int) -> Report:
    executed = row.sequence and not row.sequence.startswith("'0_0_")
    return replace(row, number=number, sequence=row.sequence if executed else f"'0_0_{number - 1}'")
