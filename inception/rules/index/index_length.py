"""An index that is longer than the target allows.

For InnoDB 3,072 bytes a column and in all; 767 bytes a column with COMPACT and REDUNDANT rows or without large
prefixes. Where the target only shortens an index that is not unique (not in strict mode, MariaDB), or makes a hash
of a unique one (MariaDB from 10.4 on), it is no error."""

from collections.abc import Iterator

from inception.facts.indexes import Limits, limits, part_bytes, part_limit
from inception.rule import REFUSED, Level
from inception.scene import Reshaped, Scene
from inception.schema.model import Index, IndexKind, Table
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 330
_NEVER = (9999, 0, 0)


def check(shape: Reshaped, scene: Scene) -> Iterator[str]:
    """Yield a finding for each index of the table that is too long and was not before."""
    server = scene.world.server
    table = shape.table
    before = set(_too_long(shape.before, server)) if shape.before is not None else set()
    for index in table.indexes:
        problem = _problem(index, table, limits(table, server), server)
        if problem and index.name not in before:
            yield f"Index '{index.name}' in table '{table.name.name}' is too long: {problem}."


def _too_long(table: Table, server: Server) -> Iterator[str]:
    most = limits(table, server)
    return (index.name for index in table.indexes if _problem(index, table, most, server))


def _problem(index: Index, table: Table, most: Limits | None, server: Server) -> str:
    if most is None or index.kind in (IndexKind.FULLTEXT, IndexKind.SPATIAL):
        return ""
    if index.kind is IndexKind.UNIQUE and server.at_least(mysql=_NEVER, mariadb=(10, 4, 0)) and not most.old_rows:
        return ""
    shortened = index.kind is IndexKind.PLAIN and not most.old_rows and (server.version.mariadb or not server.strict)
    shortened = shortened or (index.kind is IndexKind.PLAIN and not server.version.mariadb and not server.strict)
    whole = 0
    for part in index.parts:
        size = part_bytes(part, table)
        if size is None:
            return ""
        limit = part_limit(part, table, most.part)
        if size > limit and not shortened:
            return f"column '{part.column}' has {size} bytes, at most {limit} are allowed"
        whole += min(size, limit)
    return f"it has {whole} bytes, at most {most.whole} are allowed" if whole > most.whole else ""
