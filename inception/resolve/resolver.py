"""Walk a query's tree and note what each column, table and query in it stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from inception.resolve.clauses import Items, aggregates_and_queries, grouped, ordered, outside_aggregates
from inception.resolve.joins import common_names, merged, problems
from inception.resolve.names import Ctes, Names
from inception.resolve.nodes import columns_of_json_table, is_dual, is_group, is_star, items_of_row, shown
from inception.resolve.scope import (
    Columns,
    Output,
    Relation,
    Scope,
    Source,
    either,
    of_table,
    renamed,
    sources_of,
)
from inception.schema.model import TableName

NOTHING = Relation()


@dataclass
class Resolver(Names):
    """Resolves queries and expressions on a catalog, for statements that run in `database`."""

    _known: dict[TableName, Columns] = field(default_factory=dict)

    # -- queries -----------------------------------------------------------------------------------------------

    def query(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        """Resolve a query and return its columns."""
        columns = self._query(tree, parent, self.with_clause(tree, parent, ctes))
        self.found.outputs[id(tree)] = columns
        return columns

    def _set_operation(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        """Resolve a UNION from its first query on: there may be thousands, each on the left of the next."""
        operations = [tree]
        while isinstance(operations[-1].left, exp.SetOperation) and operations[-1].left.args.get("with_") is None:
            operations.append(operations[-1].left)
        columns = self.query(operations[-1].left, parent, ctes)
        for operation in reversed(operations):
            columns = either(columns, self.query(operation.right, parent, ctes))
            self._order_of_whole(operation, columns, ctes)
            self.found.outputs[id(operation)] = columns
        return columns

    def _query(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        if isinstance(tree, exp.Subquery):
            if tree.args.get("from_") is not None or tree.args.get("joins"):
                return None
            columns = self.query(tree.this, parent, ctes)
            self._order_of_whole(tree, columns, ctes)
            return columns
        if isinstance(tree, exp.SetOperation):
            return self._set_operation(tree, parent, ctes)
        if isinstance(tree, exp.Values):
            self.expression(tree.expressions, Scope(NOTHING, parent), ctes)
            rows = [items_of_row(row) for row in tree.expressions]
            return tuple(
                Output("", sources_of(each for item in place for each in self._behind(item)))
                for place in zip(*rows, strict=False)
            )
        return self._select(tree, parent, ctes) if isinstance(tree, exp.Select) else None

    def _order_of_whole(self, tree: Any, columns: Columns, ctes: Ctes) -> None:
        """The ORDER BY of a UNION, or behind parentheses, knows only the columns of the result."""
        result = Scope(Relation.of(Source("", columns)))
        for item in ordered(tree):
            self.expression(item, result, ctes)

    def _select(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Columns:
        relation = self.relation_of(tree, parent, ctes)
        scope = Scope(relation, parent)
        self.expression(tree.args.get("windows"), scope, ctes)
        before: dict[str, Output] = {}
        for item in tree.expressions:  # a query in the select list may name what stands before it
            self.expression(item, scope, ctes, Scope(relation, parent, dict(before)))
            if isinstance(item, exp.Alias):
                before[item.alias.casefold()] = self._output(item, tree)
        self.expression(tree.args.get("where"), scope, ctes)
        columns = self._outputs(tree, scope)
        items = Items(columns)
        group = grouped(tree)
        self._listed(group, items, scope, ctes, from_first=True)
        self._having(tree, items, scope, ctes)
        self._listed(ordered(tree), items, scope, ctes)
        return columns

    def relation_of(self, tree: Any, parent: Scope | None, ctes: Ctes) -> Relation:
        """Resolve the FROM of a SELECT."""
        origin = tree.args.get("from_")
        if origin is None:
            return NOTHING
        first = NOTHING if is_dual(origin.this) else self.table(origin.this, parent, ctes)
        return self._joins(first, tree.args.get("joins") or [], parent, ctes)

    def _listed(
        self, listed: Iterable[Any], items: Items, scope: Scope, ctes: Ctes, *, from_first: bool = False
    ) -> None:
        """Resolve ORDER BY or GROUP BY: a name by itself is looked up in the select list, others in FROM first."""
        inside = replace(scope, names=items.named)
        for item in listed:
            plain = isinstance(item, exp.Column) and not item.table and not is_star(item)
            key = item.name.casefold() if plain else ""
            in_from = scope.relation.by_name.get(key, [])
            if not plain or (from_first and len(in_from) == 1) or not items.may_have(key):
                self.expression(item, inside, ctes)
            elif items.is_ambiguous(key):
                self.found.problems.append(f"Column '{item.name}' is ambiguous.")
            elif key in items.named:
                self.found.columns[id(item)] = items.named[key]
            else:
                self.found.columns[id(item)] = in_from[0] if in_from else scope.relation.perhaps(item.name)

    def _having(self, tree: Any, items: Items, scope: Scope, ctes: Ctes) -> None:
        """HAVING knows the select list and the grouped columns; the arguments of aggregate functions know FROM."""
        having = tree.args.get("having")
        by = {item.name.casefold() for item in grouped(tree) if isinstance(item, exp.Column)}
        behind = {
            item.this.name.casefold()
            for item in tree.expressions
            if isinstance(item, exp.Alias) and isinstance(item.this, exp.Column)
        }
        for column in outside_aggregates(having):
            key = column.name.casefold()
            in_from = next(iter(scope.relation.by_name.get(key, ())), None)
            if not column.table and items.is_ambiguous(key) and key not in by:
                self.found.problems.append(f"Column '{column.name}' is ambiguous.")
            elif key in by | behind | items.named.keys() or (items.open and not column.table):
                self.found.columns[id(column)] = in_from or items.named.get(key) or Output(column.name)
            elif (outer := self.find(column, scope.parent)) is not None:
                self.found.columns[id(column)] = outer
            else:
                self.found.problems.append(f"Unknown column '{shown(column)}' in HAVING.")
        for part in aggregates_and_queries(having):
            self.expression(part, replace(scope, names=items.named), ctes)

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
                columns = self._distinct(renamed(self.query(cte.this, parent, known), names))
            known[self.fold(cte.alias)] = columns
        return known

    def _recursive(self, cte: Any, names: list[str], parent: Scope | None, ctes: Ctes) -> Columns:
        """Start with what the first query gives, and go on until nothing flows into the columns any more."""
        columns = renamed(self.query(cte.this.left, parent, ctes), names)
        while True:
            again = self.query(cte.this, parent, {**ctes, self.fold(cte.alias): columns})
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
            columns = scope.relation.star
            if isinstance(item, exp.Column):
                matching = (each for each in scope.relation.sources if self.matches(each, item))
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

    def table(self, table: Any, parent: Scope | None, ctes: Ctes, left: Relation = NOTHING) -> Relation:
        """Resolve a table with the joins that hang on it; `left` is what stands before it, which LATERAL may name."""
        if is_group(table):
            operand = self.table(table.this, parent, ctes, left)
        else:
            operand = Relation.of(self._source(table, Scope(left, parent), parent, ctes))
        return self._joins(operand, table.args.get("joins") or [], parent, ctes, left)

    def _joins(
        self, group: Relation, joins: Iterable[Any], parent: Scope | None, ctes: Ctes, left: Relation = NOTHING
    ) -> Relation:
        """A comma binds weaker than JOIN: the condition of a join knows nothing of what stands before the comma."""
        done = NOTHING
        for join in joins:
            right = self.table(join.this, parent, ctes, left.cross(done).cross(group))
            if join.meta.get("comma"):
                done, group = done.cross(group), right
            else:
                group = self._joined(group, right, join)
                self.expression(join.args.get("on"), Scope(group, parent), ctes)
        return done.cross(group)

    def _joined(self, left: Relation, right: Relation, join: Any) -> Relation:
        names = common_names(left, right, join)
        if not names:
            return left.cross(right)
        self.found.problems += problems(left, right, names)
        group, pairs = merged(left, right, names, join)
        if left.whole and right.whole:
            self.found.pairs[id(join)] = pairs
        return group

    def _source(self, table: Any, lateral: Scope, parent: Scope | None, ctes: Ctes) -> Source:
        alias, names = self.fold(table.alias_or_name), list(table.alias_column_names)
        if isinstance(table, exp.Lateral) and isinstance(table.this, exp.Subquery):
            return Source(alias, self._distinct(renamed(self.query(table.this, lateral, ctes), names)))
        if isinstance(table, exp.Subquery):
            around = parent if self.derived_see_outside else None
            return Source(alias, self._distinct(renamed(self.query(table, around, ctes), names)))
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            return self._function(table, alias, lateral, ctes)
        if not table.db and self.fold(table.name) in ctes:
            self.found.tables[id(table)] = None
            return Source(alias, ctes[self.fold(table.name)])
        name = self.name(table)
        return Source(alias, self.columns_of(name), name)

    def _distinct(self, columns: Columns) -> Columns:
        """A derived table must not have two columns of one name."""
        names = [each.name.casefold() for each in columns or () if each.name]
        twice = sorted({name for name in names if names.count(name) > 1})
        self.found.problems += [f"Duplicate column name '{name}' in a derived table." for name in twice]
        return columns

    def _function(self, table: Any, alias: str, lateral: Scope, ctes: Ctes) -> Source:
        """Resolve a table function: each of its columns may be computed from anything that it is given."""
        self.expression(table, lateral, ctes)
        behind = sources_of(self._behind(table))
        if not isinstance(table.this, exp.JSONTable) or table.this.args.get("schema") is None:
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
            known = table is not None and (table.complete or table.named) and table.columns
            self._known[name] = tuple(of_table(name, each) for each in table.columns) if table and known else None
        return self._known[name]
