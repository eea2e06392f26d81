"""Which columns a query or row change names that do not exist: names resolved as MySQL does, on the batch's catalog.

Only complains where it is sure: a source whose columns are not known (a table function, a view that could not be
read) may have any column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.schema.model import TableName

Columns = frozenset[str] | None  # case folded; None: not known


@dataclass(frozen=True)
class Source:
    """Something a query reads from, under its alias (case folded)."""

    alias: str
    columns: Columns
    database: str = ""


@dataclass(frozen=True)
class Scope:
    """What names can mean at one place: sources, the enclosing query's scope, and merged columns of USING."""

    sources: tuple[Source, ...]
    parent: "Scope | None" = None
    merged: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()


@dataclass
class _Resolver:
    catalog: Catalog
    database: str
    problems: list[str] = field(default_factory=list)

    # -- queries -----------------------------------------------------------------------------------------------

    def query(self, tree: Any, parent: Scope | None, ctes: Mapping[str, Columns]) -> Columns:
        """Resolve a query and return the names of its output columns."""
        ctes = self._with(tree, parent, ctes)
        if isinstance(tree, exp.Subquery):
            if tree.args.get("from_") is None and not tree.args.get("joins"):
                return self.query(tree.this, parent, ctes)
            return None
        if isinstance(tree, exp.SetOperation):
            names = self.query(tree.left, parent, ctes)
            self.query(tree.right, parent, ctes)
            return names
        if not isinstance(tree, exp.Select):
            return None
        scope = self._scope(self._from(tree), tree.args.get("joins") or [], parent, ctes)
        names = self._outputs(tree, scope)
        for part in ("expressions", "where", "windows", "qualify"):
            self.expression(tree.args.get(part), scope, ctes)
        with_aliases = Scope(scope.sources, parent, scope.merged, _aliases(tree))
        for part in ("group", "having", "order"):
            self.expression(tree.args.get(part), with_aliases, ctes)
        return names

    def _from(self, tree: Any) -> list[Any]:
        origin = tree.args.get("from_")
        return [origin.this] if origin is not None else []

    def _with(self, tree: Any, parent: Scope | None, ctes: Mapping[str, Columns]) -> Mapping[str, Columns]:
        clause = tree.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            alias = cte.args["alias"]
            named = frozenset(column.name.casefold() for column in alias.args.get("columns") or [])
            if clause.args.get("recursive"):
                known[cte.alias.casefold()] = named or None
            found = self.query(cte.this, parent, known)
            known[cte.alias.casefold()] = named or found
        return known

    def _outputs(self, tree: Any, scope: Scope) -> Columns:
        names: set[str] = set()
        for item in tree.expressions:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                qualifier = item.table.casefold() if isinstance(item, exp.Column) else ""
                for source in scope.sources:
                    if not qualifier or source.alias == qualifier:
                        if source.columns is None:
                            return None
                        names |= source.columns
            elif item.alias_or_name:
                names.add(item.alias_or_name.casefold())
            else:
                return None  # MySQL names it after its text
        return frozenset(names)

    # -- sources -----------------------------------------------------------------------------------------------

    def _scope(self, tables: list[Any], joins: list[Any], parent: Scope | None, ctes: Mapping[str, Columns]) -> Scope:
        sources: list[Source] = []
        merged: set[str] = set()
        conditions: list[Any] = []
        pending = [*tables, *joins]
        while pending:
            item = pending.pop(0)
            table = item
            if isinstance(item, exp.Join):
                table = item.this
                merged |= {name.name.casefold() for name in item.args.get("using") or []}
                conditions.append(item.args.get("on"))
                if item.method.upper() == "NATURAL":
                    merged |= {column for source in sources for column in source.columns or ()}
            if isinstance(table, exp.Paren) or (isinstance(table, exp.Subquery) and isinstance(table.this, exp.Table)):
                pending[:0] = [table.this, *(table.args.get("joins") or [])]
                continue
            sources.append(self._source(table, Scope(tuple(sources), parent), parent, ctes))
            pending[:0] = table.args.get("joins") or []
        scope = Scope(tuple(sources), parent, frozenset(merged))
        for condition in conditions:
            self.expression(condition, scope, ctes)
        return scope

    def _source(self, table: Any, lateral: Scope, parent: Scope | None, ctes: Mapping[str, Columns]) -> Source:
        alias = table.alias_or_name.casefold()
        renamed = frozenset(name.casefold() for name in table.alias_column_names) if table.args.get("alias") else None
        if isinstance(table, exp.Lateral) and isinstance(table.this, exp.Subquery):
            return Source(alias, renamed or self.query(table.this, lateral, ctes))
        if isinstance(table, exp.Subquery):
            return Source(alias, renamed or self.query(table, parent, ctes))
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            return Source(alias, renamed or None)
        if not table.db and table.name.casefold() in ctes:
            return Source(alias, ctes[table.name.casefold()])
        name = TableName(table.db or self.database, table.name)
        return Source(alias, self.columns_of(name), name.database.casefold())

    def columns_of(self, name: TableName) -> Columns:
        """Return a table's columns; None where it is unknown (another rule speaks of that)."""
        table = self.catalog.table(name)
        if table is None or not table.complete or not table.columns:
            return None
        return frozenset(column.name.casefold() for column in table.columns)

    # -- expressions -------------------------------------------------------------------------------------------

    def expression(self, tree: Any, scope: Scope, ctes: Mapping[str, Columns]) -> None:
        """Check every column below, each nested query in a scope of its own."""
        pending = list(reversed(tree)) if isinstance(tree, list) else [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, exp.Query):
                self.query(node, scope, ctes)
            elif isinstance(node, exp.Column):
                self._column(node, scope)
            elif isinstance(node, exp.Collate | exp.Alias):
                pending.append(node.this)
            elif isinstance(node, exp.Expr):
                pending.extend(reversed(list(node.iter_expressions())))

    def _column(self, column: Any, scope: Scope) -> None:
        name, qualifier = column.name.casefold(), column.table.casefold()
        if isinstance(column.this, exp.Star):
            if qualifier and not any(source.alias == qualifier for source in _visible(scope)):
                self.problems.append(f"Unknown table '{column.table}' in '{column.table}.*'.")
            return
        if name == "default" and not column.this.args.get("quoted"):
            return
        shown = ".".join(part.name for part in column.parts)
        if qualifier:
            self._qualified(shown, name, qualifier, column.db.casefold(), scope)
        else:
            self._unqualified(shown, name, scope)

    def _qualified(self, shown: str, name: str, qualifier: str, database: str, scope: Scope) -> None:
        found = [
            source
            for source in _visible(scope)
            if source.alias == qualifier and (not database or source.database in ("", database))
        ]
        if not found or all(source.columns is not None and name not in source.columns for source in found):
            self.problems.append(f"Unknown column '{shown}'.")

    def _unqualified(self, shown: str, name: str, scope: Scope | None) -> None:
        while scope is not None:
            if name in scope.aliases or any(source.columns is None for source in scope.sources):
                return
            having = sum(name in (source.columns or ()) for source in scope.sources)
            if having > 1 and name not in scope.merged:
                self.problems.append(f"Column '{shown}' is ambiguous.")
            if having:
                return
            scope = scope.parent
        self.problems.append(f"Unknown column '{shown}'.")

    # -- row changes -------------------------------------------------------------------------------------------

    def change(self, tree: Any) -> None:
        """Resolve an UPDATE or DELETE."""
        ctes = self._with(tree, None, {})
        origin = tree.args.get("using") or [tree.this]
        scope = self._scope(list(origin), [], None, ctes)
        for part in ("expressions", "where", "order"):
            self.expression(tree.args.get(part), scope, ctes)

    def insert(self, tree: Any) -> None:
        """Resolve an INSERT or REPLACE: its column list, values, query, and ON DUPLICATE KEY UPDATE."""
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        name = TableName(target.db or self.database, target.name)
        known = self.columns_of(name)
        for column in tree.this.expressions if isinstance(tree.this, exp.Schema) else []:
            if known is not None and column.name.casefold() not in known:
                self.problems.append(f"Unknown column '{column.name}' in table '{name.name}'.")
        own = Source(target.name.casefold(), known, name.database.casefold())
        source = tree.expression
        if isinstance(source, exp.Query):
            self.query(source, None, {})
        elif source is not None:
            for row in source.expressions:
                if any(not isinstance(value, exp.Literal | exp.Null) for value in row.expressions):
                    self.expression(row, Scope((own,)), {})
        conflict = tree.args.get("conflict")
        if conflict is not None:
            self.expression(conflict.args.get("expressions"), self._conflict_scope(own, source), {})

    def _conflict_scope(self, own: Source, source: Any) -> Scope:
        """What ON DUPLICATE KEY UPDATE may name: the table, the new row's alias, the query's own sources."""
        if source is None or isinstance(source, exp.Query) or source.args.get("alias"):
            return Scope((own, Source("", None)), Scope((Source(source.alias.casefold() if source else "", None),)))
        return Scope((own,))


def _visible(scope: Scope | None) -> Iterator[Source]:
    while scope is not None:
        yield from scope.sources
        scope = scope.parent


def _aliases(tree: Any) -> frozenset[str]:
    return frozenset(item.alias.casefold() for item in tree.expressions if isinstance(item, exp.Alias))


def unknown_columns(tree: Any, database: str, catalog: Catalog) -> list[str]:
    """Return a sentence for every column that a statement names and that does not exist, or is ambiguous."""
    resolver = _Resolver(catalog, database)
    if isinstance(tree, exp.Insert):
        resolver.insert(tree)
    elif isinstance(tree, exp.Update | exp.Delete):
        resolver.change(tree)
    else:
        resolver.query(tree, None, {})
    return list(dict.fromkeys(resolver.problems))
