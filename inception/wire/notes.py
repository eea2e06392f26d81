"""The findings of a batch as the rows of SHOW WARNINGS."""

from inception.answer import ResultSet
from inception.report import FIELDS
from inception.wire.handler import Note

_CODE = 2500  # findings have no codes of their own
_LEVELS = ("Note", "Warning", "Error")
_COLUMNS = {field.name: position for position, field in enumerate(FIELDS)}


def notes_of(answer: ResultSet) -> tuple[Note, ...]:
    """Return a note for each finding of a batch's rows, with the number of its statement in front."""
    if answer.fields != FIELDS:
        return ()
    return tuple(
        Note(_LEVELS[int(row[_COLUMNS["errlevel"]] or 0)], _CODE, f"{row[_COLUMNS['ID']]}: {line}")
        for row in answer.rows
        for line in str(row[_COLUMNS["errormessage"]] or "").splitlines()
    )
