"""How a statement is sent."""

from inception.batch.options import Mode, Options
from inception.batch.parse import read_statement
from inception.facts.online_ddl import Foreseen, Work
from inception.lexer import Syntax
from inception.plan import make_plan


def sent(text: str, asserted: str) -> str:
    statement = read_statement(1, text, "d", Syntax(version=90704))
    algorithm, _, lock = asserted.removeprefix("ALGORITHM=").partition(", LOCK=")
    foreseen = Foreseen(Work.METADATA, algorithm, concurrent=lock == "NONE", assertable=bool(asserted))
    (step,) = make_plan((statement,), Options(Mode.EXECUTE), {1: foreseen}, asserted=True)
    return step.text


def test_what_is_asserted_stands_before_the_first_action() -> None:
    assert sent("alter table t add c int -- end", "ALGORITHM=INSTANT") == (
        "alter table t ALGORITHM=INSTANT, add c int -- end"
    )
    assert sent("ALTER /* x */ TABLE `d`.`t`\n  /*!80000 ADD c int */", "ALGORITHM=INPLACE, LOCK=NONE") == (
        "ALTER /* x */ TABLE `d`.`t`\n  /*!80000 ALGORITHM=INPLACE, LOCK=NONE, ADD c int */"
    )


def test_nothing_is_asserted_of_others() -> None:
    assert sent("alter table t add c int", "") == "alter table t add c int"
    assert sent("drop table t", "ALGORITHM=INSTANT") == "drop table t"
