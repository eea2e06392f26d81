"""The model as SQL: columns, indexes, constraints, options, and whole CREATE TABLE statements.

Quotes by inception/sql.py. What is kept as text (expressions, literals, partitioning) is written as it was read. The
order of attributes is one that MySQL and MariaDB both take.
"""

from collections.abc import Iterable, Iterator

from inception.schema.model import Check, Column, ForeignKey, Index, IndexKind, IndexPart, Period, Table
from inception.schema.options import TEXT_OPTIONS
from inception.sql import quote_name, quote_names, quote_portable, quote_text

Extra = tuple[tuple[str, str], ...]


def text_literal(text: str) -> str:
    """Return a string literal where no hexadecimal one may stand: plain if it can be, else with backslash escapes."""
    plain = quote_portable(text)
    return plain if plain.startswith("'") else quote_text(text)


def render_type(column: Column) -> str:
    """Return a column's type with its lengths and numeric attributes: decimal(10,2) unsigned."""
    if column.values:
        return f"{column.type}({','.join(map(text_literal, column.values))})"
    numbers = [str(number) for number in (column.length, column.decimals) if number is not None]
    words = ["unsigned"] if column.unsigned else []
    words += ["zerofill"] if column.zerofill else []
    return " ".join([column.type + (f"({','.join(numbers)})" if numbers else ""), *words])


def render_column(column: Column) -> str:
    """Return a column's definition, its name first."""
    return " ".join(part for part in _column_parts(column, dict(column.extra)) if part)


def _column_parts(column: Column, extra: dict[str, str]) -> Iterator[str]:
    yield quote_name(column.name)
    yield render_type(column)
    if "compressed" in extra:
        yield "COMPRESSED" + (f"={extra['compressed']}" if extra["compressed"] else "")
    yield _charset(column, extra)
    if "ref_system_id" in extra:
        yield f"REF_SYSTEM_ID={extra['ref_system_id']}"
    if column.generated:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        yield f"GENERATED ALWAYS AS ({column.generated.expression}) {kind}"
    if "generated_as_row" in extra:
        yield f"GENERATED ALWAYS AS ROW {extra['generated_as_row']}"
    yield _null(column, extra)
    if "srid" in extra:
        yield f"SRID {extra['srid']}"
    yield from _value_parts(column)
    yield from _rare_parts(extra)
    yield f"COMMENT {text_literal(column.comment)}" if column.comment else ""
    yield f"CHECK ({column.check})" if column.check is not None else ""


def _charset(column: Column, extra: dict[str, str]) -> str:
    words = ["BINARY"] if "binary" in extra else []
    words += [f"CHARACTER SET {column.charset}"] if column.charset else []
    words += [f"COLLATE {column.collation}"] if column.collation else []
    return " ".join(words)


def _null(column: Column, extra: dict[str, str]) -> str:
    """A TIMESTAMP that may be NULL must say so: without explicit_defaults_for_timestamp it would be NOT NULL."""
    if not column.nullable:
        return "NOT NULL"
    return "NULL" if column.type == "timestamp" and not (column.generated or "generated_as_row" in extra) else ""


def _value_parts(column: Column) -> Iterator[str]:
    yield f"DEFAULT {column.default.text}" if column.default else ""
    yield f"ON UPDATE {column.on_update}" if column.on_update else ""
    yield "AUTO_INCREMENT" if column.auto_increment else ""
    yield "INVISIBLE" if column.invisible else ""


def _rare_parts(extra: dict[str, str]) -> Iterator[str]:
    for name, value in extra.items():
        if name in ("column_format", "storage"):
            yield f"{name.upper()} {value}"
        elif name == "not_secondary":
            yield "NOT SECONDARY"
        elif name == "system_versioning":
            yield f"{value.upper()} SYSTEM VERSIONING"
        elif name.endswith("engine_attribute"):
            yield f"{name.upper()} {text_literal(value)}"
        elif name.startswith("`"):
            yield f"{quote_name(name[1:])}={value}"


_INDEX_WORDS = {
    IndexKind.PRIMARY: "PRIMARY KEY",
    IndexKind.UNIQUE: "UNIQUE INDEX",
    IndexKind.PLAIN: "INDEX",
    IndexKind.FULLTEXT: "FULLTEXT INDEX",
    IndexKind.SPATIAL: "SPATIAL INDEX",
}


