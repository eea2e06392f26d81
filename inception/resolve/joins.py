"""How joined tables put their columns together: what `*` stands for, and which columns USING and NATURAL merge.

As MySQL's manual, "JOIN Clause", has it: common columns first, in the order of the first table; the first table of a
RIGHT JOIN is the right one.
"""

from dataclasses import dataclass, field
from typing import Any

from inception.resolve.scope import Columns, Output, Scope, Source


@dataclass
class Joined:
    """Tables joined so far. `before` are the sources that stand before these and that LATERAL can see."""

    before: tuple[Source, ...] = ()
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, Output] = field(default_factory=dict)
    conditions: list[Any] = field(default_factory=list)
    pairs: dict[int, tuple[tuple[Output, Output], ...]] = field(default_factory=dict)  # by id of the join
    problems: list[str] = field(default_factory=list)
    _listed: Columns = ()  # of what a comma has ended
    _row: Columns = ()

    @property
    def star(self) -> Columns:
        """What `*` stands for."""
        return None if self._listed is None or self._row is None else self._listed + self._row

    def scope(self, parent: Scope | None) -> Scope:
        """Return the scope that these tables make."""
        return Scope(tuple(self.sources), parent, self.merged, self.star)

    def lateral(self, parent: Scope | None) -> Scope:
        """Return what a table that is joined next may refer to if it is LATERAL."""
        return Scope((*self.before, *self.sources), parent)

    def take(self, row: Columns, join: Any | None) -> None:
        """Join columns to those so far; `join` is None for the first table."""
        if join is None or join.meta.get("comma"):
            self._listed, self._row = self.star, row
            return
        using = [name.name for name in join.args.get("using") or []]
        natural = join.method.upper() == "NATURAL"
        if self._row is None or row is None:
            self._row = None
            self._merge_unknown(using)
        elif using or natural:
            self._row = self._merge(self._row, row, using, join)
        else:
            self._row = self._row + row

    def _merge(self, left: tuple[Output, ...], right: tuple[Output, ...], using: list[str], join: Any) -> Columns:
        first, second = (right, left) if join.side.upper() == "RIGHT" else (left, right)
        others = {each.name.casefold(): each for each in reversed(second) if each.name}
        wanted = {name.casefold() for name in using} if using else set(others)
        common = [each for each in first if each.name.casefold() in wanted and each.name.casefold() in others]
        names = {each.name.casefold() for each in common}
        self.problems += [f"Unknown column '{name}'." for name in using if name.casefold() not in names]
        self.merged |= {each.name.casefold(): each for each in common}
        self.pairs[id(join)] = tuple((each, others[each.name.casefold()]) for each in common)
        rest = [each for each in (*first, *second) if each.name.casefold() not in names]
        return (*common, *rest)

    def _merge_unknown(self, using: list[str]) -> None:
        for name in using:
            found = next((column for source in self.sources if (column := source.column(name))), Output(name))
            self.merged[name.casefold()] = found
