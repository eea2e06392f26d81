"""The findings of a batch as the rows of SHOW WARNINGS."""

from collections.abc import Iterable

from inception.wire.handler import Note

_CODE = 2500  # findings have no codes of their own
_LEVELS = ("Note", "Warning", "Error")


def notes_of(findings: Iterable[tuple[int, str]]) -> tuple[Note, ...]:
    """Return a note for each finding: its errlevel, and its line."""
    return tuple(Note(_LEVELS[level], _CODE, line) for level, line in findings)
