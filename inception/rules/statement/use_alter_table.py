"""CREATE INDEX, DROP INDEX or RENAME TABLE, which ALTER TABLE does as well."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.statements import CreateIndex, DropIndexStatement, RenameTables

LEVEL = Level.WARNING
ORDER = 68


def check(form: CreateIndex | DropIndexStatement | RenameTables) -> Iterator[str]:
    """Yield a finding for each; they are executed and rolled back all the same."""
    match form:
        case CreateIndex():
            written = "CREATE INDEX"
        case DropIndexStatement():
            written = "DROP INDEX"
        case _:
            written = "RENAME TABLE"
    yield f"Write it as ALTER TABLE, not {written}."
