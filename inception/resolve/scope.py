"""What names can mean at one place of a statement, and the columns of tables behind them. Values only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from inception.schema.model import Column, TableName


@dataclass(frozen=True, order=True)
class Real:
    """A column of a table or view, by its full name."""

    database: str
    table: str
    column: str


@dataclass(frozen=True)
class Output:
    """A column of a source, or of a query's answer. `name` is '' where MySQL names it after its text.

    `sources` are the columns of tables that its value is computed from; `same`: it is that one column, unchanged.
    `hidden`: `*` leaves it out.
    """

    name: str
    sources: tuple[Real, ...] = ()
    same: bool = False
    hidden: bool = False


Columns = tuple[Output, ...] | None  # None: not known


@dataclass(frozen=True)
class Source:
    """Something a query reads from.

    `alias` is as the target compares it, `table` the table that it is, None for a query. `hidden_sources` are what
    the columns of a source whose columns are not known may be computed from.
    """

    alias: str
    columns: Columns
    table: TableName | None = None
    hidden_sources: tuple[Real, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Output]:
        """The columns whose names are known, by case folded name."""
        return {each.name.casefold(): each for each in reversed(self.columns or ()) if each.name}

    @cached_property
    def open(self) -> bool:
        """Tell whether there may be columns of any name."""
        return self.columns is None or any(not each.name for each in self.columns)

    def column(self, name: str) -> Output | None:
        """Return the column of that name; None where there is none for certain."""
        found = self.by_name.get(name.casefold())
        if found is not None or not self.open:
            return found
        if self.table is not None:
            return Output(name, (Real(self.table.database, self.table.name, name),), same=True)
        return Output(name, self.hidden_sources or sources_of(each for each in self.columns or () if not each.name))

    @property
    def star(self) -> Columns:
        """What `*` stands for."""
        return None if self.columns is None else tuple(each for each in self.columns if not each.hidden)


@dataclass(frozen=True)
class Relation:
    """What FROM gives, or a part of it: its sources, and the columns of its rows in the order of `*`, hidden ones too.

    `whole`: there are no other columns than these; not so where those of some source are not known.
    """

    sources: tuple[Source, ...] = ()
    columns: tuple[Output, ...] = ()
    whole: bool = True

    @classmethod
    def of(cls, source: Source) -> "Relation":
        """Return the relation that one source is."""
        return cls((source,), source.columns or (), source.columns is not None)

    @cached_property
    def by_name(self) -> Mapping[str, list[Output]]:
        """What a name without a table may mean, by case folded name."""
        found: dict[str, list[Output]] = {}
        for column in self.columns:
            if column.name:
                found.setdefault(column.name.casefold(), []).append(column)
        return found

    @cached_property
    def open(self) -> bool:
        """Tell whether there may be columns of any name."""
        return not self.whole or any(not each.name for each in self.columns)

    @property
    def star(self) -> Columns:
        """What `*` stands for."""
        return tuple(each for each in self.columns if not each.hidden) if self.whole else None

    def perhaps(self, name: str) -> Output:
        """Return what a name means that only sources with unknown columns may have."""
        candidates = [found for each in self.sources if (found := each.column(name)) is not None]
        return candidates[0] if len(candidates) == 1 else Output(name, sources_of(candidates))

    def cross(self, other: "Relation") -> "Relation":
        """Return both side by side."""
        return Relation(self.sources + other.sources, self.columns + other.columns, self.whole and other.whole)


@dataclass(frozen=True)
class Scope:
    """What names can mean at one place: columns of FROM, then `names` of the select list, then what is around."""

    relation: Relation = Relation()
    parent: "Scope | None" = None
    names: Mapping[str, Output] = field(default_factory=dict)


def visible(scope: Scope | None) -> Iterator[Source]:
    """Yield the sources of a scope and of those around it, the nearest first."""
    while scope is not None:
        yield from scope.relation.sources
        scope = scope.parent


def sources_of(outputs: Iterable[Output]) -> tuple[Real, ...]:
    """Return the columns of tables behind several columns, each once."""
    return tuple(dict.fromkeys(real for output in outputs for real in output.sources))


def of_table(table: TableName, column: Column) -> Output:
    """Return a table's column."""
    return Output(column.name, (Real(table.database, table.name, column.name),), same=True, hidden=column.invisible)


def renamed(columns: Columns, names: list[str]) -> Columns:
    """Return columns under other names, those of d (x, y); the same where there are no names."""
    if not names:
        return columns
    if columns is None:
        return tuple(map(Output, names))
    return tuple(replace(column, name=name, hidden=False) for column, name in zip(columns, names, strict=False))


def either(left: Columns, right: Columns) -> Columns:
    """Return the columns of a UNION: names are the left one's, values may be of either."""
    if left is None or right is None:
        return left
    return tuple(
        Output(one.name, sources_of((one, other)), one.same and other.same and one.sources == other.sources)
        for one, other in zip(left, right, strict=False)
    )
