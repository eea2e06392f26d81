"""Whether a foreign key fits what it refers to. Pure.

Manual: "FOREIGN KEY Constraints" (Conditions and Restrictions); judged by servers in tests/rules/references.sql.
"""

from collections.abc import Iterator

from inception.schema.model import Column, ForeignKey, IndexKind, Table
from inception.schema.settle import begins_with
from inception.world import Server

_FAMILIES = (
    {"char", "varchar"}, {"binary", "varbinary"}, {"datetime", "timestamp"}
)  # fmt: skip
_WHOLE_NUMBERS = ("tinyint", "smallint", "mediumint", "int", "bigint")


def misfits(key: ForeignKey, table: Table, parent: Table, server: Server) -> Iterator[str]:
    """Yield why the target would refuse a foreign key of a table that refers to `parent`."""
    if parent.is_view:
        yield f"'{parent.name.name}' is a view"
        return
    if table.partitioning or parent.partitioning:
        yield "partitioned tables take no foreign keys"
    if table.temporary:
        yield "temporary tables take no foreign keys"
    if not _innodb(parent, server):
        yield f"table '{parent.name.name}' is not of InnoDB"
    if len(key.columns) != len(key.parent_columns):
        yield "it has another number of columns than it refers to"
        return
    if not parent.complete or not table.complete:
        return
    yield from _columns(key, table, parent)
    yield from _index(key, parent, server)


def concerns(table: Table, server: Server) -> bool:
    """Tell whether the target minds a table's foreign keys: not with foreign_key_checks=OFF, nor in other engines."""
    checks = (server.variables.get("foreign_key_checks") or "ON").upper() in ("ON", "1")
    return checks and _innodb(table, server)


def _innodb(table: Table, server: Server) -> bool:
    engine = table.option("engine") or server.variables.get("default_storage_engine") or "InnoDB"
    return engine.lower() == "innodb"


def _columns(key: ForeignKey, table: Table, parent: Table) -> Iterator[str]:
    for name, parent_name in zip(key.columns, key.parent_columns, strict=True):
        own, other = table.column(name), parent.column(parent_name)
        if other is None:
            yield f"table '{parent.name.name}' has no column '{parent_name}'"
        elif own is not None and not _alike(own, table, other, parent):
            yield f"column '{name}' is not of the type of '{parent_name}' in table '{parent.name.name}'"
        sets_null = "SET NULL" in (key.on_delete.upper(), key.on_update.upper())
        if own is not None and sets_null and not own.nullable:
            yield f"SET NULL, but column '{name}' is NOT NULL"


def _alike(own: Column, table: Table, other: Column, parent: Table) -> bool:
    if own.type in _WHOLE_NUMBERS or other.type in _WHOLE_NUMBERS:
        return own.type == other.type and own.unsigned == other.unsigned
    if own.type != other.type and not any({own.type, other.type} <= family for family in _FAMILIES):
        return False
    if not own.is_text:
        return True
    charsets = {table.charset_of(own), parent.charset_of(other)} - {None}
    collations = {_collation(own, table), _collation(other, parent)}
    return len({_one_name(each) for each in charsets if each}) < 2 and (None in collations or len(collations) < 2)


def _one_name(charset: str) -> str:
    return "utf8mb3" if charset == "utf8" else charset


def _collation(column: Column, table: Table) -> str | None:
    """Return the collation as far as it is written; contextual ones of MariaDB count as not known."""
    found = column.collation or (None if column.charset else table.option("collation"))
    return found if found and not found.startswith("uca1400_") else None


def _index(key: ForeignKey, parent: Table, server: Server) -> Iterator[str]:
    """The parent needs an index that begins with the columns; MySQL from 8.4 on usually a unique one of just these."""
    usable = [index for index in parent.indexes if begins_with(index, key.parent_columns)]
    usable = [index for index in usable if index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE, IndexKind.PLAIN)]
    listed = ", ".join(f"'{name}'" for name in key.parent_columns)
    if not usable:
        yield f"table '{parent.name.name}' has no index that begins with {listed}"
    elif (server.variables.get("restrict_fk_on_non_standard_key") or "OFF").upper() in ("ON", "1"):
        unique = [index for index in usable if index.kind is not IndexKind.PLAIN]
        if not any(len(index.parts) == len(key.parent_columns) for index in unique):
            yield f"table '{parent.name.name}' has no unique index on {listed}"
