"""A row of more than 65,535 bytes, or that does not fit half a page of InnoDB; more than 1,017 columns in InnoDB.

What a row takes in a page depends on ROW_FORMAT: of long columns only a part is kept there. The limit is 8,126 bytes
with the usual pages of 16 KB, and minded where innodb_strict_mode is ON."""

from collections.abc import Iterator

from inception.facts.page import page_bytes, page_limit
from inception.facts.types import content_bytes, row_bytes
from inception.rule import REFUSED, Level
from inception.scene import Reshaped, Scene
from inception.schema.model import Column, Table
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 350
_MOST_BYTES = 65535
_MOST_COLUMNS = 1017
_MARIADB_COLUMN = 65532


def check(shape: Reshaped, scene: Scene) -> Iterator[str]:
    """Yield a finding for a table that is over a limit and was not before."""
    name, before = shape.table.name.name, shape.before
    size = _row_size(shape.table)
    grown = before is None or _row_size(before) <= _MOST_BYTES
    if size > _MOST_BYTES and grown and not _shrinks(shape.table, scene):
        yield f"Row size too large in table '{name}': {size} bytes, at most {_MOST_BYTES} without BLOBs."
    elif size <= _MOST_BYTES and shape.table.complete:
        yield from _in_a_page(shape, scene.world.server)
    engine = shape.table.option("engine") or scene.world.server.variables.get("default_storage_engine") or "innodb"
    count = len(shape.table.columns)
    if engine.lower() == "innodb" and count > _MOST_COLUMNS and (before is None or len(before.columns) < count):
        yield f"Too many columns in table '{name}': {count}, InnoDB takes at most {_MOST_COLUMNS}."


def _in_a_page(shape: Reshaped, server: Server) -> Iterator[str]:
    most = page_limit(shape.table, server)
    size = page_bytes(shape.table, server)
    if most is None or size <= most or (shape.before is not None and page_bytes(shape.before, server) > most):
        return
    yield (
        f"Row size too large in table '{shape.table.name.name}': up to {size} bytes in a page of InnoDB, "
        f"at most {most}: make some columns TEXT or BLOB."
    )


def _row_size(table: Table) -> int:
    """Count as the server does: every column's bytes, and a bit for each that may be NULL."""
    stored = [column for column in table.columns if not _is_virtual(column)]
    nullable = sum(column.nullable for column in table.columns)
    return sum(row_bytes(column, table.charset_of(column)) for column in stored) + (nullable + 7) // 8


def _is_virtual(column: Column) -> bool:
    return column.generated is not None and not column.generated.stored


def _shrinks(table: Table, scene: Scene) -> bool:
    """Not in strict mode, a VARCHAR or VARBINARY that is too long alone becomes TEXT or BLOB."""
    server = scene.world.server
    most = _MARIADB_COLUMN if server.version.mariadb else _MOST_BYTES
    long = [column for column in table.columns if column.type in ("varchar", "varbinary")]
    return not server.strict and any((content_bytes(each, table.charset_of(each)) or 0) > most for each in long)
