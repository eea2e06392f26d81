"""What is handed to the tool of an ALTER TABLE: a piece of its own text, that means the same."""

import pytest

from inception.lexer import Syntax
from inception.schema.alter import AlterTable
from inception.schema.statements import read_ddl
from inception.ways import handed_over


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("alter table t add b int", "add b int"),
        ("ALTER ONLINE IGNORE TABLE `d b`.`t``x` /* why */ ADD b INT -- because\n", "ADD b INT -- because"),
        ("alter ignore table t wait 5 add b int", "add b int"),
        ("alter table if exists shop.t nowait add b int", "add b int"),
        ("alter /*!40000 online */ table t add b int", "add b int"),
        ("alter table t/*c*/add/**/b int # x", "add/**/b int # x"),
        ("alter table t /* a *//*!50000 add b int */, add c int", "/*!50000 add b int */, add c int"),
        ("/* c */ alter table /*!50000 t */ add b int", "add b int"),
        (
            "alter table t\n-- a\nadd b int comment 'alter table t add c int'",
            "add b int comment 'alter table t add c int'",
        ),
        ("alter table `a;b`.`c,d` modify `x y` bigint default '%T'", "modify `x y` bigint default '%T'"),
        ('alter table t comment="a\\"b", add b int', 'comment="a\\"b", add b int'),
    ],
)
def test_handed_over(text: str, piece: str) -> None:
    form = read_ddl(text, database="d", syntax=Syntax())
    assert isinstance(form, AlterTable)
    assert handed_over(text, form, Syntax()) == piece
