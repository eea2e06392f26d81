"""A database that does not exist at that point of the batch."""

from collections.abc import Iterator

from inception.batch.statement import Statement, Use
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.statements import AlterDatabase, DropDatabase

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 31
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each unknown database that the statement names."""
    names = [name.database for name in (*statement.changes, *statement.reads) if name.database]
    match statement.form:
        case Use(database=name):
            names.append(name)
        case DropDatabase(name=name, if_exists=False) | AlterDatabase(name=name):
            names.append(name)
    for name in dict.fromkeys(names):
        if scene.before.database(name) is None:
            yield f"Unknown database '{name}'."
