"""IGNORE: rows and values that do not fit go by without an error. Off unless it is given a level."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Update
from inception.rule import Level

LEVEL = Level.NONE
ORDER = 434


def check(form: Insert | Update | Delete) -> Iterator[str]:
    """Yield a finding for each."""
    if form.ignore:
        verb = type(form).__name__.upper()
        yield f"{verb} IGNORE hides errors: rows are left out and values are cut."
