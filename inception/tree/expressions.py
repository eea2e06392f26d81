"""Expressions → nodes of the tree."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from sqlglot import exp

from inception.resolve import Output, Real, Resolution
from inception.tree.operators import AGGREGATES, NAMED, NOW, NOW_NAMES, name_of, type_of

Node = dict[str, Any]


def function(name: str, *arguments: Node) -> Node:
    """Return the node of a function that has no name of its own."""
    return {"type": "FUNC_ITEM", "func": "OTHERS", "name": name, "args": list(arguments)}


def named(name: str, *arguments: Node) -> Node:
    """Return the node of a comparison or condition."""
    return {"type": "FUNC_ITEM", "func": name, "args": list(arguments)}


def text(value: str) -> Node:
    """Return the node of a string."""
    return {"type": "STRING_ITEM", "value": value}


def field(output: Output, table: str = "", name: str = "") -> Node:
    """Return the node of a column: the table's where it is one, else the name as written and what is behind it."""
    if output.same and len(output.sources) == 1:
        return {"type": "FIELD_ITEM", **_real(output.sources[0])}
    return {
        "type": "FIELD_ITEM", "db": "", "table": table, "field": name or output.name,
        "sources": [_real(each) for each in output.sources],
    }  # fmt: skip


def _real(real: Real) -> Node:
    return {"db": real.database, "table": real.table, "field": real.column}


def _pairs(call: Any) -> list[Any]:
    """Return the arguments of JSON_OBJECT and JSON_OBJECTAGG one by one."""
    return [part for each in call.expressions for part in (each.this, each.expression)]


