"""A character outside of strings that nobody sees, or that looks like a blank or a quote: the SQL is not as it seems.

Blanks that are none and zero-width characters become part of names. Controls of writing direction show the text in
another order, also in comments. In strings all of them are data.
"""

from collections.abc import Iterator
from itertools import islice

from inception.batch.statement import Statement
from inception.facts.hidden import hidden_characters
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 13
ALIKE = True
_MOST = 5


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each of the first few."""
    text = statement.sample or statement.text
    for offset, described in islice(hidden_characters(text, scene.world.server.syntax), _MOST):
        line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        yield f"Hidden character {described} at line {line}, column {column}."
