"""Row changes, resolved as MySQL does: INSERT, REPLACE, UPDATE, DELETE."""

from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.resolve.nodes import is_dual
from inception.resolve.resolution import Resolution
from inception.resolve.resolver import Resolver
from inception.resolve.scope import Scope, Source, matches, renamed


def resolve(tree: Any, database: str, catalog: Catalog) -> Resolution:
    """Resolve an INSERT, REPLACE, UPDATE, DELETE or query that runs in `database`."""
    resolver = _Changes(catalog, database)
    if isinstance(tree, exp.Insert):
        resolver.insert(tree)
    elif isinstance(tree, exp.Update | exp.Delete):
        resolver.change(tree)
    else:
        resolver.query(tree, None, {})
    return resolver.found


class _Changes(Resolver):
    def change(self, tree: Any) -> None:
        """Resolve an UPDATE or DELETE."""
        ctes = self.with_clause(tree, None, {})
        scope = self.scope(list(tree.args.get("using") or [tree.this]), [], None, ctes)
        for part in ("expressions", "where", "order"):
            self.expression(tree.args.get(part), scope, ctes)
        for marked in tree.args.get("tables") or ([tree.this] if tree.args.get("using") else []):
            found = next((each.table for each in scope.sources if matches(each, marked.name, marked.db)), None)
            self.found.tables[id(marked)] = found or self.name(marked)

    def insert(self, tree: Any) -> None:
        """Resolve an INSERT or REPLACE: its column list, values, query, and ON DUPLICATE KEY UPDATE."""
        listed = isinstance(tree.this, exp.Schema)
        target = tree.this.this if listed else tree.this
        own = Source(target.name.casefold(), self.columns_of(name := self.name(target)), name)
        self.found.stars[id(tree)] = own.star
        for column in tree.this.expressions if listed else []:
            self._of_target(column, own)
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
            for call in conflict.find_all(exp.Anonymous):
                for column in call.expressions:
                    if isinstance(column, exp.Identifier):  # VALUES(column)
                        self._of_target(column, own)

    def _conflict_scope(self, own: Source, source: Any) -> Scope:
        """What ON DUPLICATE KEY UPDATE may name: the table, the new row's alias, the query's own sources."""
        if isinstance(source, exp.Select) and not source.args.get("with_"):
            origin = source.args.get("from_")
            tables = [origin.this] if origin is not None and not is_dual(origin.this) else []
            queried = self.scope(tables, source.args.get("joins") or [], None, {})
            return Scope((own,), Scope(queried.sources))
        if isinstance(source, exp.Query):
            return Scope((own,), Scope((Source("", None),)))
        if source is not None and source.args.get("alias"):
            new = renamed(own.columns, list(source.alias_column_names))
            return Scope((own, Source(source.alias.casefold(), new)))
        return Scope((own,))

    def _of_target(self, column: Any, own: Source) -> None:
        found = own.column(column.name)
        if found is None and own.table is not None:
            self.found.problems.append(f"Unknown column '{column.name}' in table '{own.table.name}'.")
        elif found is not None:
            self.found.columns[id(column)] = found
