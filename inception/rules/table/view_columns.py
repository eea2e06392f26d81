"""A view that names another number of columns than its query has."""

from collections.abc import Iterator

from inception.resolve import column_count
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.statements import CreateView

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 161


def check(create: CreateView, scene: Scene) -> Iterator[str]:
    """Yield a finding where the columns of the query are known."""
    if not create.columns or scene.statement.query is None:
        return
    found = column_count(scene.statement.query, scene.statement.database, scene.before)
    if found is not None and found != len(create.columns):
        yield f"View '{create.name.name}' names {len(create.columns)} columns, but its query has {found}."
