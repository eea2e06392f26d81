"""Row changes, resolved as MySQL does: INSERT, REPLACE, UPDATE, DELETE."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.resolve.names import Ctes
from inception.resolve.nodes import is_group
from inception.resolve.resolution import Resolution
from inception.resolve.resolver import NOTHING, Resolver
from inception.resolve.scope import Relation, Scope, Source, renamed


def resolve(tree: Any, database: str, catalog: Catalog, *, derived_see_outside: bool = True) -> Resolution:
    """Resolve an INSERT, REPLACE, UPDATE, DELETE or query that runs in `database`.

    `derived_see_outside`: derived tables may name columns of the query around them (MySQL from 8.0.14 on).
    """
    resolver = _Changes(catalog, database, derived_see_outside)
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
        relation = NOTHING
        for table in tree.args.get("using") or [tree.this]:
            relation = relation.cross(self.table(table, None, ctes))
        scope = Scope(relation)
        for part in ("expressions", "where", "order", "returning"):
            self.expression(tree.args.get(part), scope, ctes)
        if isinstance(tree, exp.Delete):
            self._targets(tree, relation)

    def _targets(self, tree: Any, relation: Relation) -> None:
        """A DELETE of several tables names them as FROM does: by alias, or by name where there is none."""
        if tree.args.get("using"):
            targets = [tree.this, *(join.this for join in tree.this.args.get("joins") or [])]
        else:
            targets = tree.args.get("tables") or []
        aliases = {source.alias: source.table for source in relation.sources}
        for target in targets:
            if not any(self._is_target(target, table) for table in _written(tree)):
                self.found.problems.append(f"Unknown table '{target.name}' in MULTI DELETE.")
            self.found.tables[id(target)] = aliases.get(self.fold(target.name)) or self.name(target)

    def _is_target(self, target: Any, table: Any) -> bool:
        """Compare as the server does: a name with its database goes for a table without an alias only."""
        if self.fold(target.name) != self.fold(table.alias_or_name):
            return False
        if table.args.get("alias"):
            return not target.db
        return self.fold(target.db or self.database) == self.fold(table.db or self.database)

    def insert(self, tree: Any) -> None:
        """Resolve an INSERT or REPLACE: column list, values, query, ON DUPLICATE KEY UPDATE, RETURNING."""
        listed = isinstance(tree.this, exp.Schema)
        target = tree.this.this if listed else tree.this
        own = Source(self.fold(target.name), self.columns_of(name := self.name(target)), name)
        self.found.stars[id(tree)] = own.star
        columns = tree.this.expressions if listed else []
        for column in columns:
            self._of_target(column, own)
        ctes = self.with_clause(tree, None, {})
        scope = Scope(Relation.of(own))
        source = tree.expression
        if isinstance(source, exp.Query):
            self.query(source, None, ctes)
        elif source is not None:
            for row in source.expressions:
                if any(not isinstance(value, exp.Literal | exp.Null) for value in row.expressions):
                    self.expression(row, scope, ctes)
        if tree.args.get("conflict") is not None:
            new = self._new_row(source, own, [column.name for column in columns], ctes)
            self._updates(tree.args["conflict"], own, Scope(scope.relation.cross(new)), ctes)
        self.expression(tree.args.get("returning"), scope, ctes)

    def _new_row(self, source: Any, own: Source, listed: list[str], ctes: Ctes) -> Relation:
        """Return what ON DUPLICATE KEY UPDATE may name besides the table: the new row's alias, the query's tables."""
        while isinstance(source, exp.Subquery):
            source = source.this
        if isinstance(source, exp.Select):
            quiet = Resolver(self.catalog, self.database, self.derived_see_outside)
            if source.args.get("group") or source.args.get("distinct"):
                sources = tuple(Source(self.fold(each.alias_or_name), None) for each in _tables(source))
                return Relation(sources, whole=False)
            return quiet.relation_of(source, None, quiet.with_clause(source, None, ctes))
        if not isinstance(source, exp.Values):
            return Relation(whole=False)
        if not source.alias:
            return NOTHING
        given = own.columns
        if listed and own.columns is not None:
            given = tuple(found for name in listed if (found := own.column(name)) is not None)
        alias = Source(self.fold(source.alias), renamed(given, list(source.alias_column_names)))
        only_new = tuple(each for each in alias.columns or () if each.name.casefold() not in own.by_name)
        return Relation((alias,), only_new, alias.columns is not None)

    def _updates(self, conflict: Any, own: Source, scope: Scope, ctes: Ctes) -> None:
        """What ON DUPLICATE KEY UPDATE assigns is the table's own, and so is what VALUES() names."""
        for item in conflict.args.get("expressions") or []:
            if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column):
                self.expression(item.this, Scope(Relation.of(own)), ctes)
                self.expression(item.expression, scope, ctes)
            else:
                self.expression(item, scope, ctes)
        for call in conflict.find_all(exp.Anonymous):
            for column in call.expressions:
                if isinstance(column, exp.Identifier):  # VALUES(column)
                    self._of_target(column, own)

    def _of_target(self, column: Any, own: Source) -> None:
        found = own.column(column.name)
        if found is None and own.table is not None:
            self.found.problems.append(f"Unknown column '{column.name}' in table '{own.table.name}'.")
        elif found is not None:
            self.found.columns[id(column)] = found


def _tables(query: Any) -> Iterator[Any]:
    """Yield the tables of a SELECT's own FROM, as they are written."""
    origin = query.args.get("from_")
    pending = ([origin.this] if origin is not None else []) + [join.this for join in query.args.get("joins") or []]
    yield from _operands(pending)


def _written(tree: Any) -> Iterator[Any]:
    """Yield the tables that a DELETE of several reads, as they are written."""
    yield from _operands(list(tree.args.get("using") or [tree.this]))


def _operands(pending: list[Any]) -> Iterator[Any]:
    while pending:
        table = pending.pop()
        if is_group(table):
            pending.append(table.this)
        else:
            yield table
        pending += [join.this for join in table.args.get("joins") or []]
