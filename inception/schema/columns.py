"""One column as written in CREATE TABLE or ALTER TABLE, with the keys and constraints that stand inside it.

Manual: "CREATE TABLE Statement" (column_definition); MariaDB: "CREATE TABLE". Reading only: nothing is judged or
filled in, except that a column called PRIMARY KEY or SERIAL is not nullable, as the words say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inception.schema.defaults import read_default, read_now
from inception.schema.keys import read_check, read_references
from inception.schema.model import (
    Check,
    Column,
    ForeignKey,
    Generated,
    Index,
    IndexKind,
    IndexPart,
)
from inception.schema.reader import Reader
from inception.schema.types import at_charset, charset_name, collation_name, read_type


@dataclass(frozen=True)
class WrittenColumn:
    """A column, and what was written inside it but belongs to the table."""

    column: Column
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass
class _Draft:
    """A column while it is read. `values` are arguments of Column."""

    name: str
    values: dict[str, Any]
    extra: list[tuple[str, str]] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def add_index(self, kind: IndexKind) -> None:
        name = "PRIMARY" if kind is IndexKind.PRIMARY else ""
        self.indexes.append(Index(name, kind, (IndexPart(self.name),)))


def read_column(reader: Reader) -> WrittenColumn:
    """Read a column's name and definition. Raises UnreadableSql."""
    return read_definition(reader, reader.name("a column name"))


def read_definition(reader: Reader, name: str) -> WrittenColumn:
    """Read a column's definition, its name being read already. Raises UnreadableSql."""
    if reader.accept("SERIAL"):
        draft = _Draft(name, {"type": "bigint", "unsigned": True})
        _make_serial(draft)
    else:
        values = read_type(reader)
        draft = _Draft(name, values, list(values.pop("extra", ())))
    _read_attributes(reader, draft)
    if draft.extra:
        draft.values["extra"] = tuple(draft.extra)
    column = Column(name, **draft.values)
    return WrittenColumn(column, tuple(draft.indexes), tuple(draft.foreign_keys), tuple(draft.checks))


def _read_attributes(reader: Reader, draft: _Draft) -> None:
    while True:
        word = reader.words[reader.at]
        read = _ATTRIBUTES.get(word)
        if read is not None:
            reader.at += 1
            read(reader, draft)
        elif at_charset(reader):
            draft.values["charset"] = charset_name(reader)
        elif word == "REFERENCES":
            draft.foreign_keys.append(read_references(reader, "", (draft.name,), inline=True))
        elif reader.at_attribute():
            draft.extra.append(reader.attribute())
        else:
            return


# attributes: the first word is read already


def _not(reader: Reader, draft: _Draft) -> None:
    if reader.accept("SECONDARY"):
        draft.extra.append(("not_secondary", ""))
    else:
        reader.expect("NULL")
        draft.values["nullable"] = False


def _null(_: Reader, draft: _Draft) -> None:
    draft.values["null_written"] = True


def _default(reader: Reader, draft: _Draft) -> None:
    draft.values["default"] = read_default(reader)


def _on(reader: Reader, draft: _Draft) -> None:
    reader.expect("UPDATE")
    draft.values["on_update"] = read_now(reader) or reader.fail("expected CURRENT_TIMESTAMP")


def _auto_increment(_: Reader, draft: _Draft) -> None:
    draft.values["auto_increment"] = True


def _unique(reader: Reader, draft: _Draft) -> None:
    reader.accept("KEY")
    draft.add_index(IndexKind.UNIQUE)


def _primary(reader: Reader, draft: _Draft) -> None:
    reader.expect("KEY")
    _key(reader, draft)


def _key(_: Reader, draft: _Draft) -> None:
    draft.add_index(IndexKind.PRIMARY)
    draft.values["nullable"] = False


def _comment(reader: Reader, draft: _Draft) -> None:
    draft.values["comment"] = reader.text_value("a comment")


def _collate(reader: Reader, draft: _Draft) -> None:
    reader.accept("=")
    draft.values["collation"] = collation_name(reader)


