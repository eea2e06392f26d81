"""A default that does not fit the column's type.

Dates are judged by the target's sql_mode. ON UPDATE is for TIMESTAMP and DATETIME only."""

import re
from collections.abc import Iterator

from inception.facts.fits import Target, fits
from inception.facts.literals import read_literal
from inception.facts.types import SPATIAL, type_text
from inception.rule import REFUSED, Level
from inception.scene import NewColumn, NewDefault, Scene
from inception.schema.model import Column, Default, Table
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 264
_NOW = re.compile(r"(?:CURRENT_TIMESTAMP|NOW|LOCALTIME|LOCALTIMESTAMP)\s*(?:\(\s*(\d*)\s*\))?", re.I)


def check(new: NewColumn | NewDefault, scene: Scene) -> Iterator[str]:
    """Yield a finding for a default, or ON UPDATE, that the target would refuse."""
    server = scene.world.server
    settled = new.settled if isinstance(new, NewColumn) else new.column
    default = new.column.default if isinstance(new, NewColumn) else new.default
    if isinstance(new, NewColumn) and not _may_update(new.column, server):
        yield f"Invalid ON UPDATE clause for {new.where}."
    if default is None:
        if isinstance(new, NewColumn) and _gets_zero(new, server):
            yield f"The default of {new.where} would be '0000-00-00 00:00:00', which sql_mode forbids: give it one."
    elif not default.is_null and not new.column.auto_increment and not _fits(default, settled, new.table, scene):
        yield f"Invalid default value {default.text} for {new.where}, which is {type_text(settled)}."


def _fits(default: Default, column: Column, table: Table, scene: Scene) -> bool:
    server = scene.world.server
    if default.expression:
        return _takes_expression(default, column, server)
    if column.type in SPATIAL:
        return False
    literal = read_literal(default.text, server.syntax)
    if literal is None:  # DATE'2024-01-01'
        return server.version.mariadb
    return fits(literal, column, table.charset_of(column), Target.of(server))


def _takes_expression(default: Default, column: Column, server: Server) -> bool:
    """MySQL takes CURRENT_TIMESTAMP without parentheses for TIMESTAMP and DATETIME of the same precision only."""
    digits = _NOW.fullmatch(default.text)
    if digits is None or _maria_takes_all(server):
        return True
    return column.type in ("timestamp", "datetime") and int(digits[1] or 0) == (column.length or 0)


def _maria_takes_all(server: Server) -> bool:
    return server.version.mariadb and server.version.number >= (10, 2, 1)


def _may_update(column: Column, server: Server) -> bool:
    if not column.on_update:
        return True
    digits = _NOW.fullmatch(column.on_update)
    fits_digits = digits is None or server.version.mariadb or int(digits[1] or 0) == (column.length or 0)
    return column.type in ("timestamp", "datetime") and fits_digits


def _gets_zero(new: NewColumn, server: Server) -> bool:
    """Tell whether a TIMESTAMP without default, not the table's first, gets a zero date that is refused."""
    column = new.column
    if column.type != "timestamp" or column.null_written or column.generated or not server.automatic_timestamps:
        return False
    first = next((each for each in new.table.columns if each.type == "timestamp"), None)
    return first is not None and first.name != column.name and not Target.of(server).dates.zero
