"""The rollback of a definition change whose answer was lost: nothing is dropped that may have been there before."""

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.lexer import Syntax
from inception.plan import Step, Undo
from inception.ran import Ran
from inception.server import ServerWarning
from inception.undo import NoRollback, definition_undo

EXISTED = ServerWarning("Note", 1007, "Can't create database 'shop'; database exists")


def undone(text: str, warnings: tuple[ServerWarning, ...] | None) -> list[str]:
    (statement,) = read_batch(Options(Mode.EXECUTE), split(text), Syntax()).statements
    ran = Ran(Step(statement, Undo.DEFINITION, "home"), "1_2_0", warnings=warnings)
    return [text for undoing in definition_undo(ran) for text in undoing.texts]


def test_a_database_that_was_made_is_dropped() -> None:
    assert undone("create database if not exists shop", ()) == ["DROP DATABASE `shop`;"]
    assert undone("create database shop", None) == ["DROP DATABASE `shop`;"]


def test_a_database_that_was_there_stays() -> None:
    assert undone("create database if not exists shop", (EXISTED,)) == []


def test_a_database_that_may_have_been_there_stays() -> None:
    with pytest.raises(NoRollback, match="Whether the database shop was there before is not known"):
        undone("create database if not exists shop", None)
