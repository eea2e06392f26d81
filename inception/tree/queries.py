"""Queries → nodes: SELECT, UNION and its kin, WITH, VALUES, and what they read from."""

from typing import Any

from sqlglot import exp

from inception.resolve.nodes import is_dual, is_group, is_star, items_of_row
from inception.tree.expressions import Expressions, Node, field, named

_OPERATORS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


class Queries(Expressions):
    """Makes nodes of queries whose names are resolved."""

    def query(self, tree: Any) -> Node:
        """Return the node of a query."""
        made = self.with_clause(tree)
        if isinstance(tree, exp.SetOperation):
            made["union"] = self._members(tree)
            return {**made, **self.order_and_limit(tree)}
        if isinstance(tree, exp.Subquery):
            inner = self.query(tree.this)
            outer = self.order_and_limit(tree)
            return {**made, **inner} if not outer else {**made, "union": [inner], **outer}
        if isinstance(tree, exp.Values):
            return {**made, "many_values": self.rows(tree)}
        return {**made, **self._select(tree)}

    def rows(self, values: Any) -> list[Node]:
        """Return the rows of VALUES."""
        return [{"values": self.nodes(items_of_row(row))} for row in values.expressions]

    def with_clause(self, tree: Any) -> Node:
        """Return the WITH of a statement, nothing where it has none."""
        clause = tree.args.get("with_")
        return {} if clause is None else {"with": [self._cte(each, clause) for each in clause.expressions]}

    def _cte(self, cte: Any, clause: Any) -> Node:
        made: Node = {"name": cte.alias}
        if columns := cte.args["alias"].args.get("columns"):
            made["columns"] = [column.name for column in columns]
        if clause.args.get("recursive"):
            made["recursive"] = True
        return {**made, "select": self.query(cte.this)}

    def _members(self, tree: Any) -> list[Node]:
        """Return the queries of a UNION in written order; each but the first has the operator in front of it."""
        if not isinstance(tree, exp.SetOperation) or tree.args.get("with_"):
            return [self.query(tree)]
        operator = _OPERATORS[type(tree)] + ("" if tree.args.get("distinct") else " ALL")
        right, *rest = self._members(tree.right)
        return [*self._left(tree.left), {"operator": operator, **right}, *rest]

    def _left(self, tree: Any) -> list[Node]:
        return self._members(tree) if isinstance(tree, exp.SetOperation) else [self.query(tree)]

    def _select(self, tree: Any) -> Node:
        made: Node = {"distinct": True} if tree.args.get("distinct") else {}
        made["select_list"] = [node for item in tree.expressions for node in self._item(item)]
        origin = tree.args.get("from_")
        if origin is not None and not is_dual(origin.this):
            made |= self.sources([origin.this], tree.args.get("joins") or [])
        made |= self.where(tree)
        if (group := tree.args.get("group")) is not None:
            made["GroupBy"] = self.nodes(group.expressions)
            if group.args.get("rollup"):
                made["with_rollup"] = True
        if (having := tree.args.get("having")) is not None:
            made["Having"] = [self.node(having.this)]
        if windows := tree.args.get("windows"):
            made["windows"] = [{"name": each.name, **self.window(each)} for each in windows]
        made |= self.order_and_limit(tree)
        if locks := tree.args.get("locks"):
            made["lock"] = "UPDATE" if locks[0].args.get("update") else "SHARE"
        return made

    def _item(self, item: Any) -> list[Node]:
        """Return the nodes of an item of a select list: `*` gives one for each column."""
        if is_star(item) and (columns := self.found.stars.get(id(item))) is not None:
            return [field(each, item.table if isinstance(item, exp.Column) else "") for each in columns]
        made = self.node(item.this if isinstance(item, exp.Alias) else item)
        return [{**made, "alias": item.alias} if isinstance(item, exp.Alias) else made]

    def where(self, tree: Any) -> Node:
        """Return the WHERE of a statement, nothing where it has none."""
        clause = tree.args.get("where")
        return {} if clause is None else {"where": [self.node(clause.this)]}

    def order_and_limit(self, tree: Any) -> Node:
        """Return ORDER BY and LIMIT, as far as there are any."""
        made: Node = {}
        if (order := tree.args.get("order")) is not None:
            made["OrderBy"] = self.ordered(order)
        if (limit := tree.args.get("limit")) is not None:
            made["limit"] = {"limit": [self.node(limit.expression)]}
            if (offset := tree.args.get("offset")) is not None:
                made["limit"]["limit_offset"] = [self.node(offset.expression)]
        return made

    # -- what is read from -------------------------------------------------------------------------------------

    def sources(self, tables: list[Any], joins: list[Any]) -> Node:
        """Return `table_ref`, and `join_on` where there are conditions."""
        conditions: list[Node] = []
        entries: list[Node] = []
        for table in tables:
            entries += self._entries(table, None, conditions)
        for join in joins:
            entries += self._entries(join.this, join, conditions)
        return {"table_ref": entries, **({"join_on": conditions} if conditions else {})}

    def _entries(self, table: Any, join: Any, conditions: list[Node]) -> list[Node]:
        entry = self._source(table, conditions)
        if join is not None and not join.meta.get("comma"):
            entry["join"] = " ".join(filter(None, (join.method, join.side, join.kind))).upper() or "INNER"
            condition = self._condition(join)
            if condition is not None:
                entry["on"] = len(conditions)
                conditions.append(condition)
        found = [entry]
        for following in (table.args.get("joins") or []) if not is_group(table) else []:
            found += self._entries(following.this, following, conditions)
        return found

    def _source(self, table: Any, conditions: list[Node]) -> Node:
        alias = {"alias": table.alias} if table.alias else {}
        if is_group(table):
            inner: list[Node] = self._entries(table.this, None, conditions)
            for following in table.args.get("joins") or []:
                inner += self._entries(following.this, following, conditions)
            return {"type": "nested", "table_ref": inner}
        columns = {"columns": list(table.alias_column_names)} if table.alias_column_names else {}
        if isinstance(table, exp.Subquery):
            return {"type": "derived", "select": self.query(table), **alias, **columns}
        if isinstance(table, exp.Lateral):
            return {"type": "derived", "lateral": True, "select": self.query(table.this), **alias, **columns}
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            function = table.this if isinstance(table, exp.Table) else table
            return {"type": "function", "function": self.node(function), **alias}
        name = self.found.tables.get(id(table))
        if name is None:
            return {"type": "cte", "name": table.name, **alias}
        return {"db": name.database, "table": name.name, **alias}

    def _condition(self, join: Any) -> Node | None:
        """Return what a join is on; the columns of USING and NATURAL as equalities."""
        if join.args.get("on") is not None:
            return self.node(join.args["on"])
        pairs = self.found.pairs.get(id(join))
        if not pairs:
            return None
        equal = [named("=", field(left), field(right)) for left, right in pairs]
        return equal[0] if len(equal) == 1 else {"type": "COND_ITEM", "func": "AND", "args": equal}
