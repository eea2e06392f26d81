"""Which columns an ALTER TABLE must drop, add, change and move to turn one definition into another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inception.errors import DefinitionError
from inception.schema.model import Column, Table, find
from inception.schema.rename import rename_columns
from inception.schema.render import render_column
from inception.sql import quote_name


def column_changes(current: Table, wanted: Table, renamed: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the clauses that drop columns, and those that add, change and move them, in running order.

    The server keeps unmoved columns in order, then puts added and moved ones at their places in the order of the
    clauses: so each stands AFTER one that is in place by then.
    """
    now = {column.name: column for column in current.columns}
    as_named = rename_columns(current, renamed)
    origin = {new.name: old for new, old in zip(as_named.columns, current.columns, strict=True)}
    kept: dict[str, Column] = {}  # wanted name → the current column that becomes it
    for column in wanted.columns:
        found = find(as_named.columns, column.name)
        if found is not None and not _must_be_remade(found, column):
            kept[column.name] = origin[found.name]
    stay = {column.name for column in kept.values()}
    drops = [f"DROP COLUMN {quote_name(name)}" for name in now if name not in stay]
    return drops, list(_changes(_Plan(current, as_named, wanted, kept)))


def _must_be_remade(current: Column, wanted: Column) -> bool:
    """A column cannot become VIRTUAL or cease to be it."""
    return _is_virtual(current) != _is_virtual(wanted)


def _is_virtual(column: Column) -> bool:
    return column.generated is not None and not column.generated.stored


class _Plan:
    """The columns that stay, and where each wanted column goes."""

    def __init__(self, current: Table, as_named: Table, wanted: Table, kept: Mapping[str, Column]) -> None:
        self.current, self.as_named, self.wanted, self.kept = current, as_named, wanted, kept
        order = [column.name for column in current.columns]
        places = [order.index(kept[column.name].name) for column in wanted.columns if column.name in kept]
        names = [column.name for column in wanted.columns if column.name in kept]
        self.unmoved = {names[at] for at in _longest_increasing(places)}

    def same(self, wanted: Column) -> bool:
        """Tell whether the kept column has the wanted definition already."""
        now = find(self.as_named.columns, wanted.name)
        if now is None or replace(now, charset=None, collation=None) != replace(wanted, charset=None, collation=None):
            return False
        if not wanted.is_text or _default_charset(self.as_named) == _default_charset(self.wanted):
            return (now.charset, now.collation) == (wanted.charset, wanted.collation)
        return _charset(now, self.as_named) == _charset(wanted, self.wanted)


def _default_charset(table: Table) -> tuple[str | None, str | None]:
    return table.option("charset"), table.option("collation")


def _charset(column: Column, table: Table) -> tuple[str | None, str | None]:
    """Return the character set and collation that a column has, its own or the table's."""
    if column.charset or column.collation:
        return table.charset_of(column), column.collation
    return _default_charset(table)


def _changes(plan: _Plan) -> Iterator[str]:
    line = [column.name for column in plan.wanted.columns if column.name in plan.unmoved]
    previous = ""
    for column in plan.wanted.columns:
        kept = plan.kept.get(column.name)
        moved = column.name not in plan.unmoved
        place = ""
        if moved:
            at_end = kept is None and previous == (line[-1] if line else "")
            place = "" if at_end else f" AFTER {quote_name(previous)}" if previous else " FIRST"
            line.insert(line.index(previous) + 1 if previous else 0, column.name)
        previous = column.name
        yield from _change(plan, column, kept, place)


def _change(plan: _Plan, column: Column, kept: Column | None, place: str) -> Iterator[str]:
    if kept is None:
        _demand_default(column, plan.wanted)
        yield f"ADD COLUMN {render_column(column)}{place}"
    elif kept.name != column.name:
        _demand_default(column, plan.wanted)
        yield f"CHANGE COLUMN {quote_name(kept.name)} {render_column(column)}{place}"
    elif not place and _loses_default(column) and plan.same(replace(column, default=kept.default)):
        if kept.default is not None:
            yield f"ALTER COLUMN {quote_name(column.name)} DROP DEFAULT"
    elif place or not plan.same(column):
        _demand_default(column, plan.wanted)
        yield f"MODIFY COLUMN {render_column(column)}{place}"


def _loses_default(column: Column) -> bool:
    """Tell whether it may be NULL and has no default: in MySQL only ALTER COLUMN … DROP DEFAULT does that."""
    if not column.nullable or column.default is not None or column.generated or column.auto_increment:
        return False
    return not column.type.endswith(("blob", "text")) and not column.extra


def _demand_default(column: Column, table: Table) -> None:
    if _loses_default(column):
        raise DefinitionError(
            f"Column '{column.name}' of {table.name} may be NULL and has no default, not even NULL: "
            "one ALTER TABLE cannot restore that."
        )


def _longest_increasing(numbers: list[int]) -> list[int]:
    """Return the places of a longest increasing run in the list, so that as few columns as possible move."""
    best: list[list[int]] = []
    for at, number in enumerate(numbers):
        runs = [best[before] for before in range(at) if numbers[before] < number]
        best.append([*max(runs, key=len, default=[]), at])
    return max(best, key=len, default=[])
