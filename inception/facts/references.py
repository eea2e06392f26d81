"""Whether a foreign key fits what it refers to. Pure.

Manual: "FOREIGN KEY Constraints" (Conditions and Restrictions); judged by servers in tests/rules/references.sql.
"""

from collections.abc import Callable, Iterator

from inception.facts.types import content_bytes
from inception.schema.model import Column, ForeignKey, Index, IndexKind, Table
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
    if not is_innodb(parent, server):
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
    return keys_are_checked(server) and is_innodb(table, server)


def keys_are_checked(server: Server) -> bool:
    """Tell whether foreign_key_checks is ON."""
    return (server.variables.get("foreign_key_checks") or "ON").upper() in ("ON", "1")


def is_innodb(table: Table, server: Server) -> bool:
    """Tell whether a table is of InnoDB, the engine that has foreign keys."""
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
    return not own.is_text or _same_text(own, table, other, parent)


def _same_text(own: Column, table: Table, other: Column, parent: Table) -> bool:
    """Tell whether two columns have one character set and collation, as far as they are known."""
    charsets = {table.charset_of(own), parent.charset_of(other)} - {None}
    collations = {_collation(own, table), _collation(other, parent)}
    return len({_one_name(each) for each in charsets if each}) < 2 and (None in collations or len(collations) < 2)


def keeps_type(old: Column, before: Table, new: Column, after: Table, server: Server) -> bool:
    """Tell whether a foreign key lets a column be changed so: `old` of the table `before`, `new` of that `after`.

    Shown width, labels at the end, and in MySQL a longer VARCHAR whose length takes as many bytes leave the type as it
    is; in MySQL AUTO_INCREMENT belongs to it.
    """
    mariadb = server.version.mariadb
    if old.type != new.type or (old.is_text and not _same_text(old, before, new, after)):
        return False
    collations = _collation(old, before), _collation(new, after)
    if not mariadb and None in collations and any(each and each.endswith("_bin") for each in collations):
        return False  # what is not written is the default, which no such collation is
    if old.auto_increment != new.auto_increment and not mariadb:
        return False
    if old.type in (*_WHOLE_NUMBERS, "year"):
        return (old.unsigned, old.zerofill) == (new.unsigned, new.zerofill)
    if old.type in ("enum", "set"):
        return new.values[: len(old.values)] == old.values
    if old.type in ("varchar", "varbinary") and not mariadb and (new.length or 0) >= (old.length or 0):
        sizes = content_bytes(old, before.charset_of(old)), content_bytes(new, after.charset_of(new))
        return (sizes[0] or 0) > 255 or (sizes[1] or 0) <= 255
    shape = ("length", "decimals", "unsigned")
    return all(getattr(old, name) == getattr(new, name) for name in shape)


def _one_name(charset: str) -> str:
    return "utf8mb3" if charset == "utf8" else charset


def _collation(column: Column, table: Table) -> str | None:
    """Return the collation as far as it is written; contextual ones of MariaDB count as not known."""
    found = column.collation or (None if column.charset else table.option("collation"))
    return found if found and not found.startswith("uca1400_") else None


def serves_parent(server: Server) -> Callable[[Index, tuple[str, ...]], bool]:
    """Return what tells whether an index lets a foreign key refer to its columns.

    It begins with them; MySQL from 8.4 on usually wants a unique one of just these.
    """
    strict = (server.variables.get("restrict_fk_on_non_standard_key") or "OFF").upper() in ("ON", "1")

    def serves(index: Index, columns: tuple[str, ...]) -> bool:
        unique = index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE)
        if strict and not (unique and len(index.parts) == len(columns)):
            return False
        return (unique or index.kind is IndexKind.PLAIN) and begins_with(index, columns)

    return serves


def _index(key: ForeignKey, parent: Table, server: Server) -> Iterator[str]:
    """The parent needs an index: see `serves_parent`."""
    serves = serves_parent(server)
    if any(serves(index, key.parent_columns) for index in parent.indexes):
        return
    begin = any(
        begins_with(index, key.parent_columns)
        for index in parent.indexes
        if index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE, IndexKind.PLAIN)
    )
    listed = ", ".join(f"'{name}'" for name in key.parent_columns)
    which = f"unique index on {listed}" if begin else f"index that begins with {listed}"
    yield f"table '{parent.name.name}' has no {which}"
