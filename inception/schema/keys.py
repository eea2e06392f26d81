"""Indexes, foreign keys and checks as written in CREATE TABLE, ALTER TABLE and CREATE INDEX.

Manual: "CREATE TABLE Statement", "CREATE INDEX Statement", "FOREIGN KEY Constraints", "CHECK Constraints".
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from inception.schema.model import Check, ForeignKey, Index, IndexKind, IndexPart
from inception.schema.reader import Reader

KINDS = {"UNIQUE": IndexKind.UNIQUE, "FULLTEXT": IndexKind.FULLTEXT, "SPATIAL": IndexKind.SPATIAL}
Constraint = Index | ForeignKey | Check
_STARTS = frozenset(("PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "KEY", "CONSTRAINT", "FOREIGN", "CHECK"))


def at_constraint(reader: Reader) -> bool:
    """Tell whether an index, a foreign key or a check comes next, and not a column."""
    return reader.words[reader.at] in _STARTS


def read_constraint(reader: Reader) -> Constraint:
    """Read one index, foreign key or check, with its CONSTRAINT name. Raises UnreadableSql."""
    name = ""
    if reader.accept("CONSTRAINT"):
        reader.if_not_exists()
        if reader.word not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
            name = reader.name("a constraint name")
        if reader.word not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
            reader.fail("expected PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
    if reader.accept("CHECK"):
        return read_check(reader, name)
    if reader.accept("FOREIGN"):
        return _foreign_key(reader, name)
    if reader.accept("PRIMARY"):
        return _primary_key(reader, name)
    word = reader.accept_any(*KINDS)
    kind = KINDS.get(word, IndexKind.PLAIN)
    if word:
        reader.accept_any("INDEX", "KEY")
    else:
        reader.expect_any("INDEX", "KEY")
    reader.if_not_exists()
    return _index(reader, kind, name)


def _primary_key(reader: Reader, symbol: str) -> Index:
    reader.expect("KEY")
    reader.if_not_exists()
    index = _index(reader, IndexKind.PRIMARY, symbol)
    return replace(index, name="PRIMARY", written_name=index.name)


def _index(reader: Reader, kind: IndexKind, symbol: str) -> Index:
    """Read [name] [USING x] (parts) [options]; the constraint's name serves where the index has none."""
    name = ""
    if reader.at_name() and not (reader.word in ("USING", "TYPE") and reader.peek() in _METHODS):
        name = reader.name("an index name")
    using = _using(reader)
    return read_index_body(reader, name or symbol, kind, using)


_METHODS = ("BTREE", "HASH", "RTREE")


def _using(reader: Reader) -> str:
    if reader.accept_any("USING", "TYPE"):
        return reader.expect_any(*_METHODS).lower()
    return ""


def read_index_body(reader: Reader, name: str, kind: IndexKind, using: str) -> Index:
    """Read an index from its columns on."""
    parts, extra = _parts(reader)
    values: dict[str, Any] = {"using": using}
    while True:
        read = _OPTIONS.get(reader.word)
        if read is not None and (read is not _set_parser or kind is IndexKind.FULLTEXT):
            reader.at += 1
            read(reader, values, extra)
        elif reader.at_attribute():
            extra.append(reader.attribute())
        elif not reader.accept_all("NOT", "IGNORED"):
            break
    return Index(name, kind, parts, **values, extra=tuple(extra))


_Read = Callable[[Reader, dict[str, Any], list[tuple[str, str]]], None]


def _set_using(reader: Reader, values: dict[str, Any], _: list[tuple[str, str]]) -> None:
    values["using"] = reader.expect_any(*_METHODS).lower()


def _set_comment(reader: Reader, values: dict[str, Any], _: list[tuple[str, str]]) -> None:
    values["comment"] = reader.text_value("a comment")


def _set_ignored(_: Reader, values: dict[str, Any], extra: list[tuple[str, str]]) -> None:
    values["invisible"] = True
    extra.append(("ignored", ""))


def _set_parser(reader: Reader, _: dict[str, Any], extra: list[tuple[str, str]]) -> None:
    reader.expect("PARSER")
    extra.append(("parser", reader.name("a parser")))


