"""Walk a query's tree and note what each column, table and query in it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from inception.catalog import Catalog
from inception.resolve.joins import Joined
from inception.resolve.nodes import columns_of_json_table, is_dual, is_group, is_star, items_of_row
from inception.resolve.resolution import Resolution
from inception.resolve.scope import (
    Columns,
    Output,
    Scope,
    Source,
    either,
    matches,
    of_table,
    renamed,
    sources_of,
    visible,
)
from inception.schema.model import TableName

Ctes = Mapping[str, Columns]


@dataclass
class Resolver:
    """Resolves queries and expressions on a catalog, for statements that run in `database`."""

    catalog: Catalog
    database: str
    found: Resolution = field(default_factory=Resolution)
    _known: dict[TableName, Columns] = field(default_factory=dict)

    # -- queries -----------------------------------------------------------------------------------------------

    def query(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        """Resolve a query and return its columns."""
        columns = self._query(tree, parent, self.with_clause(tree, parent, ctes))
        self.found.outputs[id(tree)] = columns
        return columns

    def _query(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        if isinstance(tree, exp.Subquery):
            if tree.args.get("from_") is not None or tree.args.get("joins"):
                return None
            columns = self.query(tree.this, parent, ctes)
            self._order_of_whole(tree, columns, parent, ctes)
            return columns
        if isinstance(tree, exp.SetOperation):
            columns = either(self.query(tree.left, parent, ctes), self.query(tree.right, parent, ctes))
            self._order_of_whole(tree, columns, parent, ctes)
            return columns
        if isinstance(tree, exp.Values):
            self.expression(tree.expressions, Scope((), parent), ctes)
            rows = [items_of_row(row) for row in tree.expressions]
            return tuple(
                Output("", sources_of(each for item in place for each in self._behind(item)))
                for place in zip(*rows, strict=False)
            )
        return self._select(tree, parent, ctes) if isinstance(tree, exp.Select) else None

    def _order_of_whole(self, tree: Any, columns: Columns, parent: Scope | None, ctes: Ctes) -> None:
        self.expression(tree.args.get("order"), Scope((Source("", columns),), parent), ctes)

    def _select(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        origin = tree.args.get("from_")
        tables = [origin.this] if origin is not None and not is_dual(origin.this) else []
        scope = self.scope(tables, tree.args.get("joins") or [], parent, ctes)
        for part in ("windows", "expressions", "where", "qualify"):
            self.expression(tree.args.get(part), scope, ctes)
        columns = self._outputs(tree, scope)
        aliases = {
            item.alias.casefold(): self._output(item, tree) for item in tree.expressions if isinstance(item, exp.Alias)
        }
        for part in ("group", "having", "order"):
            inside = Scope(scope.sources, parent, scope.merged, scope.star, aliases, alias_first=part == "order")
            self.expression(tree.args.get(part), inside, ctes)
        return columns

    def with_clause(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Ctes:
        """Resolve the WITH of a statement; return the CTEs known behind it."""
        clause = tree.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            names = [column.name for column in cte.args["alias"].args.get("columns") or []]
            if clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                columns = self._recursive(cte, names, parent, known)
            else:
                columns = renamed(self.query(cte.this, parent, known), names)
            known[cte.alias.casefold()] = columns
        return known

    def _recursive(self, cte: Any, names: list[str], parent: Scope | None, ctes: Ctes) -> Columns:
        """Start with what the first query gives, and go on until nothing flows into the columns any more."""
        columns = renamed(self.query(cte.this.left, parent, ctes), names)
        while True:
            again = self.query(cte.this, parent, {**ctes, cte.alias.casefold(): columns})
            grown = renamed(either(columns, again), names)
            if grown == columns:
                return columns
            columns = grown

    def _outputs(self, tree: Any, scope: Scope) -> Columns:
        found: list[Output] = []
        for item in tree.expressions:
            if not is_star(item):
                found.append(self._output(item, tree))
                continue
            columns = scope.star
            if isinstance(item, exp.Column):
                matching = (each for each in scope.sources if matches(each, item.table, item.db))
                columns = next((each.star for each in matching), None)
            self.found.stars[id(item)] = columns
            if columns is None:
                return None
            found += columns
        return tuple(found)

    def _output(self, item: Any, select: Any) -> Output:
        """Return what an expression of the select list gives. A window's name stands for all named windows."""
        inner = item.this if isinstance(item, exp.Alias) else item
        while isinstance(inner, exp.Paren):
            inner = inner.this
        if isinstance(inner, exp.Column) and (known := self.found.columns.get(id(inner))) is not None:
            return Output(item.alias_or_name, known.sources, known.same)
        behind = [*self._behind(inner)]
        if any(window.args.get("alias") is not None for window in inner.find_all(exp.Window)):
            behind += [each for window in select.args.get("windows") or [] for each in self._behind(window)]
        return Output(item.alias if isinstance(item, exp.Alias) else "", sources_of(behind))

    def _behind(self, expression: Any) -> Iterator[Output]:
        """Yield every column in an expression, and in the queries in it also those that `*` stands for."""
        for node in expression.dfs():
            if (column := self.found.columns.get(id(node))) is not None:
                yield column
            elif isinstance(node, exp.Query):
                yield from self.found.outputs.get(id(node)) or ()

    # -- sources -----------------------------------------------------------------------------------------------

    def scope(self, tables: list[Any], joins: list[Any], parent: Scope | None, ctes: Ctes) -> Scope:
        """Resolve what is read from, with the conditions of joins."""
        joined = Joined()
        for table in tables:
            self._join(joined, table, None, parent, ctes)
        for join in joins:
            self._join(joined, join.this, join, parent, ctes)
        scope = joined.scope(parent)
        self.found.pairs |= joined.pairs
        self.found.problems += joined.problems
        for condition in joined.conditions:
            self.expression(condition, scope, ctes)
        return scope

    def _join(self, joined: Joined, table: Any, join: Any, parent: Scope | None, ctes: Ctes) -> None:
        if is_group(table):
            inner = Joined((*joined.before, *joined.sources))
            self._join(inner, table.this, None, parent, ctes)
            joined.sources += inner.sources
            joined.merged |= inner.merged
            joined.pairs |= inner.pairs
            joined.problems += inner.problems
            joined.conditions += inner.conditions
            row = inner.star
        else:
            source = self._source(table, joined.lateral(parent), parent, ctes)
            joined.sources.append(source)
            row = source.star
        if join is not None and join.args.get("on") is not None:
            joined.conditions.append(join.args["on"])
        joined.take(row, join)
        for following in table.args.get("joins") or []:
            self._join(joined, following.this, following, parent, ctes)

    def _source(self, table: Any, lateral: Scope, parent: Scope | None, ctes: Ctes) -> Source:
        alias, names = table.alias_or_name.casefold(), list(table.alias_column_names)
        if isinstance(table, exp.Lateral) and isinstance(table.this, exp.Subquery):
            return Source(alias, renamed(self.query(table.this, lateral, ctes), names))
        if isinstance(table, exp.Subquery):
            return Source(alias, renamed(self.query(table, parent, ctes), names))
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            return self._function(table, alias, lateral, ctes)
        if not table.db and table.name.casefold() in ctes:
            self.found.tables[id(table)] = None
            return Source(alias, ctes[table.name.casefold()])
        name = self.name(table)
        return Source(alias, self.columns_of(name), name)

    def _function(self, table: Any, alias: str, lateral: Scope, ctes: Ctes) -> Source:
        """Resolve a table function: each of its columns may be computed from anything that it is given."""
        self.expression(table, lateral, ctes)
        behind = sources_of(self._behind(table))
        if not isinstance(table.this, exp.JSONTable):
            return Source(alias, None, hidden_sources=behind)
        return Source(alias, tuple(Output(name, behind) for name in columns_of_json_table(table.this)))

    def name(self, table: Any) -> TableName:
        """Return the full name of a table that a statement names, as its definition has it."""
        written = TableName(table.db or self.database, table.name)
        known = self.catalog.table(written)
        if known is None and written.database.lower() != "information_schema":
            self.found.missing[written] = None
        name = written if known is None else known.name
        self.found.tables[id(table)] = name
        return name

    def columns_of(self, name: TableName) -> Columns:
        """Return a table's columns; None where it is unknown (another rule speaks of that)."""
        if name not in self._known:
            table = self.catalog.table(name)
            known = table is not None and table.complete and table.columns
            self._known[name] = tuple(of_table(name, each) for each in table.columns) if table and known else None
        return self._known[name]

    # -- expressions -------------------------------------------------------------------------------------------

    def expression(self, tree: Any, scope: Scope, ctes: Ctes) -> None:
        """Resolve every column below, each nested query in a scope of its own."""
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
        if isinstance(column.this, exp.Star):
            if column.table and not any(matches(each, column.table, column.db) for each in visible(scope)):
                self.found.problems.append(f"Unknown table '{column.table}' in '{column.table}.*'.")
            return
        if column.name.casefold() == "default" and not column.table and not column.this.args.get("quoted"):
            return
        shown = ".".join(part.name for part in column.parts)
        found = self._qualified(column, scope) if column.table else self._unqualified(shown, column.name, scope)
        if found is None:
            self.found.problems.append(f"Unknown column '{shown}'.")
        else:
            self.found.columns[id(column)] = found

    def _qualified(self, column: Any, scope: Scope) -> Output | None:
        matching = (each for each in visible(scope) if matches(each, column.table, column.db))
        return next((found for each in matching if (found := each.column(column.name)) is not None), None)

    def _unqualified(self, shown: str, name: str, scope: Scope | None) -> Output | None:
        key = name.casefold()
        while scope is not None:
            if scope.alias_first and key in scope.aliases:
                return scope.aliases[key]
            if key in scope.merged:
                return scope.merged[key]
            certain = [each.by_name[key] for each in scope.sources if key in each.by_name]
            unsure = any(each.open for each in scope.sources)
            if len(certain) > 1 and not unsure and key not in scope.aliases:
                self.found.problems.append(f"Column '{shown}' is ambiguous.")
            if certain or key in scope.aliases:
                return certain[0] if certain else scope.aliases[key]
            if unsure:
                candidates = [found for each in scope.sources if (found := each.column(name)) is not None]
                return candidates[0] if len(candidates) == 1 else Output(name, sources_of(candidates))
            scope = scope.parent
        return None
