"""Table options as written.

Options are kept by lower-case name with their value as text; `charset` and `collation` are the defaults for columns.
Manual: "CREATE TABLE Statement" (table_options); MariaDB: "CREATE TABLE" (Table Options).
"""

from collections.abc import Callable

from inception.lexer import Kind
from inception.schema.reader import Reader
from inception.schema.types import at_charset, charset_name, collation_name

# Options by the form of their value.
_NUMBERS = ("auto_increment", "avg_row_length", "checksum", "page_checksum", "table_checksum", "delay_key_write",
            "max_rows", "min_rows", "key_block_size", "stats_sample_pages", "stats_persistent", "stats_auto_recalc",
            "pack_keys", "transactional", "sequence")  # fmt: skip
TEXT_OPTIONS = ("comment", "connection", "password", "compression", "encryption", "engine_attribute",
          "secondary_engine_attribute", "data_directory", "index_directory")  # fmt: skip
_WORDS = ("engine", "row_format", "insert_method", "tablespace", "secondary_engine", "autoextend_size", "union")
_ENGINE_DEFINED = ("PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL", "ENCRYPTED", "ENCRYPTION_KEY_ID", "IETF_QUOTES")
_NAMES = {name.upper(): name for name in (*_NUMBERS, *TEXT_OPTIONS, *_WORDS)} | {
    "TYPE": "engine",
    "COLLATE": "collation",
}
_ROW_FORMATS = ("DEFAULT", "DYNAMIC", "FIXED", "COMPRESSED", "REDUNDANT", "COMPACT", "PAGE")
Option = tuple[str, str]


def read_options(reader: Reader) -> tuple[Option, ...]:
    """Read table options, separated by blanks or commas, in the order written; a later one of a name wins."""
    options: dict[str, str] = {}
    comma = -1
    while option := read_option(reader):
        options.pop(option[0], None)
        options[option[0]] = option[1]
        comma = reader.at
        if not reader.accept(","):
            comma = -1
    if comma >= 0:
        reader.fail("expected a table option")
    return tuple(options.items())


def read_option(reader: Reader) -> Option | None:
    """Read one table option if one comes next, else None; raises UnreadableSql at a malformed one."""
    if reader.word == "DEFAULT" and reader.peek() in ("CHARACTER", "CHARSET", "CHAR", "COLLATE"):
        reader.at += 1
    if at_charset(reader):
        return "charset", charset_name(reader)
    two_words = (reader.word, reader.peek())
    if two_words in _TWO_WORDS:
        reader.at += 2
        return _value(reader, _TWO_WORDS[two_words])
    if reader.accept_all("WITH", "SYSTEM", "VERSIONING"):
        return "system_versioning", ""
    if reader.word in _ENGINE_DEFINED and reader.peek() == "=":
        return reader.attribute()
    name = _NAMES.get(reader.word)
    if name is not None:
        reader.at += 1
        return _value(reader, name)
    return reader.attribute() if reader.at_attribute() else None


def _value(reader: Reader, name: str) -> Option:
    reader.accept("=")
    if name in _NUMBERS:
        return name, "DEFAULT" if reader.accept("DEFAULT") else str(reader.integer(name))
    if name in TEXT_OPTIONS:
        return name, reader.text_value(f"the {name}")
    read = _VALUES.get(name)
    return name, read(reader) if read is not None else reader.name_or_text(f"the {name}")


def _tablespace(reader: Reader) -> str:
    name = reader.name("a tablespace")
    return f"{name} STORAGE {reader.expect_any('DISK', 'MEMORY')}" if reader.accept("STORAGE") else name


def _size(reader: Reader) -> str:
    """Read a size such as '4M', with or without quotes."""
    if reader.at_text():
        return reader.text_value("a size")
    if reader.token.kind not in (Kind.NUMBER, Kind.WORD):
        reader.fail("expected a size")
    reader.at += 1
    return reader.source(reader.at - 1)


def _tables(reader: Reader) -> str:
    first = reader.at
    reader.skip_group("the tables")
    return reader.source(first)


_VALUES: dict[str, Callable[[Reader], str]] = {
    "collation": collation_name,
    "row_format": lambda reader: reader.expect_any(*_ROW_FORMATS),
    "insert_method": lambda reader: reader.expect_any("NO", "FIRST", "LAST"),
    "secondary_engine": lambda reader: "NULL" if reader.accept("NULL") else reader.name_or_text("an engine"),
    "tablespace": _tablespace,
    "autoextend_size": _size,
    "union": _tables,
    "start_transaction": lambda _: "",
}
_TWO_WORDS = {
    ("DATA", "DIRECTORY"): "data_directory",
    ("INDEX", "DIRECTORY"): "index_directory",
    ("START", "TRANSACTION"): "start_transaction",
}
