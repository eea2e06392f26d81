"""Statements of one shape differ in their literals only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.shape import Shapes, shape
from inception.batch.split import split
from inception.batch.statement import Insert
from inception.lexer import Syntax

MYSQL = Syntax(version=80036)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "insert into t1 (a1) values (1, 'x''y', -2.5e3, 0xff, null)",
            "insert into t1 (a1) values (0, '?', -0, 0xff, null)",
        ),
        ('update `t 1` set a = "x\\"y" where `2` = 2', "update `t 1` set a = '?' where `2` = 0"),
        ("delete from t where a = 'x' and b = 3 limit 5", "delete from t where a = '?' and b = 0 limit 5"),
        ("delete from t -- it's 5\nwhere a = 1", "delete from t -- it's 5\nwhere a = 0"),
        ("update t set a = '# -- /*', b = f(1, 2) /* 7 */", "update t set a = '?', b = f(0, 0) /* 7 */"),
        ("update t set a = 1 order by 2, 3", "update t set a = 0 order by 2, 3"),
        ("insert into t select 1 as 'x', 'y' from t2", "insert into t select 0 as 'x', '?' from t2"),
        ("insert into t values (x'4d', b'1', n'a', t.1, 1a)", "insert into t values (x'4d', b'1', n'?', t.1, 1a)"),
    ],
)
def test_shape(text: str, expected: str) -> None:
    assert shape(text, MYSQL) == expected


def test_a_number_and_a_string_are_two_shapes() -> None:
    assert shape("delete from t where a = 5", MYSQL) != shape("delete from t where a = '5'", MYSQL)


def test_the_sql_mode_says_what_is_a_literal() -> None:
    assert shape('delete from "a" where "b1" = 1', Syntax(ansi_quotes=True)) == 'delete from "a" where "b1" = 0'
    assert shape("delete from t where a = 'x\\' and b = 1", Syntax(backslash_escapes=False)) == (
        "delete from t where a = '?' and b = 0"
    )


PIECES = st.sampled_from(
    ["'a'", "'it''s'", '"b"', "'\\''", "1", "2.5", "1e3", "0x1f", "x'4d'", "`n 1`", "t1", "f(", ")", " ", ", ", "-", "--",
     "-- c\n", "# 1\n", "/* 'x' 1 */", "/*!50000 2 */", "null", "limit ", "order by ", "as ", "@v1", ".5", "t.1", "n", "$1", "é2"]
)  # fmt: skip


@given(
    st.lists(PIECES, max_size=12),
    st.lists(PIECES, max_size=12),
    st.sampled_from([MYSQL, Syntax(ansi_quotes=True), Syntax(backslash_escapes=False)]),
)
@settings(max_examples=300)
def test_what_is_recognised_is_of_that_shape(left: list[str], right: list[str], syntax: Syntax) -> None:
    shapes = Shapes(syntax)
    text, other = "".join(left), "".join(right)
    shapes.of(text)
    assert shapes.of(text) == shapes.recognised(text) == shape(text, syntax)
    if shapes.recognised(other) is not None:
        assert shape(other, syntax) == shape(text, syntax)


def test_what_is_read_once_is_right_for_each() -> None:
    texts = (
        "use a; insert into t (x) values (1); insert into t (x) values (2); insert into t (x) values (3), (4);"
        "use b; insert into t (x) values (5); insert into t (x) values (null); insert into t (y) values (6)"
    )
    batch = read_batch(Options(Mode.CHECK), split(texts), MYSQL)
    inserts = [each for each in batch.statements if isinstance(each.form, Insert)]
    assert [each.text.split("values ")[1] for each in inserts] == ["(1)", "(2)", "(3), (4)", "(5)", "(null)", "(6)"]
    assert [str(each.changes[0]) for each in inserts] == ["a.t", "a.t", "a.t", "b.t", "b.t", "b.t"]
    forms = [each.form for each in inserts if isinstance(each.form, Insert)]
    assert [form.row_sizes for form in forms] == [(1,), (1,), (1, 1), (1,), (1,), (1,)]
    assert [dict(form.nulls) for form in forms] == [{}, {}, {}, {}, {0: [1]}, {}]
    assert [form.columns for form in forms][-1] == ("y",)
    assert forms[0] is forms[1]
