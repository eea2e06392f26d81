"""Statements → trees: queries, INSERT, REPLACE, UPDATE, DELETE."""

from typing import Any

from sqlglot import exp

from inception.batch.statement import Delete, Insert, Select, Update
from inception.resolve import Output
from inception.tree.expressions import Node, field
from inception.tree.queries import Queries


class Changes(Queries):
    """Makes the trees of whole statements."""

    def statement(self, form: Insert | Update | Delete | Select) -> Node:
        """Return the tree of a statement."""
        match form:
            case Insert():
                return self._insert(form)
            case Update(tree=tree):
                made = {**_verb("update", form.ignore), **self.with_clause(tree), **self.sources([tree.this], [])}
                made["set_fields"] = self._assignments(tree.expressions)
                return {**made, **self.where(tree), **self.order_and_limit(tree)}
            case Delete():
                return self._delete(form)
            case Select(tree=tree):
                return {"command": "select", **self.query(tree)}

    def _insert(self, form: Insert) -> Node:
        tree = form.tree
        listed = isinstance(tree.this, exp.Schema)
        made = _verb("replace" if form.replaces else "insert", form.ignore)
        made["table_object"] = self._table(tree.this.this if listed else tree.this)
        if listed:
            made["fields"] = [self._field(column) for column in tree.this.expressions]
        elif (columns := self.found.stars.get(id(tree))) is not None:
            made["fields"] = [field(each) for each in columns]
        if isinstance(tree.expression, exp.Values):
            made["many_values"] = self.rows(tree.expression)
        elif tree.expression is not None:
            made["select_insert_values"] = self.query(tree.expression)
        conflict = tree.args.get("conflict")
        if conflict is not None:
            made["set_fields"] = self._assignments(conflict.expressions)
        return made

    def _delete(self, form: Delete) -> Node:
        tree = form.tree
        using = tree.args.get("using") or None
        marked = tree.args.get("tables") or [tree.this]
        made = {
            **_verb("delete", form.ignore),
            **self.with_clause(tree),
            "table_object": [self._table(each) for each in marked],
        }
        made |= self.sources(using or [tree.this], [])
        return {**made, **self.where(tree), **self.order_and_limit(tree)}

    def _table(self, table: Any) -> Node:
        name = self.found.tables.get(id(table))
        return {"db": name.database, "table": name.name} if name is not None else {"db": "", "table": table.name}

    def _field(self, column: Any) -> Node:
        return field(self.found.columns.get(id(column)) or Output(column.name))

    def _assignments(self, assignments: Any) -> Node:
        """Return the columns that are set and their new values, place by place."""
        return {
            "fields": self.nodes(each.this for each in assignments),
            "values": self.nodes(each.expression for each in assignments),
        }


def _verb(command: str, ignore: bool) -> Node:
    return {"command": command, "ignore": True} if ignore else {"command": command}
