"""Questions to the data of a table that is altered: is there a row for which the target would refuse? Pure.

Only what is sure is asked: duplicates under a new unique index, NULL under NOT NULL, values out of the new range.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inception.facts.fits import MOST_DIGITS
from inception.facts.types import BYTES, CHARACTERS, INTEGERS, type_text
from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.model import Column, Index, IndexKind, Table, find
from inception.schema.statements import CreateIndex
from inception.sql import quote_name, quote_text
from inception.world import Server


@dataclass(frozen=True)
class Probe:
    """A SELECT (from FROM on) that gives a row where the target would refuse, and what that means."""

    condition: str
    meaning: str


def probes_of(form: object, table: Table, server: Server) -> Iterator[Probe]:
    """Yield the questions on a statement, the table standing as it is on the target."""
    match form:
        case CreateIndex(index=index):
            yield from _of_index(index, table)
        case AlterTable(ignore=False, actions=actions):
            dropped = {action.name.casefold() for action in actions if isinstance(action, act.DropColumn)}
            for action in actions:
                if isinstance(action, act.AddIndex) and not _touches(action.index, actions, dropped):
                    yield from _of_index(action.index, table)
                elif isinstance(action, act.ChangeColumn) and server.strict:
                    old = table.column(action.old)
                    if old is not None:
                        yield from _of_column(old, action.column, table)


def _touches(index: Index, actions: tuple[act.Action, ...], dropped: set[str]) -> bool:
    """Tell whether a column of the index is made, changed or dropped by the same statement."""
    changed = set(dropped)
    for action in actions:
        match action:
            case act.AddColumn(column=column) | act.ChangeColumn(column=column):
                changed.add(column.name.casefold())
            case act.RenameColumn(new=new):
                changed.add(new.casefold())
            case act.ConvertCharset():
                return True
    return any(part.column.casefold() in changed for part in index.parts)


def _of_index(index: Index, table: Table) -> Iterator[Probe]:
    if index.kind not in (IndexKind.UNIQUE, IndexKind.PRIMARY) or any(part.expression for part in index.parts):
        return
    columns = [find(table.columns, part.column) for part in index.parts]
    if not columns or any(column is None for column in columns):
        return
    names = [quote_name(part.column) for part in index.parts]
    keys = [
        f"LEFT({name}, {part.prefix})" if part.prefix else name for name, part in zip(names, index.parts, strict=True)
    ]
    shown = index.name or "PRIMARY"
    nullable = [name for name, column in zip(names, columns, strict=True) if column is not None and column.nullable]
    filled = " AND ".join(f"{name} IS NOT NULL" for name in nullable)
    where = f" WHERE {filled}" if filled else ""
    yield Probe(
        f"FROM {_from(table)}{where} GROUP BY {', '.join(keys)} HAVING COUNT(*) > 1 LIMIT 1",
        f"there are duplicates under unique index '{shown}'",
    )
    if index.kind is IndexKind.PRIMARY and nullable:
        yield Probe(
            f"FROM {_from(table)} WHERE {' OR '.join(f'{name} IS NULL' for name in nullable)} LIMIT 1",
            "there are NULLs in a column of the primary key",
        )


def _key(name: str, prefix: int | None) -> str:
    return f"LEFT({name}, {prefix})" if prefix else name


def _from(table: Table) -> str:
    return quote_name(table.name.database, table.name.name)


def _of_column(old: Column, new: Column, table: Table) -> Iterator[Probe]:
    if old.generated or new.generated:
        return
    name = quote_name(old.name)
    if old.nullable and not new.nullable and not new.auto_increment and new.type != "timestamp":
        yield Probe(f"FROM {_from(table)} WHERE {name} IS NULL LIMIT 1", f"there are NULLs in column '{old.name}'")
    misfit = _misfit(old, new, name)
    if misfit:
        meaning = f"there are values in column '{old.name}' that {type_text(new)} does not take"
        yield Probe(f"FROM {_from(table)} WHERE {misfit} LIMIT 1", meaning)


def _misfit(old: Column, new: Column, name: str) -> str:
    """Return the condition of a value that does not fit the new type; '' where all do, or that is not sure."""
    if old.type in INTEGERS and new.type in INTEGERS:
        (old_low, old_high), (low, high) = _range(old), _range(new)
        return "" if low <= old_low and old_high <= high else f"{name} < {low} OR {name} > {high}"
    if old.type == "decimal" and new.type == "decimal" and (new.length or 0) <= MOST_DIGITS >= (new.decimals or 0):
        whole = (10 if new.length is None else new.length) - (new.decimals or 0)
        limit = Decimal(10) ** whole - Decimal(5).scaleb(-(new.decimals or 0) - 1)
        below = f" OR {name} < 0" if new.unsigned and not old.unsigned else ""
        return f"ABS({name}) >= {limit:f}{below}"
    if old.type in CHARACTERS and new.type in CHARACTERS:
        shorter = (new.length or 1) < (old.length or 1)
        return f"CHAR_LENGTH(RTRIM({name})) > {new.length or 1}" if shorter else ""
    if old.type in BYTES and new.type == "varbinary":
        return f"LENGTH({name}) > {new.length}" if (new.length or 0) < (old.length or 1) else ""
    if old.type == new.type == "enum" and not set(old.values) <= set(new.values):
        return f"{name} NOT IN ({', '.join(map(quote_text, new.values))})"
    return ""


def _range(column: Column) -> tuple[int, int]:
    bits = INTEGERS[column.type] * 8
    return (0, 2**bits - 1) if column.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
