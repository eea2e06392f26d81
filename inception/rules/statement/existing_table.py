"""A table or view is created although that name is taken."""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene
from inception.schema.define import CreateTable
from inception.schema.statements import CreateView

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 34
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield an error, or a warning for IF NOT EXISTS."""
    match statement.form:
        case CreateTable(or_replace=False, temporary=False, if_not_exists=passes):
            made = statement.changes[:1]
        case CreateView(or_replace=False, alter=False, if_not_exists=passes):
            made = statement.changes[:1]
        case _:
            return
    for name in made:
        if scene.before.table(name) is not None:
            yield Said(Level.WARNING if passes else LEVEL, f"Table '{name}' already exists.")
