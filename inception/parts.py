"""`--split`: cut a batch into parts that may be executed separately, none of which mixes DDL and DML of a table. Pure.

Running the parts in order equals running the batch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from inception.answer import CellType, Field, Value
from inception.batch.statement import Kind, SetNames, Statement, Use
from inception.catalog import Catalog
from inception.schema.model import TableName
from inception.sql import quote_name

FIELDS = (Field("ID", CellType.INT), Field("sql_statement"), Field("ddlflag", CellType.INT))

_DEFINES = frozenset(
    {Kind.CREATE_TABLE, Kind.ALTER_TABLE, Kind.DROP_TABLE, Kind.RENAME_TABLE, Kind.CREATE_INDEX, Kind.DROP_INDEX}
)
_FLAGGED = frozenset({Kind.ALTER_TABLE, Kind.DROP_TABLE})


@dataclass(frozen=True)
class Part:
    """One row of the answer; an error has number 0 and its message as text."""

    number: int
    text: str
    ddl: bool = False

    def row(self) -> tuple[Value, ...]:
        """Return the cells in the order of FIELDS."""
        return self.number, self.text, int(self.ddl)


@dataclass
class _Open:
    """The part that is being filled: which tables it changes in which way."""

    texts: list[str] = field(default_factory=list)
    kinds: dict[TableName, str] = field(default_factory=dict)
    ddl: bool = False


def divide(statements: Iterable[Statement], folded: bool) -> list[Part]:
    """Return the parts of a batch. `folded`: the target compares names of tables without case.

    A statement that could not be read makes one error row of the whole: what it touches is not known.
    """
    statements = tuple(statements)
    for statement in statements:
        if statement.problem is not None:
            return [Part(0, f"Statement {statement.number} cannot be read: {statement.problem}")]
    closed = list(_parts(statements, Catalog(folded)))
    return [Part(number, "".join(each.texts), each.ddl) for number, each in enumerate(closed, 1)]


def _parts(statements: tuple[Statement, ...], catalog: Catalog) -> Iterator[_Open]:
    part = _Open()
    charset = ""
    for statement in statements:
        kind = _kind(statement)
        touched = [catalog.key(name) for name in statement.changes] if kind else []
        if any(part.kinds.get(name, kind) != kind for name in touched):
            yield part
            part = _Open(_beginning(charset, statement))
        part.texts.append(f"{statement.text};\n")
        part.kinds.update(dict.fromkeys(touched, kind))
        part.ddl = part.ddl or statement.kind in _FLAGGED
        if isinstance(statement.form, SetNames):
            charset = statement.text
    if part.texts:
        yield part


def _kind(statement: Statement) -> str:
    if statement.kind in _DEFINES:
        return "ddl"
    return "dml" if statement.kind.is_dml or statement.kind is Kind.TRUNCATE else ""


def _beginning(charset: str, statement: Statement) -> list[str]:
    """Return the SET NAMES and USE in force, except where the statement is itself one."""
    texts = [f"{charset};\n"] if charset and not isinstance(statement.form, SetNames) else []
    if statement.database and not isinstance(statement.form, Use):
        texts.append(f"use {quote_name(statement.database)};\n")
    return texts