def render_index(index: Index) -> str:
    """Return an index's definition, as it follows ADD or stands in CREATE TABLE."""
    words = [_INDEX_WORDS[index.kind]]
    if index.name and index.kind is not IndexKind.PRIMARY:
        words.append(quote_name(index.name))
    extra = dict(index.extra)
    parts = [_part(part) for part in index.parts]
    if "without_overlaps" in extra:
        parts.append(f"{quote_name(extra['without_overlaps'])} WITHOUT OVERLAPS")
    words.append(f"({', '.join(parts)})")
    if index.using:
        words.append(f"USING {index.using.upper()}")
    words += _index_extra(extra)
    if index.comment:
        words.append(f"COMMENT {text_literal(index.comment)}")
    if index.invisible:
        words.append("IGNORED" if "ignored" in extra else "INVISIBLE")
    return " ".join(words)


def _part(part: IndexPart) -> str:
    text = f"({part.expression})" if part.expression else quote_name(part.column)
    return text + (f"({part.prefix})" if part.prefix is not None else "") + (" DESC" if part.descending else "")


def _index_extra(extra: dict[str, str]) -> Iterator[str]:
    for name, value in extra.items():
        if name == "parser":
            yield f"WITH PARSER {quote_name(value)}"
        elif name in ("key_block_size", "clustering"):
            yield f"{name.upper()}={value}"
        elif name.endswith("engine_attribute"):
            yield f"{name.upper()} {text_literal(value)}"
        elif name.startswith("`"):
            yield f"{quote_name(name[1:])}={value}"


def render_foreign_key(key: ForeignKey, database: str) -> str:
    """Return a foreign key's definition, its parent with full name; `database` is the table's own."""
    parent = [part for part in (key.parent.database or database, key.parent.name) if part]
    words = [f"CONSTRAINT {quote_name(key.name)}"] if key.name else []
    words.append(f"FOREIGN KEY ({quote_names(key.columns)}) REFERENCES {quote_name(*parent)}")
    if key.parent_columns:
        words.append(f"({quote_names(key.parent_columns)})")
    words += [
        f"{word} {rule}"
        for word, rule in (("MATCH", key.match), ("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update))
        if rule
    ]
    return " ".join(words)


def render_check(check: Check) -> str:
    """Return a CHECK constraint's definition."""
    name = f"CONSTRAINT {quote_name(check.name)} " if check.name else ""
    return f"{name}CHECK ({check.expression}){'' if check.enforced else ' NOT ENFORCED'}"


def render_period(period: Period) -> str:
    """Return MariaDB's PERIOD FOR."""
    name = "SYSTEM_TIME" if period.name.upper() == "SYSTEM_TIME" else quote_name(period.name)
    return f"PERIOD FOR {name} ({quote_names((period.start, period.end))})"


def render_option(name: str, value: str) -> str:
    """Return a table option."""
    if name in _OPTION_FORMS:
        return _OPTION_FORMS[name].format(value)
    if name.startswith("`"):
        return f"{quote_name(name[1:])}={value}"
    if name == "tablespace":
        return f"TABLESPACE {quote_name(value)}"
    if name in TEXT_OPTIONS:
        return f"{name.upper().replace('_DIRECTORY', ' DIRECTORY')}={text_literal(value)}"
    return f"{name.upper()}={value}"


_OPTION_FORMS = {
    "charset": "DEFAULT CHARSET={}",
    "collation": "COLLATE={}",
    "system_versioning": "WITH SYSTEM VERSIONING",
    "start_transaction": "START TRANSACTION",
}


def render_options(options: Extra) -> str:
    """Return table options separated by blanks."""
    return " ".join(render_option(name, value) for name, value in options)


def render_create(table: Table) -> str:
    """Return a CREATE TABLE statement that means the table, without `;`.

    `options` are those of the table, the AUTO_INCREMENT counter included.
    """
    parts: Iterable[str] = (
        *map(render_column, table.columns),
        *map(render_index, table.indexes),
        *(render_foreign_key(key, table.name.database) for key in table.foreign_keys),
        *map(render_check, table.checks),
        *map(render_period, table.periods),
    )
    name = quote_name(*(part for part in (table.name.database, table.name.name) if part))
    words = [
        "CREATE TEMPORARY TABLE" if table.temporary else "CREATE TABLE",
        name,
        "(\n  " + ",\n  ".join(parts) + "\n)",
    ]
    words += [text for text in (render_options(table.options), table.partitioning) if text]
    return " ".join(words)
