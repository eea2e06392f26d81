"""A type, length or precision that the target refuses."""

from collections.abc import Callable, Iterator

from inception.facts.types import type_text
from inception.rule import REFUSED, Level
from inception.scene import NewColumn, Scene
from inception.schema.model import Column
from inception.schema.settle import bytes_per_character
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 260
_MYSQL_BYTES = 65535
_MARIADB_BYTES = 65532
_NEVER = (9999, 0, 0)
# Since which version of MySQL and of MariaDB there is a type.
_SINCE = {
    "json": ((5, 7, 8), (10, 2, 7)),
    "vector": ((9, 0, 0), (11, 7, 1)),
    "uuid": (_NEVER, (10, 7, 0)),
    "inet6": (_NEVER, (10, 5, 0)),
    "inet4": (_NEVER, (10, 10, 0)),
}


def check(new: NewColumn, scene: Scene) -> Iterator[str]:
    """Yield a finding for each reason."""
    server = scene.world.server
    problem = _problem(new, server)
    if problem:
        yield f"{new.where[:1].upper()}{new.where[1:]} is {type_text(new.column)}: {problem}."
    if new.column.auto_increment and not _counts(new.column, server):
        yield f"AUTO_INCREMENT is not for {new.column.type}: {new.where}."


def _problem(new: NewColumn, server: Server) -> str:
    column = new.column
    judge = _JUDGES.get(column.type)
    if judge is not None and (problem := judge(column, server)):
        return problem
    if column.type in ("varchar", "varbinary") and server.strict:
        size = bytes_per_character(new.table.charset_of(column)) if column.type == "varchar" else 1
        most = (_MARIADB_BYTES if server.version.mariadb else _MYSQL_BYTES) // size
        return f"the length is at most {most}" if (column.length or 0) > most else ""
    first, last = _SINCE.get(column.type, (None, None))
    if first is not None and last is not None and not server.at_least(mysql=first, mariadb=last):
        return f"{server.version} has no such type"
    return ""


def _counts(column: Column, server: Server) -> bool:
    """Tell whether a type may be AUTO_INCREMENT; MySQL gave up FLOAT and DOUBLE in 8.4."""
    if column.type in ("float", "double"):
        return not server.at_least(mysql=(8, 4, 0), mariadb=_NEVER)
    return column.type in ("tinyint", "smallint", "mediumint", "int", "bigint")


def _at_most(limit: int, what: str = "length") -> Callable[[Column, Server], str]:
    return lambda column, _: f"the {what} is at most {limit}" if (column.length or 0) > limit else ""


def _bit(column: Column, server: Server) -> str:
    if column.length == 0 and not server.version.mariadb:
        return "the length is at least 1"
    return "the length is at most 64" if (column.length or 1) > 64 else ""


def _year(column: Column, server: Server) -> str:
    refused = column.length not in (None, 4) and server.at_least(mysql=(5, 7, 5), mariadb=_NEVER)
    return "the target has only YEAR, of four digits" if refused else ""


def _decimal(column: Column, server: Server) -> str:
    most = 38 if server.at_least(mysql=_NEVER, mariadb=(10, 2, 1)) else 30
    precision, decimals = 10 if column.length is None else column.length, column.decimals or 0
    if precision > 65:
        return "the precision is at most 65"
    if decimals > most:
        return f"there are at most {most} decimals"
    return "there are more decimals than digits" if decimals > (precision or 10) else ""


def _real(column: Column, _: Server) -> str:
    if column.length is None:
        return ""
    if column.decimals is None:
        return "the precision is at most 53" if column.length > 53 else ""
    if column.length > 255:
        return "the width is at most 255"
    if column.decimals > 30:
        return "there are at most 30 decimals"
    return "there are more decimals than digits" if column.decimals > column.length else ""


def _labels(column: Column, server: Server) -> str:
    most = 64 if column.type == "set" else 65535
    if len(column.values) > most:
        return f"there are at most {most} values"
    if column.type == "set" and any("," in value for value in column.values):
        return "a value can't have a comma in it"
    exact = (column.collation or "").endswith(("_bin", "_cs")) or column.charset == "binary"
    seen = [value.rstrip(" ") if exact else value.rstrip(" ").casefold() for value in column.values]
    return "a value stands there twice" if server.strict and len(set(seen)) < len(seen) else ""


def _size(column: Column, _: Server) -> str:
    return "the length is at most 4294967295" if (column.length or 0) > 4294967295 else ""


_JUDGES: dict[str, Callable[[Column, Server], str]] = {
    **dict.fromkeys(("char", "binary"), _at_most(255)),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint"), _at_most(255, "width")),
    **dict.fromkeys(("time", "datetime", "timestamp"), _at_most(6, "precision")),
    **dict.fromkeys(("float", "double"), _real),
    **dict.fromkeys(("enum", "set"), _labels),
    **dict.fromkeys(("text", "blob"), _size),
    "bit": _bit,
    "year": _year,
    "decimal": _decimal,
}
