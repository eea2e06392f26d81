"""`--split`: cut a batch into parts that may be executed separately, none of which mixes DDL and DML of a table. Pure.

Running the parts in order equals running the batch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from inception.answer import CellType, Field, Value
from inception.batch.statement import Kind, SetNames, Statement, Use
from inception.catalog import Catalog
from inception.schema.define import CreateTable
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

    A statement that could not be read makes one error row of the whole: what it touches is not known. So do those that
    must stay together for a temporary table that they share, and cannot.
    """
    statements, catalog = tuple(statements), Catalog(folded)
    for statement in statements:
        if statement.problem is not None:
            return [Part(0, f"Statement {statement.number} cannot be read: {statement.problem}")]
    units = tuple(_units(statements, catalog))
    for unit in units:
        if both := _mixed(unit, catalog):
            return [Part(0, _INSEPARABLE.format(unit[0].number, unit[-1].number, both))]
    closed = list(_parts(units, catalog))
    return [Part(number, "".join(each.texts), each.ddl) for number, each in enumerate(closed, 1)]


_INSEPARABLE = (
    "Statements {} to {} cannot be parted, since they share a temporary table, which is there in one session only; but "
    "they change both the definition and the rows of {}. Move one or the other before the temporary table is made."
)


def _units(statements: tuple[Statement, ...], catalog: Catalog) -> Iterator[tuple[Statement, ...]]:
    """Yield what must stay together: from where a temporary table is made to where it is named last, else each."""
    made: dict[TableName, int] = {}
    last: dict[int, int] = {}  # by the first one
    for at, statement in enumerate(statements):
        if names := [catalog.key(name) for name in statement.temporary]:
            anew = isinstance(statement.form, CreateTable) and statement.form.temporary
            others = names if not anew else [name for name in names if name not in map(catalog.key, statement.changes)]
            first = min((made.get(name, at) for name in others), default=at)
            made.update(dict.fromkeys(names, first))
            last[first] = at
    begin = end = 0
    for at in range(len(statements)):
        end = max(end, last.get(at, at))
        if at == end:
            yield statements[begin : at + 1]
            begin = end = at + 1


def _touched(unit: tuple[Statement, ...], catalog: Catalog) -> Iterator[tuple[TableName, str]]:
    """Yield the tables that are changed, each with the way."""
    return ((catalog.key(name), kind) for each in unit if (kind := _kind(each)) for name in each.lasting_changes)


def _mixed(unit: tuple[Statement, ...], catalog: Catalog) -> TableName | None:
    """Return a table that these statements change in both ways."""
    kinds: dict[TableName, str] = {}
    for name, kind in _touched(unit, catalog) if len(unit) > 1 else ():
        if kinds.setdefault(name, kind) != kind:
            return name
    return None


def _parts(units: Iterable[tuple[Statement, ...]], catalog: Catalog) -> Iterator[_Open]:
    part = _Open()
    charset = ""
    for unit in units:
        touched = dict(_touched(unit, catalog))
        if any(part.kinds.get(name, kind) != kind for name, kind in touched.items()):
            yield part
            part = _Open(_beginning(charset, unit[0]))
        part.kinds.update(touched)
        for statement in unit:
            part.texts.append(f"{statement.text};\n")
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
