"""A temporary table whose name does not start with tmp."""

from collections.abc import Iterator

from inception.rule import Level
from inception.schema.define import CreateTable

LEVEL = Level.ERROR
ORDER = 155


def check(create: CreateTable) -> Iterator[str]:
    """Yield a finding for it; the case of the letters does not matter."""
    if create.temporary and not create.name.name.lower().startswith("tmp"):
        yield f"Set 'tmp' prefix for temporary table '{create.name.name}'."
