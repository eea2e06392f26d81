"""Statements of one shape differ in their literals only."""

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.shape import shape, shape_of_rows
from inception.batch.split import split
from inception.batch.statement import Insert
from inception.lexer import Syntax

MYSQL = Syntax(version=80036)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "insert into t1 (a1) values (1, 'x''y', -2.5e3, 0xff, null)",
            "insert into t1 (a1) values (0, '?', -0, 0, null)",
        ),
        ('update `t 1` set a = "x\\"y" where `2` = 2', "update `t 1` set a = '?' where `2` = 0"),
        ("delete from t where a = 'x' limit 5", "delete from t where a = '?' limit 0"),
        ("delete from t -- it's 5\nwhere a = 1", "delete from t -- it's 5\nwhere a = 1"),
    ],
)
def test_shape(text: str, expected: str) -> None:
    assert shape(text, MYSQL) == expected


def test_a_number_and_a_string_are_two_shapes() -> None:
    assert shape("delete from t limit 5", MYSQL) != shape("delete from t limit '5'", MYSQL)


def test_names_in_double_quotes_are_no_literals() -> None:
    text = 'delete from "a" where "b" = 1'
    assert shape(text, Syntax(ansi_quotes=True)) == text
    assert shape("delete from t where a = 'x\\'", Syntax(backslash_escapes=False)) == "delete from t where a = 'x\\'"


def test_rows_are_put_together() -> None:
    text = "insert into t values (1, 'a'), (2, 'b'),\n(3, NULL)"
    assert shape_of_rows(text, MYSQL) == "insert into t values (0, '?')"


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
    assert [bool(form.nulls) for form in forms] == [False, False, False, False, True, False]
    assert [form.columns for form in forms][-1] == ("y",)
    assert forms[0] is forms[1]