def _visibility(invisible: bool) -> _Read:
    def read(_: Reader, values: dict[str, Any], __: list[tuple[str, str]]) -> None:
        values["invisible"] = invisible

    return read


def _extra(name: str, value: Callable[[Reader], str]) -> _Read:
    def read(reader: Reader, _: dict[str, Any], extra: list[tuple[str, str]]) -> None:
        reader.accept("=")
        extra.append((name, value(reader)))

    return read


_OPTIONS: dict[str, _Read] = {
    "USING": _set_using,
    "TYPE": _set_using,
    "COMMENT": _set_comment,
    "VISIBLE": _visibility(False),
    "INVISIBLE": _visibility(True),
    "IGNORED": _set_ignored,
    "WITH": _set_parser,
    "KEY_BLOCK_SIZE": _extra("key_block_size", lambda reader: str(reader.integer("a block size"))),
    "ENGINE_ATTRIBUTE": _extra("engine_attribute", lambda reader: reader.text_value("a value")),
    "SECONDARY_ENGINE_ATTRIBUTE": _extra("secondary_engine_attribute", lambda reader: reader.text_value("a value")),
    "CLUSTERING": _extra("clustering", lambda reader: reader.expect_any("YES", "NO")),
}


def _parts(reader: Reader) -> tuple[tuple[IndexPart, ...], list[tuple[str, str]]]:
    """Read the columns and expressions of an index, in parentheses, and the extras that stand there."""
    reader.expect("(")
    parts: list[IndexPart] = []
    extra: list[tuple[str, str]] = []
    while True:
        part = _part(reader)
        if reader.accept_all("WITHOUT", "OVERLAPS"):  # MariaDB: the period of a unique key, always the last
            extra.append(("without_overlaps", part.column))
            break
        parts.append(part)
        if not reader.accept(","):
            break
    reader.expect(")")
    return tuple(parts), extra


def _part(reader: Reader) -> IndexPart:
    if reader.word == "(":
        expression = reader.group("an expression")
        return IndexPart("", None, _descending(reader), expression)
    column = reader.name("a column")
    return IndexPart(column, reader.length(), _descending(reader))


def _descending(reader: Reader) -> bool:
    return reader.accept_any("ASC", "DESC") == "DESC"


def _foreign_key(reader: Reader, name: str) -> ForeignKey:
    reader.expect("KEY")
    reader.if_not_exists()
    index_name = reader.name("an index name") if reader.at_name() else ""
    return replace(read_references(reader, name, reader.names("a column")), index_name=index_name)


def read_references(reader: Reader, name: str, columns: tuple[str, ...], *, inline: bool = False) -> ForeignKey:
    """Read REFERENCES table (columns) and its rules; `columns` are those that refer."""
    reader.expect("REFERENCES")
    parent = reader.table_name()
    parent_columns = reader.names("a column") if reader.word == "(" else ()
    match = ""
    if reader.accept("MATCH"):
        match = reader.expect_any("FULL", "PARTIAL", "SIMPLE")
    rules = {"DELETE": "", "UPDATE": ""}
    while reader.word == "ON" and reader.peek() in rules:
        event = reader.peek()
        reader.at += 2
        rules[event] = _rule(reader)
    return ForeignKey(name, columns, parent, parent_columns, rules["DELETE"], rules["UPDATE"], match, "", inline)


def _rule(reader: Reader) -> str:
    word = reader.expect_any("RESTRICT", "CASCADE", "SET", "NO")
    if word == "SET":
        return "SET " + reader.expect_any("NULL", "DEFAULT")
    if word == "NO":
        reader.expect("ACTION")
        return "NO ACTION"
    return word


def read_check(reader: Reader, name: str) -> Check:
    """Read (expression) [[NOT] ENFORCED]."""
    expression = reader.group("an expression")
    if reader.accept_all("NOT", "ENFORCED"):
        return Check(name, expression, enforced=False)
    reader.accept("ENFORCED")
    return Check(name, expression)