class Expressions(ABC):
    """Makes nodes of expressions whose names are resolved."""

    def __init__(self, found: Resolution) -> None:
        self.found = found

    @abstractmethod
    def query(self, tree: Any) -> Node:
        """Return the node of a query."""

    def node(self, tree: Any) -> Node:
        """Return the node of an expression."""
        while isinstance(tree, exp.Paren):
            tree = tree.this
        if isinstance(tree, exp.Query):
            return self._subselect(tree)
        make = next((self._MAKERS[each] for each in type(tree).__mro__ if each in self._MAKERS), None)
        if make is not None:
            return make(self, tree)
        known = NAMED.get(type(tree))
        arguments = self.nodes(self._arguments(tree))
        return named(known, *arguments) if known else function(name_of(tree), *arguments)

    def nodes(self, trees: Iterable[Any]) -> list[Node]:
        """Return the nodes of several expressions."""
        return [self.node(tree) for tree in trees]

    def ordered(self, clause: Any) -> list[Node]:
        """Return the nodes of an ORDER BY; `desc` is true where so."""
        return [
            {**self.node(each.this), **({"desc": True} if each.args.get("desc") else {})} for each in clause.expressions
        ]

    def _arguments(self, tree: Any) -> Iterable[Any]:
        """Yield what an operator or call is given, in the order of its parts; words among them, too."""
        for key in tree.arg_types:
            value = tree.args.get(key)
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, exp.Expr) or (isinstance(each, str) and key != "kind"):
                    yield each

    def _subselect(self, tree: Any) -> Node:
        while isinstance(tree, exp.Subquery) and not tree.args.get("order") and not tree.args.get("limit"):
            tree = tree.this
        engine = "union_engine" if isinstance(tree, exp.SetOperation) else "single_select_engine"
        return {"type": "SUBSELECT_ITEM", "engine": engine, "subselect": self.query(tree)}

    # -- literals and names ------------------------------------------------------------------------------------

    def _literal(self, tree: Any) -> Node:
        if tree.is_string:
            return text(tree.this)
        if tree.this.isdigit():
            return {"type": "INT_ITEM", "value": tree.this}
        return {"type": "REAL_ITEM" if "e" in tree.this.lower() else "DECIMAL_ITEM", "value": tree.this}

    def _negative(self, tree: Any) -> Node:
        inner = self.node(tree.this)
        if isinstance(tree.this, exp.Literal) and not tree.this.is_string:
            return {**inner, "value": f"-{inner['value']}"}
        return function("-", inner)

    def _bytes(self, tree: Any) -> Node:
        notation = "hex" if isinstance(tree, exp.HexString) else "bit"
        return {**text(tree.this), "notation": notation, "charset": "binary"}

    def _introduced(self, tree: Any) -> Node:
        return {**self.node(tree.expression), "charset": tree.this.lstrip("_").lower()}

    def _column(self, tree: Any) -> Node:
        if isinstance(tree.this, exp.Star):
            return {"type": "STAR_ITEM", **({"table": tree.table} if tree.table else {})}
        output = self.found.columns.get(id(tree))
        if output is not None:
            return field(output, tree.table, tree.name)
        if tree.name.upper() == "DEFAULT" and not tree.table and not tree.this.args.get("quoted"):
            return function("DEFAULT")
        return {"type": "FIELD_ITEM", "db": tree.db, "table": tree.table, "field": tree.name}

    def _word(self, tree: Any) -> Node:
        output = self.found.columns.get(id(tree))  # VALUES(column)
        if output is not None:
            return field(output)
        return function("DEFAULT") if tree.name.upper() == "DEFAULT" else text(tree.name)

    def _system_variable(self, tree: Any) -> Node:
        kind = tree.args.get("kind")
        return function("GET_SYSTEM_VAR", text(f"{kind}.{tree.name}" if kind else tree.name))

    # -- conditions --------------------------------------------------------------------------------------------

    def _connected(self, tree: Any) -> Node:
        """Flatten a chain of AND, or of OR, without going deeper for each."""
        kind, found, pending = type(tree), [], [tree]
        while pending:
            each = pending.pop()
            inner = each.unnest() if isinstance(each, exp.Paren) else each
            if type(inner) is kind:
                pending += [inner.expression, inner.this]
            else:
                found.append(inner)
        return {"type": "COND_ITEM", "func": "AND" if kind is exp.And else "OR", "args": self.nodes(found)}

    def _not(self, tree: Any) -> Node:
        inner = tree.this
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return named("ISNOTNULL", self.node(inner.this))
        return named("NOT", self.node(inner))

    def _is(self, tree: Any) -> Node:
        if isinstance(tree.expression, exp.Null):
            return named("ISNULL", self.node(tree.this))
        return function("IS TRUE" if tree.expression.this else "IS FALSE", self.node(tree.this))

    def _like(self, tree: Any) -> Node:
        like = tree.this if isinstance(tree, exp.Escape) else tree
        escape = [tree.expression] if isinstance(tree, exp.Escape) else []
        made = named("LIKE", *self.nodes([like.this, like.expression, *escape]))
        return named("NOT", made) if like.args.get("negate") else made

    def _in(self, tree: Any) -> Node:
        query = tree.args.get("query")
        return named("IN", self.node(tree.this), *self.nodes([query] if query is not None else tree.expressions))

    # -- functions ---------------------------------------------------------------------------------------------

    def _call(self, tree: Any) -> Node:
        name, arguments = tree.name.upper(), tree.expressions
        if name in NOW_NAMES:
            return named("NOW", *self.nodes(arguments))
        if name == "ISNULL":
            return named("ISNULL", *self.nodes(arguments))
        if name == "ROW":
            return {"type": "ROW_ITEM", "ROW": self.nodes(arguments)}
        return self._aggregate(name, arguments) if name in AGGREGATES else function(name, *self.nodes(arguments))

    def _aggregate(self, name: str, arguments: list[Any]) -> Node:
        made: Node = {"type": "SUM_FUNC_ITEM", "agg_type": name}
        if len(arguments) == 1 and isinstance(arguments[0], exp.Order):
            made["OrderBy"] = self.ordered(arguments[0])
            arguments = [arguments[0].this]
        if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
            made["distinct"] = True
            arguments = arguments[0].expressions
        if len(arguments) == 1 and isinstance(arguments[0], exp.Concat):  # GROUP_CONCAT(a, b)
            arguments = arguments[0].expressions
        return {**made, "args": self.nodes(arguments)}

    def _group_concat(self, tree: Any) -> Node:
        made = self._aggregate("GROUP_CONCAT", [tree.this])
        separator = tree.args.get("separator")
        return made if separator is None else {**made, "separator": self.node(separator)["value"]}

    def _case(self, tree: Any) -> Node:
        made: Node = {"type": "FUNC_ITEM", "func": "CASE"}
        if tree.this is not None:
            made["value"] = self.node(tree.this)
        made["cases"] = [
            {"when": self.node(each.this), "then": self.node(each.args["true"])} for each in tree.args["ifs"]
        ]
        default = tree.args.get("default")
        return made if default is None else {**made, "else": self.node(default)}

    def _interval(self, tree: Any) -> Node:
        if tree.args.get("unit") is None:  # INTERVAL(n, n1, …)
            return function("INTERVAL", *self.nodes(tree.this.expressions))
        amount = self.node(tree.this)
        if isinstance(tree.this, exp.Literal) and tree.this.this.lstrip("-").isdigit():
            amount = {"type": "INT_ITEM", "value": tree.this.this}  # sqlglot makes a string of it
        return function("INTERVAL", amount, text(tree.args["unit"].name.upper()))

    def _cast(self, tree: Any) -> Node:
        return {**function("CAST", self.node(tree.this)), "as": type_of(tree)}

    def _match(self, tree: Any) -> Node:
        made = function("MATCH", *self.nodes([*tree.expressions, tree.this]))
        modifier = tree.args.get("modifier")
        return {**made, "modifier": modifier} if modifier else made

    def _window(self, tree: Any) -> Node:
        return {**self.node(tree.this), "over": self.window(tree)}

    def window(self, tree: Any) -> Node:
        """Return what stands in OVER (…) or behind WINDOW name AS."""
        made: Node = {}
        if tree.args.get("alias") is not None:
            made["window"] = tree.args["alias"].name
        if tree.args.get("partition_by"):
            made["partition_by"] = self.nodes(tree.args["partition_by"])
        if tree.args.get("order") is not None:
            made["OrderBy"] = self.ordered(tree.args["order"])
        if tree.args.get("spec") is not None:
            made["frame"] = tree.args["spec"].sql(dialect="mysql").upper()
        return made

    _MAKERS: ClassVar[dict[type, Callable[["Expressions", Any], Node]]] = {
        exp.Literal: _literal,
        exp.Neg: _negative,
        exp.HexString: _bytes,
        exp.BitString: _bytes,
        exp.National: lambda self, tree: {**text(tree.this), "charset": "utf8mb3"},
        exp.Introducer: _introduced,
        exp.Boolean: lambda self, tree: {"type": "INT_ITEM", "value": "1" if tree.this else "0"},
        exp.Null: lambda self, tree: {"type": "NULL_ITEM", "value": "NULL"},
        exp.Column: _column,
        exp.Star: lambda self, tree: {"type": "STAR_ITEM"},
        exp.Var: _word,
        exp.Identifier: _word,
        exp.Parameter: lambda self, tree: function("GET_USER_VAR", text(tree.name)),
        exp.SessionParameter: _system_variable,
        exp.Tuple: lambda self, tree: {"type": "ROW_ITEM", "ROW": self.nodes(tree.expressions)},
        exp.And: _connected,
        exp.Or: _connected,
        exp.Not: _not,
        exp.Is: _is,
        exp.Like: _like,
        exp.Escape: _like,
        exp.In: _in,
        exp.Anonymous: _call,
        exp.Dot: lambda self, tree: {**self.node(tree.expression), "name": f"{tree.this.name}.{tree.expression.name}"},
        **dict.fromkeys(NOW, lambda self, tree: named("NOW", *self.nodes(self._arguments(tree)))),
        exp.GroupConcat: _group_concat,
        exp.Case: _case,
        exp.Interval: _interval,
        exp.Cast: _cast,
        exp.Collate: lambda self, tree: function("COLLATE", self.node(tree.this), text(tree.expression.name)),
        exp.MatchAgainst: _match,
        exp.StrPosition: lambda self, tree: function("LOCATE", *self.nodes([tree.args["substr"], tree.this])),
        exp.Window: _window,
        exp.JSONObject: lambda self, tree: function("JSON_OBJECT", *self.nodes(_pairs(tree))),
        exp.JSONObjectAgg: lambda self, tree: self._aggregate("JSON_OBJECTAGG", _pairs(tree)),
        exp.DataType: lambda self, tree: text(tree.sql(dialect="mysql")),
    }
