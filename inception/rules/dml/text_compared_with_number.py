"""A text column compared with a number in UPDATE or DELETE: many texts are equal to one number, no index is used."""

from collections.abc import Iterator

from inception.batch.statement import Delete, Update
from inception.facts.conditions import texts_compared_with_numbers
from inception.resolve import resolve
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 524


def check(change: Update | Delete, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such column."""
    found = resolve(change.tree, scene.statement.database, scene.before)
    for name in dict.fromkeys(texts_compared_with_numbers(change, found, scene.before)):
        yield f"Column '{name}' is a text: compare it with a text in quotes, '1' and not 1."
