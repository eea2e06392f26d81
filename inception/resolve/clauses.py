"""The select list as ORDER BY, GROUP BY and HAVING see it, and what stands in those clauses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlglot import exp

from inception.resolve.scope import Columns, Output


@dataclass(frozen=True)
class Items:
    """The columns of a select list, by name."""

    columns: Columns

    @cached_property
    def named(self) -> Mapping[str, Output]:
        """The first column of each name, case folded."""
        return {each.name.casefold(): each for each in reversed(self.columns or ()) if each.name}

    @cached_property
    def open(self) -> bool:
        """Tell whether there may be columns of any name: those that are named after their text."""
        return self.columns is None or any(not each.name for each in self.columns)

    def may_have(self, name: str) -> bool:
        """Tell whether a name stands in the select list."""
        return name in self.named

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether a name stands for several columns of tables; of expressions the first one counts."""
        meant = [each for each in self.columns or () if each.name.casefold() == name]
        return all(each.same for each in meant) and len({each.sources for each in meant}) > 1


def ordered(tree: Any) -> list[Any]:
    """Return what a query is ordered by."""
    return _listed(tree.args.get("order"))


def grouped(tree: Any) -> list[Any]:
    """Return what a query is grouped by."""
    return _listed(tree.args.get("group"))


def _listed(clause: Any) -> list[Any]:
    if clause is None:
        return []
    return [item.this if isinstance(item, exp.Ordered) else item for item in clause.expressions]


def outside_aggregates(having: Any) -> Iterator[Any]:
    """Yield the columns that HAVING compares itself: neither in a function that may be an aggregate nor in a query."""
    pending = [having]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.Column):
            yield node
        elif isinstance(node, exp.Expr) and not isinstance(node, exp.AggFunc | exp.Query | exp.Anonymous):
            pending.extend(node.iter_expressions())


def aggregates_and_queries(having: Any) -> Iterator[Any]:
    """Yield the functions that may be aggregates, and the queries, in HAVING."""
    pending = [having]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.AggFunc | exp.Query | exp.Anonymous):
            yield node
        elif isinstance(node, exp.Expr):
            pending.extend(node.iter_expressions())
