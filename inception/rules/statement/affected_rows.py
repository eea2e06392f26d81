"""A change that will probably touch more rows than inception_max_update_rows."""

from collections.abc import Iterator
from typing import Annotated

from inception.batch.statement import Delete, Insert, Statement, Update
from inception.rule import Level
from inception.scene import Scene
from inception.settings.variables import Between, Help

LEVEL = Level.WARNING
ORDER = 50
ALIKE = True


def check(
    statement: Statement,
    scene: Scene,
    *,
    inception_max_update_rows: Annotated[
        int, Help("A change of more rows than this gets a warning."), Between(1, None)
    ] = 10000,
) -> Iterator[str]:
    """Yield a finding where the estimate is over the limit; INSERT … VALUES is not limited."""
    match statement.form:
        case Insert(has_query=False):
            return
        case Insert() | Update() | Delete():
            rows = scene.world.estimates.get(statement.number, 0)
            if rows > inception_max_update_rows:
                yield f"About {rows} rows will be changed, more than the {inception_max_update_rows} allowed at once."
