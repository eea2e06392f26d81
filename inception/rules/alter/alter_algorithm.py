"""How the target will carry out an ALTER TABLE: at once, in place, by a rebuild or by a copy of the table.

By the target's kind and version, the table as it stands and the actions together; measured on real servers. Said of
tables that the target has, not of those that the batch makes. The execution asserts it: see
inception_assert_algorithm."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.foreseen import foreseen_in, sentence, stored_in
from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.settings.variables import Help
from inception.world import UNREAD

LEVEL = Level.NOTE
ORDER = 734


def check(
    _: AlterTable,
    scene: Scene,
    *,
    inception_foresee_alter: Annotated[bool, Help("Say how the target will carry out an ALTER TABLE.")] = True,
) -> Iterator[str]:
    """Yield a note on each."""
    said = foreseen_in(scene) if inception_foresee_alter and scene.way.job is None else None
    if said is not None:
        yield sentence(said, scene.statement.changes[0].name, stored_in(scene) or UNREAD)
