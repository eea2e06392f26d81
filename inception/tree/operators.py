"""What operators and calls of sqlglot's tree are called in ours."""

from typing import Any

from sqlglot import exp

# Comparisons and conditions have names of their own; all other functions are OTHERS with their name beside.
NAMED: dict[type, str] = {
    exp.EQ: "=",
    exp.NullSafeEQ: "<=>",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Between: "BETWEEN",
}
OTHERS: dict[type, str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.IntDiv: "DIV",
    exp.Mod: "%",
    exp.BitwiseAnd: "&",
    exp.BitwiseOr: "|",
    exp.BitwiseXor: "^",
    exp.BitwiseNot: "~",
    exp.BitwiseLeftShift: "<<",
    exp.BitwiseRightShift: ">>",
    exp.Neg: "-",
    exp.Xor: "XOR",
    exp.DPipe: "CONCAT",
    exp.RegexpLike: "REGEXP",
    exp.JSONArrayContains: "MEMBER OF",
    exp.JSONExtract: "->",
    exp.JSONExtractScalar: "->>",
    exp.Chr: "CHAR",
    exp.CurrentDate: "CURDATE",
    exp.CurrentTime: "CURTIME",
    exp.CurrentUser: "CURRENT_USER",
    exp.UtcDate: "UTC_DATE",
    exp.UtcTime: "UTC_TIME",
    exp.UtcTimestamp: "UTC_TIMESTAMP",
    exp.PropertyEQ: ":=",
    exp.All: "ALL",
    exp.Any: "ANY",
    exp.Exists: "EXISTS",
    exp.Placeholder: "?",
}
NOW = (exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)
NOW_NAMES = frozenset(("NOW", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"))
AGGREGATES = frozenset(
    (
        "AVG", "BIT_AND", "BIT_OR", "BIT_XOR", "COUNT", "GROUP_CONCAT", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "MAX", "MIN",
        "STD", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "SUM", "VAR_POP", "VAR_SAMP", "VARIANCE",
    )
)  # fmt: skip
_TYPES = {"BIGINT UNSIGNED": "UNSIGNED", "BIGINT": "SIGNED", "TIMESTAMPTZ": "TIMESTAMP"}


def name_of(node: Any) -> str:
    """Return the name of a function that has none above: sqlglot's own."""
    known = OTHERS.get(type(node))
    return known or str(node.sql_name() if isinstance(node, exp.Func) else node.key.upper())


def type_of(cast: Any) -> str:
    """Return the type that CAST or CONVERT makes, as MySQL's CAST has it."""
    text: str = cast.args["to"].sql(dialect="mysql")
    return _TYPES.get(text, text)
