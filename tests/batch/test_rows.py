"""Long INSERTs: what is found by a few rows and a count is what reading all of them finds."""

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception.batch import rows
from inception.batch.parse import read_statement
from inception.batch.statement import Insert, Statement
from inception.lexer import Syntax

MYSQL = Syntax(version=80036)
LONG = "/*" + "x" * 2000 + "*/ "

VALUES = st.sampled_from(
    ["1", "-2.5", "'a'", "'it''s, (x)'", '"b"', "NULL", "null ", "DEFAULT", "0x1f", "x'4d'", "N'n'", "_utf8 'u'", "true",
     "'),('", "'--'", "now()", "f(1, (2))", "(3)", "1 + 1", "`a`", "b", "DATE'2020-01-01'", "'x' 'y'", ".5", "1e3"]
)  # fmt: skip
PLAIN = st.sampled_from(["1", "'a'", "NULL", "-3", "DEFAULT"])
BROKEN = st.sampled_from(["1 2", "", "*", "(", "select", "'", ","])
TAILS = st.sampled_from(
    [
        "",
        " ",
        " on duplicate key update a = values(a), b = 'x'",
        " as n on duplicate key update a = n.a",
        " nonsense here",
    ]
)


def row(values: list[str], gap: str) -> str:
    return "(" + f",{gap}".join(values) + ")"


def texts(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    gaps = st.sampled_from(["", " ", "\n  "])
    each = st.builds(row, st.lists(value, max_size=4), gaps)
    heads = st.sampled_from(
        ["insert into t values ", "replace t (a, `b)`) VALUE\n", "insert ignore into d.t (values_) values"]
    )
    joined = st.builds(lambda found, gap: f",{gap}".join(found), st.lists(each, min_size=1, max_size=8), gaps)
    return st.builds(lambda head, body, tail: head + body + tail, heads, joined, TAILS)


def said(statement: Statement) -> object:
    form = statement.form
    if not isinstance(form, Insert):
        return None
    nulls = {place: list(numbers) for place, numbers in form.nulls.items()}
    return form.table, form.columns, form.row_sizes, nulls, form.null_updates, form.ignore, form.replaces


def both(text: str, syntax: Syntax) -> tuple[Statement, Statement]:
    """Read a statement as a long one, and whole."""
    with mock.patch.object(rows, "_SHORTEST", 0), mock.patch.object(rows, "_AT_A_TIME", 3):
        rows._patterns.cache_clear()
        short = read_statement(1, text, "d", syntax)
    rows._patterns.cache_clear()
    return short, read_statement(1, text, "d", syntax)


@given(
    st.one_of(texts(PLAIN), texts(VALUES)),
    st.sampled_from([MYSQL, Syntax(ansi_quotes=True), Syntax(backslash_escapes=False)]),
)
@settings(max_examples=400, deadline=None)
def test_nothing_else_is_found(text: str, syntax: Syntax) -> None:
    short, whole = both(text, syntax)
    assert (short.problem is None) is (whole.problem is None), (short.problem, whole.problem)
    assert said(short) == said(whole)
    assert (short.changes, short.reads) == (whole.changes, whole.reads)


@given(texts(st.one_of(VALUES, BROKEN)))
@settings(max_examples=200, deadline=None)
def test_what_cannot_be_read_is_no_more_readable(text: str) -> None:
    short, whole = both(text, MYSQL)
    if short.problem is None:
        assert whole.problem is None
        assert said(short) == said(whole)


def test_many_rows_are_not_all_kept() -> None:
    body = ",\n".join(f"({n}, 'name {n}', {'NULL' if n % 3 == 0 else n})" for n in range(1, 5001))
    statement = read_statement(1, f"insert into t (a, b, c) values {body}", "d", MYSQL)
    form = statement.form
    assert isinstance(form, Insert)
    assert form.row_sizes == (3,) * 5000
    assert list(form.nulls[2]) == list(range(3, 5001, 3))
    assert len(statement.sample) < 100
    assert len(form.tree.expression.expressions) == 1


@pytest.mark.parametrize(("broken", "line", "near"), [("(7, 8 9)", 4001, "9"), ("(f(), 7 +)", 4001, ")")])
def test_a_broken_row_is_found_at_its_place(broken: str, line: int, near: str) -> None:
    body = ",\n".join(broken if n == 4000 else f"({n}, 'x')" for n in range(5000))
    statement = read_statement(1, f"insert into t (a, b) values {body}", "d", MYSQL)
    assert statement.form is None
    assert statement.problem is not None
    assert statement.problem.line == line
    assert statement.problem.near.startswith(near)
    assert broken in statement.sample  # for the target to judge


def test_each_kind_of_row_stands_in_the_sample() -> None:
    body = ", ".join(["(1, now())"] * 200 + ["(2, other_column)"] + ["(3, now())"] * 200)
    statement = read_statement(1, f"insert into t (a, b) values {body} on duplicate key update a = 1", "d", MYSQL)
    assert statement.sample == (
        "insert into t (a, b) values (1, now()), (2, other_column) on duplicate key update a = 1"
    )
    assert isinstance(statement.form, Insert)
    assert statement.form.row_sizes == (2,) * 401
