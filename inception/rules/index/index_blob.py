"""An index that the type of its column does not allow.

BLOB and TEXT need a prefix length (MariaDB from 10.4 on takes one by itself, but not for a primary key); JSON of MySQL
cannot be indexed, and GEOMETRY there has only SPATIAL indexes."""

from collections.abc import Iterator

from inception.facts.types import BLOBS, SPATIAL, TEXTS
from inception.rule import REFUSED, Level
from inception.scene import Reshaped, Scene
from inception.schema.model import Index, IndexKind, IndexPart, Table
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 338
_NEVER = (9999, 0, 0)


def check(shape: Reshaped, scene: Scene) -> Iterator[str]:
    """Yield a finding for each column of an index that is new, or whose type changes."""
    server = scene.world.server
    before = set(_all_problems(shape.before, server)) if shape.before is not None else set()
    for problem in _all_problems(shape.table, server):
        if problem not in before:
            yield problem


def _all_problems(table: Table, server: Server) -> Iterator[str]:
    for index in table.indexes:
        for part in index.parts:
            problem = _problem(index, part, table, server)
            if problem:
                yield f"Column '{part.column}' in index '{index.name}' of table '{table.name.name}': {problem}."


def _problem(index: Index, part: IndexPart, table: Table, server: Server) -> str:
    column = table.column(part.column)
    if column is None:
        return ""
    takes_itself = server.at_least(mysql=_NEVER, mariadb=(10, 4, 0)) and index.kind is not IndexKind.PRIMARY
    if column.type == "json":
        return "JSON can't be indexed"
    if index.kind in (IndexKind.FULLTEXT, IndexKind.SPATIAL):
        return ""
    if column.type in BLOBS | TEXTS and not part.prefix and part.prefix != 0 and not takes_itself:
        return "BLOB and TEXT need a prefix length"
    if column.type in SPATIAL and not server.version.mariadb:
        return _geometry(index, part, server)
    return ""


def _geometry(index: Index, part: IndexPart, server: Server) -> str:
    """MySQL 8.0.12 and later index GEOMETRY by SPATIAL only, and take a plain KEY for one."""
    if index.kind is IndexKind.PLAIN and part.prefix is None and server.at_least(mysql=(8, 0, 12), mariadb=_NEVER):
        return ""
    return "GEOMETRY takes only a SPATIAL index"
