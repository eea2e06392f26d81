"""Two columns of one name, also of a view, or that the query of CREATE TABLE … SELECT gives."""

from collections.abc import Iterable, Iterator

from inception.resolve import output_columns
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.define import CreateTable
from inception.schema.statements import CreateView

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 160


def check(create: CreateTable | CreateView, scene: Scene) -> Iterator[str]:
    """Yield a finding for each name that stands there again."""
    query = scene.statement.query
    given = () if query is None else output_columns(query, scene.statement.database, scene.before) or ()
    if isinstance(create, CreateView):
        lists: tuple[Iterable[str], ...] = (create.columns or given,)
    else:
        lists = ((column.name for column in create.table.columns), given)
    what = "view" if isinstance(create, CreateView) else "table"
    for names in lists:
        for name in _repeated(names):
            yield f"Duplicate column '{name}' in {what} '{create.name.name}'."


def _repeated(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            yield name
        seen.add(name.casefold())
