"""Conditions that do not ask what they seem to: always true, never true, or compared otherwise than written.

Manual: "Operator Precedence", "Working with NULL Values", "Type Conversion in Expression Evaluation".
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from inception.batch.facts import joined_by_condition
from inception.batch.statement import Delete, Insert, Select, Update
from inception.catalog import Catalog
from inception.resolve import Resolution
from inception.schema.model import Column, TableName

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_STRINGS = frozenset(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"))


def always_true(change: Update | Delete) -> bool:
    """Tell whether the WHERE of a change lets every row through; an inner join with a condition does not."""
    where = change.tree.args.get("where")
    return where is not None and _truth(where.this) is True and not joined_by_condition(change.tree)


def _truth(node: Any) -> bool | None:
    """Return what a condition is for every row; None where that depends. NULL in `a = a` is passed over."""
    match node:
        case exp.Paren():
            return _truth(node.this)
        case exp.Boolean():
            return bool(node.this)
        case exp.Literal(is_string=False):
            return float(node.name) != 0
        case exp.Not():
            inner = _truth(node.this)
            return None if inner is None else not inner
        case exp.Or():
            return _any_true(_truth(node.left), _truth(node.right))
        case exp.And():
            both = (_truth(node.left), _truth(node.right))
            return None if None in both else all(both)
        case exp.EQ() if isinstance(node.this, exp.Literal | exp.Column) and node.this == node.expression:
            return True
    return None


def _any_true(*arms: bool | None) -> bool | None:
    return True if True in arms else None if None in arms else False


def conditions(form: Insert | Update | Delete | Select) -> Iterator[Any]:
    """Yield every part of a statement but what SET and ON DUPLICATE KEY UPDATE assign to."""
    assigned = form.tree.args.get("expressions") if isinstance(form, Update) else []
    conflict = form.tree.args.get("conflict")
    assigned = [*(assigned or []), *((conflict.args.get("expressions") or []) if conflict is not None else [])]
    targets = {id(item) for item in assigned if isinstance(item, exp.EQ)}
    if isinstance(form, Insert) and not form.has_query:
        return
    for node in form.tree.walk():
        if id(node) not in targets:
            yield node


def compared_with_null(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield the comparisons with the word NULL, which are true for no row."""
    for node in conditions(form):
        if isinstance(node, _COMPARISONS):
            if exp.Null in (type(node.this), type(node.expression)):
                yield f"{_SIGNS[type(node)]} NULL"
        elif (
            isinstance(node, exp.Not) and isinstance(node.this, exp.In) and exp.Null in map(type, node.this.expressions)
        ):
            yield "NOT IN (…, NULL)"


_SIGNS: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}


def chained(form: Insert | Update | Delete | Select) -> bool:
    """Tell whether a comparison is compared without parentheses: a = b = c, 1 < a < 5."""
    for node in conditions(form):
        if isinstance(node, _COMPARISONS) and isinstance(node.this, _COMPARISONS):
            return True
        if isinstance(node, _COMPARISONS) and isinstance(node.expression, _COMPARISONS):
            return True
    return False


def in_own_list(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield the columns that stand in a list with which they are compared: a IN (1, a)."""
    for node in conditions(form):
        if isinstance(node, exp.In) and isinstance(node.this, exp.Column) and node.this in node.expressions:
            yield str(node.this.name)


def joined_by_and(update: Update) -> Iterator[str]:
    """Yield the columns whose new value is `x AND column = y`: a comma was meant."""
    for item in update.tree.expressions:
        if isinstance(item, exp.EQ) and isinstance(item.expression, exp.And):
            last = item.expression.right
            if isinstance(last, exp.EQ) and isinstance(last.this, exp.Column) and isinstance(item.this, exp.Column):
                yield str(item.this.name)


def texts_compared_with_numbers(form: Update | Delete, found: Resolution, catalog: Catalog) -> Iterator[str]:
    """Yield the text columns that a condition compares with a number."""
    for node in conditions(form):
        if isinstance(node, _COMPARISONS):
            pairs = [(node.this, [node.expression]), (node.expression, [node.this])]
        elif isinstance(node, exp.In):
            pairs = [(node.this, node.expressions)]
        else:
            continue
        for one, others in pairs:
            column = _column(one, found, catalog)
            if column is not None and column.type in _STRINGS and any(map(_is_number, others)):
                yield column.name


def _column(node: Any, found: Resolution, catalog: Catalog) -> Column | None:
    output = found.columns.get(id(node))
    if output is None or not output.same or len(output.sources) != 1:
        return None
    real = output.sources[0]
    table = catalog.table(TableName(real.database, real.table))
    return None if table is None else table.column(real.column)


def _is_number(node: Any) -> bool:
    value = node.this if isinstance(node, exp.Neg) else node
    return isinstance(value, exp.Literal) and not value.is_string
