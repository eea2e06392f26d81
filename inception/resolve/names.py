"""Look up the columns that expressions name, in the scope where they stand, and note what each stands for."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.resolve.nodes import shown
from inception.resolve.resolution import Resolution
from inception.resolve.scope import Columns, Output, Scope, Source, visible

Ctes = Mapping[str, Columns]


@dataclass
class Names(ABC):
    """What is found of the names in a statement that runs in `database`, on a catalog."""

    catalog: Catalog
    database: str
    derived_see_outside: bool = True  # a derived table may name columns of the query around: MySQL from 8.0.14 on
    found: Resolution = field(default_factory=Resolution)

    @abstractmethod
    def query(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        """Resolve a query and return its columns."""

    def fold(self, name: str) -> str:
        """Return the name of a table or its alias as the target compares it."""
        return name.lower() if self.catalog.folded else name

    def expression(self, tree: Any, scope: Scope, ctes: Ctes, nested: Scope | None = None) -> None:
        """Resolve every column below, each query in a scope of its own, within `nested` where that is given."""
        pending = list(reversed(tree)) if isinstance(tree, list) else [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, exp.Query):
                self.query(node, nested or scope, ctes)
            elif isinstance(node, exp.Column):
                self._column(node, scope)
            elif isinstance(node, exp.Collate | exp.Alias):
                pending.append(node.this)
            elif isinstance(node, exp.Expr):
                pending.extend(reversed(list(node.iter_expressions())))

    def _column(self, column: Any, scope: Scope) -> None:
        if isinstance(column.this, exp.Star):
            if column.table and not any(self.matches(each, column) for each in visible(scope)):
                self.found.problems.append(f"Unknown table '{column.table}' in '{column.table}.*'.")
            return
        if column.name.casefold() == "default" and not column.table and not column.this.args.get("quoted"):
            return
        found = self.find(column, scope)
        if found is None:
            self.found.problems.append(f"Unknown column '{shown(column)}'.")
        else:
            self.found.columns[id(column)] = found

    def find(self, column: Any, scope: Scope | None) -> Output | None:
        """Return what a column stands for; None where there is none such."""
        if not column.table:
            return self._unqualified(column, scope)
        matching = (each for each in visible(scope) if self.matches(each, column))
        return next((found for each in matching if (found := each.column(column.name)) is not None), None)

    def _unqualified(self, column: Any, scope: Scope | None) -> Output | None:
        key = column.name.casefold()
        while scope is not None:
            found = scope.relation.by_name.get(key, [])
            if len(found) > 1:
                self.found.problems.append(f"Column '{column.name}' is ambiguous.")
            if found or key in scope.names:
                return found[0] if found else scope.names[key]
            if scope.relation.open:
                return scope.relation.perhaps(column.name)
            scope = scope.parent
        return None

    def matches(self, source: Source, column: Any) -> bool:
        """Tell whether a source is meant by the table, or database and table, before a column or `*`."""
        if source.alias != self.fold(column.table):
            return False
        database = source.table.database if source.table is not None else None
        return not column.db or (database is not None and self.fold(database) == self.fold(column.db))
