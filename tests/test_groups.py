"""Which statements run in one transaction."""

import pytest

from inception.batch.options import Mode, Options
from inception.batch.parse import read_statement
from inception.groups import grouped, marked, savepoint
from inception.lexer import Syntax
from inception.plan import make_plan

TEXTS = {"i": "insert into t values (1)", "u": "update t set a = 1", "d": "create table x (id int)", "s": "use e"}


@pytest.mark.parametrize(
    ("kinds", "most", "groups"),
    [
        ("iuiui", 2, ["iu", "iu", "i"]),
        ("iui", 5, ["iui"]),
        ("iudiu", 5, ["iu", "d", "iu"]),
        ("sisu", 5, ["s", "i", "s", "u"]),
        ("iui", 0, ["i", "u", "i"]),
        ("iui", 1, ["i", "u", "i"]),
        ("", 5, []),
    ],
)
def test_groups(kinds: str, most: int, groups: list[str]) -> None:
    statements = tuple(read_statement(n, TEXTS[kind], "d", Syntax()) for n, kind in enumerate(kinds, 1))
    letters = dict(enumerate(kinds, 1))
    plan = make_plan(statements, Options(Mode.EXECUTE))
    found = ["".join(letters[step.statement.number] for step in steps) for steps in grouped(plan, most)]
    assert found == groups


def test_marks() -> None:
    assert marked(savepoint(12)) == 12
    assert marked("SAVEPOINT theirs") is None
    assert marked("SAVEPOINT `inception_x`") is None
