"""What a server makes of a definition as written: the names it gives, the lengths and keys that it fills in.

Not the server's whole printing: literals of defaults, expressions and inherited character sets stay as written. Done
twice it changes nothing more. Manual: "CREATE TABLE Statement", "Silent Column Specification Changes", "FOREIGN KEY
Constraints".
"""

from collections.abc import Iterator
from dataclasses import replace

from inception.lexer import Syntax
from inception.schema.diff_indexes import sort_class
from inception.schema.model import Check, Column, Default, ForeignKey, Index, IndexKind, IndexPart, Table, same

NEWEST_MYSQL = Syntax(version=90000)
_CHARS = ("char", "binary", "bit")
_WIDTHS = {"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20}
_WIDTHS_UNSIGNED = {"tinyint": 3, "smallint": 5, "mediumint": 8, "int": 10, "bigint": 20}
# What the types of texts become in character set `binary`.
_AS_BYTES = {
    "char": "binary", "varchar": "varbinary", "tinytext": "tinyblob", "text": "blob", "mediumtext": "mediumblob",
    "longtext": "longblob",
}  # fmt: skip
_NO_ZERO = frozenset(("decimal", "datetime", "timestamp", "time", *_WIDTHS))  # DATETIME(0) is DATETIME
_WITHOUT_ORDER = frozenset((IndexKind.FULLTEXT, IndexKind.SPATIAL))
_WITH_FOREIGN_KEYS = frozenset(("innodb", "ndb", "ndbcluster"))  # engines; others take no notice of them
# Bytes that one character takes at most; 4 where not listed (utf8mb4, utf16, utf32, gb18030).
_BYTES = {**dict.fromkeys(("utf8", "utf8mb3", "ujis", "eucjpms"), 3),
          **dict.fromkeys(("ucs2", "gbk", "gb2312", "big5", "sjis", "cp932", "euckr"), 2),
          **dict.fromkeys(("latin1", "latin2", "latin5", "latin7", "ascii", "binary", "cp1250", "cp1251", "cp1256",
                           "cp1257", "cp850", "cp852", "cp866", "dec8", "hp8", "koi8r", "koi8u", "swe7", "hebrew",
                           "tis620", "greek", "armscii8", "macce", "macroman", "keybcs2", "geostd8"), 1)}  # fmt: skip


def settle(table: Table, server: Syntax = NEWEST_MYSQL) -> Table:
    """Return the table that a server makes of a written definition: `server` says which one."""
    columns = tuple(
        settle_column(_in_period(column, table), server, table.charset_of(column)) for column in table.columns
    )
    options = tuple(option for option in table.options if option != ("comment", ""))
    return settle_keys(replace(table, columns=columns, options=options), server)


def _in_period(column: Column, table: Table) -> Column:
    """The two columns of an application-time period take no NULL."""
    periods = [period for period in table.periods if not same(period.name, "system_time")]
    ends = {end.casefold() for period in periods for end in (period.start, period.end)}
    return replace(column, nullable=False) if column.name.casefold() in ends else column


def settle_column(column: Column, server: Syntax, charset: str | None) -> Column:
    """Return a column with the length, type and default that the server fills in; `charset` is its character set."""
    if column.type == "json" and server.mariadb:
        # MariaDB: "JSON Data Type": an alias for LONGTEXT with a check
        name = "`" + column.name.replace("`", "``") + "`"
        json = replace(column, type="longtext", charset="utf8mb4", collation="utf8mb4_bin")
        column = replace(json, check=column.check or f"json_valid({name})")
    if column.type == "geometrycollection" and not server.mariadb:
        column = replace(column, type="geomcollection")  # its name from MySQL 8.0.11 on
    if charset == "binary" and column.type in _AS_BYTES:
        column = replace(column, type=_AS_BYTES[column.type], charset=None, collation=None)
    if column.auto_increment:
        column = replace(column, nullable=False)
    if column.values:  # the labels of ENUM and SET
        column = replace(column, values=tuple(value.rstrip(" ") for value in column.values))
    if column.type == "float" and column.length is not None and column.decimals is None:
        column = replace(column, type="float" if column.length < 25 else "double", length=None)
    column = _sized(_with_length(column, server), charset)
    if any(name == "binary" for name, _ in column.extra) and charset:
        extra = tuple(each for each in column.extra if each[0] != "binary")
        column = replace(column, collation=f"{charset}_bin", extra=extra)
    if _gets_null(column, server):
        column = replace(column, default=Default("NULL"))
    return column


def _gets_null(column: Column, server: Syntax) -> bool:
    """A column that may be NULL has the default NULL. MySQL has none for BLOB and TEXT."""
    if not column.nullable or column.default or column.generated or column.auto_increment:
        return False
    if any(name == "generated_as_row" for name, _ in column.extra):
        return False
    return server.mariadb or not column.type.endswith(("blob", "text"))


def _with_length(column: Column, server: Syntax) -> Column:
    any_width = column.type == "year" and column.length != 2
    if any_width or (column.length == 0 and column.type in _NO_ZERO):
        column = replace(column, length=None)
    if column.length is not None:
        if column.type == "decimal" and column.decimals is None:
            return replace(column, decimals=0)
        keeps = server.mariadb or column.type not in _WIDTHS or column.zerofill or _prints_widths(server)
        boolean = column.type == "tinyint" and column.length == 1 and not column.unsigned
        return column if keeps or boolean else replace(column, length=None)
    if column.type in _CHARS:
        return replace(column, length=1)
    if column.type == "decimal":
        return replace(column, length=10, decimals=0)
    if column.type == "vector":
        return replace(column, length=2048)
    if _prints_widths(server) or (column.zerofill and column.type in _WIDTHS):
        widths = _WIDTHS_UNSIGNED if column.unsigned else _WIDTHS
        width = 4 if column.type == "year" else widths.get(column.type)
        return replace(column, length=width) if width else column
    return column


def _prints_widths(server: Syntax) -> bool:
    """MySQL 8.0.19 and later have no display widths of integers but those of ZEROFILL and tinyint(1)."""
    return server.mariadb or (server.version is not None and server.version < 80019)


def _sized(column: Column, charset: str | None) -> Column:
    """TEXT(n) and BLOB(n) become the smallest type that holds n characters or bytes."""
    if column.type not in ("text", "blob") or not column.length:
        return column if column.type not in ("text", "blob") else replace(column, length=None)
    size = column.length * (bytes_per_character(charset) if column.type == "text" else 1)
    return replace(column, type=smallest(size) + column.type, length=None)


def smallest(size: int) -> str:
    """Return how the name of the smallest TEXT or BLOB type begins that holds `size` bytes."""
    return "tiny" if size < 1 << 8 else "" if size < 1 << 16 else "medium" if size < 1 << 24 else "long"


def bytes_per_character(charset: str | None) -> int:
    """Return how many bytes a character takes at most; 4 where the character set is not known."""
    return _BYTES.get((charset or "").lower(), 4)


# keys and constraints


def settle_keys(table: Table, server: Syntax = NEWEST_MYSQL) -> Table:
    """Return the table with its keys and constraints named, the primary key NOT NULL, and foreign keys indexed."""
    table = _settle_checks(_settle_primary(table), server)
    table = replace(table, foreign_keys=tuple(_enforced_foreign_keys(table, server)))
    indexes = _named_indexes([_settle_parts(index, table) for index in (*table.indexes, *_missing_indexes(table))])
    kept = (table.option("engine") or "innodb").lower() in _WITH_FOREIGN_KEYS
    return replace(
        table,
        foreign_keys=_named_foreign_keys(table) if kept else (),
        indexes=tuple(sorted(indexes, key=lambda index: (sort_class(index, table), _on_virtual(index, table, server)))),
    )


def _settle_parts(index: Index, table: Table) -> Index:
    """An index has its columns' names as they are spelt there; a prefix of a whole column is none."""
    parts = []
    for part in index.parts:
        column = table.column(part.column)
        if column is not None:
            whole = part.prefix and column.length and part.prefix >= column.length
            part = replace(part, column=column.name, prefix=None if whole else part.prefix)
        parts.append(replace(part, descending=part.descending and index.kind not in _WITHOUT_ORDER))
    return replace(index, parts=tuple(parts))


def _on_virtual(index: Index, table: Table, server: Syntax) -> bool:
    """MySQL sorts indexes on expressions and virtual columns behind the others of their class."""
    columns = (table.column(part.column) for part in index.parts)
    virtual = any(column is None or (column.generated and not column.generated.stored) for column in columns)
    return virtual and not server.mariadb


def _settle_primary(table: Table) -> Table:
    primary = table.primary_key
    if primary is None:
        return table

    def settled(column: Column) -> Column:
        if not any(same(column.name, part.column) for part in primary.parts):
            return column
        default = None if column.default and column.default.is_null else column.default
        return replace(column, nullable=False, default=default)

    return replace(table, columns=tuple(map(settled, table.columns)))


def _settle_checks(table: Table, server: Syntax) -> Table:
    """MySQL makes a column's check one of the table; both servers name those without a name."""
    checks = list(table.checks)
    columns = table.columns
    if not server.mariadb:
        checks = [Check("", column.check) for column in columns if column.check is not None] + checks
        columns = tuple(replace(column, check=None) for column in columns)
    prefix = "CONSTRAINT_" if server.mariadb else f"{table.name.name}_chk_"
    taken = {check.name.casefold() for check in checks}
    named = [check if check.name else replace(check, name=_numbered(prefix, taken)) for check in checks]
    return replace(table, columns=columns, checks=tuple(named))


def _numbered(prefix: str, taken: set[str]) -> str:
    number = next(number for number in range(1, len(taken) + 2) if f"{prefix}{number}".casefold() not in taken)
    taken.add(f"{prefix}{number}".casefold())
    return f"{prefix}{number}"


def _enforced_foreign_keys(table: Table, server: Syntax) -> Iterator[ForeignKey]:
    """REFERENCES in a column makes a foreign key in MariaDB and from MySQL 9.0 on."""
    enforced = server.mariadb or server.version is None or server.version >= 90000
    for key in table.foreign_keys:
        if enforced or not key.inline:
            name = key.name or (key.index_name if server.mariadb else "")  # which MySQL gives the index alone
            yield replace(key, name=name, inline=False)


def _named_foreign_keys(table: Table) -> tuple[ForeignKey, ...]:
    taken = {key.name.casefold() for key in table.foreign_keys if key.name}
    prefix = f"{table.name.name}_ibfk_"
    return tuple(key if key.name else replace(key, name=_numbered(prefix, taken)) for key in table.foreign_keys)


def _missing_indexes(table: Table) -> list[Index]:
    """A foreign key's columns must begin an index: the server makes one where there is none."""
    found = [index for index in table.indexes if index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE, IndexKind.PLAIN)]
    made: list[Index] = []
    for key in table.foreign_keys:
        if not any(begins_with(index, key.columns) for index in (*found, *made)):
            made.append(
                Index(key.name or key.index_name, IndexKind.PLAIN, tuple(IndexPart(column) for column in key.columns))
            )
    return made


def begins_with(index: Index, columns: tuple[str, ...]) -> bool:
    """Tell whether an index begins with these columns, whole and in this order: what a foreign key needs."""
    parts = index.parts[: len(columns)]
    return len(parts) == len(columns) and all(
        same(part.column, column) and part.prefix is None for part, column in zip(parts, columns, strict=True)
    )


def _named_indexes(indexes: list[Index]) -> list[Index]:
    """An index without a name is called after its first column, with _2, _3, … where that is taken."""
    taken = {index.name.casefold() for index in indexes if index.name} | {"primary"}
    named: list[Index] = []
    for index in indexes:
        if not index.name:
            base = index.parts[0].column or "functional_index"
            name = base if base.casefold() not in taken else _suffixed(base, taken)
            taken.add(name.casefold())
            index = replace(index, name=name)
        named.append(replace(index, written_name=""))
    return named


def _suffixed(base: str, taken: set[str]) -> str:
    number = 2
    while f"{base}_{number}".casefold() in taken:
        number += 1
    return f"{base}_{number}"
