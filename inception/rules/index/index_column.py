"""An index on an unknown column, on one column twice, or with a prefix that does not fit its column.

Also what SPATIAL and FULLTEXT indexes and primary keys do not take."""

from collections.abc import Iterator

from inception.facts.types import BLOBS, CHARACTERS, SPATIAL, TEXTS, is_string
from inception.rule import REFUSED, Level
from inception.scene import NewForeignKey, NewIndex, Scene
from inception.schema.model import Column, Index, IndexKind, IndexPart, Table
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 340


def check(new: NewIndex | NewForeignKey, scene: Scene) -> Iterator[str]:
    """Yield a finding for each."""
    table = new.table
    if isinstance(new, NewForeignKey):
        for name in new.foreign_key.columns:
            if table.column(name) is None and table.complete:
                yield f"Key column '{name}' of a foreign key doesn't exist in table '{table.name.name}'."
        return
    seen: set[str] = set()
    for part in new.index.parts:
        if part.expression:
            continue
        name = part.column.casefold()
        problem = _problem(new.index, part, table, scene.world.server) if name not in seen else "it is there twice"
        seen.add(name)
        if problem:
            yield f"Column '{part.column}' in {new.where}: {problem}."
    yield from _as_a_whole(new, scene.world.server)


def _as_a_whole(new: NewIndex, server: Server) -> Iterator[str]:
    most = 32 if server.version.mariadb else 16
    if len(new.index.parts) > most:
        yield f"An index has at most {most} columns: {new.where}."
    if new.index.kind is IndexKind.SPATIAL and len(new.index.parts) > 1:
        yield f"A SPATIAL index has only one column: {new.where}."


def _problem(index: Index, part: IndexPart, table: Table, server: Server) -> str:
    column = table.column(part.column)
    if column is not None and not column.type:  # of a table made from a query
        return ""
    if column is None:
        return f"it doesn't exist in table '{table.name.name}'" if table.complete else ""
    if index.kind is IndexKind.SPATIAL:
        return _spatial(column)
    if index.kind is IndexKind.FULLTEXT:
        texts = CHARACTERS | TEXTS | ({"json"} if server.version.mariadb else {column.type} & {"json"})
        return "" if column.type in texts and column.charset != "binary" else "FULLTEXT is for texts"
    if index.kind is IndexKind.PRIMARY and column.generated and (server.version.mariadb or not column.generated.stored):
        return "a generated column can't be in the primary key"
    return _prefix(part, column, table, server)


def _spatial(column: Column) -> str:
    if column.type not in SPATIAL:
        return "SPATIAL is for GEOMETRY"
    return "SPATIAL needs NOT NULL" if column.nullable else ""


def _prefix(part: IndexPart, column: Column, _: Table, server: Server) -> str:
    if part.prefix is None:
        return ""
    if part.prefix == 0:
        return "a prefix can't be of length 0"
    if column.type in SPATIAL and server.version.mariadb:
        return ""
    if not is_string(column):
        return "" if column.type in SPATIAL | {"json"} else "only texts and bytes can have a prefix"
    too_long = column.type not in BLOBS | TEXTS and part.prefix > (column.length or 1)
    return "the prefix is longer than the column" if too_long else ""
