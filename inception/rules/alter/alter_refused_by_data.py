"""The target would refuse the change because of the rows that are there.

Duplicates under a new unique index; in strict sql_mode also NULLs under NOT NULL and values that do not fit the
narrower type. The data are asked for a limited time; a question that takes longer is said to be not checked.
"""

from collections.abc import Iterator
from typing import Annotated

from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.statements import CreateIndex
from inception.settings.variables import Between, Help

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 736


def check(
    _: AlterTable | CreateIndex,
    scene: Scene,
    *,
    inception_probe_time: Annotated[
        int,
        Help("Seconds that a question to the data of an altered table may take; 0: not asked."),
        Between(0, 600),
    ] = 2,
) -> Iterator[Said]:
    """Yield an error for each reason that was found, a warning for a question without an answer."""
    if not inception_probe_time:
        return
    for answer in scene.world.probes.get(scene.statement.number, ()):
        if answer.problem:
            yield Said(Level.WARNING, f"Not checked whether {answer.meaning}: {answer.problem}")
        else:
            yield Said(LEVEL, f"The target would refuse this: {answer.meaning}.")