def _generated(reader: Reader, draft: _Draft) -> None:
    reader.expect("ALWAYS", "AS")
    _as(reader, draft)


def _as(reader: Reader, draft: _Draft) -> None:
    if reader.accept("ROW"):
        draft.extra.append(("generated_as_row", reader.expect_any("START", "END")))
        return
    expression = reader.group("an expression")
    kind = reader.accept_any("VIRTUAL", "STORED", "PERSISTENT")
    draft.values["generated"] = Generated(expression, kind in ("STORED", "PERSISTENT"))


def _constraint(reader: Reader, draft: _Draft) -> None:
    name = "" if reader.word == "CHECK" else reader.name("a constraint name")
    if reader.word == "REFERENCES" and reader.syntax.mariadb:
        draft.foreign_keys.append(read_references(reader, name, (draft.name,), inline=True))
        return
    reader.expect("CHECK")
    draft.checks.append(read_check(reader, name))


def _check(reader: Reader, draft: _Draft) -> None:
    check = read_check(reader, "")
    if check.enforced and "check" not in draft.values:
        draft.values["check"] = check.expression
    else:
        draft.checks.append(check)


def _visible(_: Reader, draft: _Draft) -> None:
    draft.values["invisible"] = False


def _invisible(_: Reader, draft: _Draft) -> None:
    draft.values["invisible"] = True


def _make_serial(draft: _Draft) -> None:
    draft.values.update(nullable=False, auto_increment=True)
    draft.add_index(IndexKind.UNIQUE)


def _serial(reader: Reader, draft: _Draft) -> None:
    reader.expect("DEFAULT", "VALUE")
    _make_serial(draft)


def _compressed(reader: Reader, draft: _Draft) -> None:
    method = reader.name("a compression method").lower() if reader.accept("=") else ""
    draft.extra.append(("compressed", method))


def _with(reader: Reader, draft: _Draft) -> None:
    reader.expect("SYSTEM", "VERSIONING")
    draft.extra.append(("system_versioning", "with"))


def _without(reader: Reader, draft: _Draft) -> None:
    reader.expect("SYSTEM", "VERSIONING")
    draft.extra.append(("system_versioning", "without"))


def _number(name: str, *, equals: bool = False) -> Callable[[Reader, _Draft], None]:
    def read(reader: Reader, draft: _Draft) -> None:
        if equals:
            reader.expect("=")
        draft.extra.append((name, str(reader.integer(name))))

    return read


def _choice(name: str, *words: str) -> Callable[[Reader, _Draft], None]:
    def read(reader: Reader, draft: _Draft) -> None:
        draft.extra.append((name, reader.expect_any(*words)))

    return read


def _text(name: str) -> Callable[[Reader, _Draft], None]:
    def read(reader: Reader, draft: _Draft) -> None:
        reader.accept("=")
        draft.extra.append((name, reader.text_value("a value")))

    return read


_ATTRIBUTES: dict[str, Callable[[Reader, _Draft], None]] = {
    "NOT": _not,
    "NULL": _null,
    "DEFAULT": _default,
    "ON": _on,
    "AUTO_INCREMENT": _auto_increment,
    "UNIQUE": _unique,
    "PRIMARY": _primary,
    "KEY": _key,
    "COMMENT": _comment,
    "COLLATE": _collate,
    "GENERATED": _generated,
    "AS": _as,
    "CONSTRAINT": _constraint,
    "CHECK": _check,
    "VISIBLE": _visible,
    "INVISIBLE": _invisible,
    "SERIAL": _serial,
    "COMPRESSED": _compressed,
    "WITH": _with,
    "WITHOUT": _without,
    "SRID": _number("srid"),
    "REF_SYSTEM_ID": _number("ref_system_id", equals=True),
    "COLUMN_FORMAT": _choice("column_format", "FIXED", "DYNAMIC", "DEFAULT"),
    "STORAGE": _choice("storage", "DISK", "MEMORY", "DEFAULT"),
    "ENGINE_ATTRIBUTE": _text("engine_attribute"),
    "SECONDARY_ENGINE_ATTRIBUTE": _text("secondary_engine_attribute"),
}
