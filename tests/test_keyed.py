"""Row changes that can change one row at most."""

import pytest

from inception.batch.parse import read_statement
from inception.facts.keyed import names_one_row
from inception.lexer import Syntax
from inception.schema.define import define

TABLE = define(
    "create table t (id int not null, a int not null, b varchar(10) not null, c int, d varchar(10) not null, "
    "primary key (id, a), unique key (b), unique key (c), unique key (d(5)))"
)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("update t set c = 1 where id = 1 and a = 2", True),
        ("update t as x set x.c = 1 where (x.id = 1 and (x.a = -2)) and x.c > 5", True),
        ("delete from t where b = 'x'", True),
        ("delete from t where id = 1", False),
        ("delete from t where id = 1 or a = 2", False),
        ("delete from t where id = 1 and a = c", False),
        ("delete from t where id = '1' and a = 2", False),
        ("delete from t where b = 0", False),
        ("delete from t where c = 1", False),
        ("delete from t where d = 'x'", True),
        ("delete from t where not (b = 'x')", False),
        ("delete from t", False),
        ("delete t from t join u on t.id = u.id where t.b = 'x'", False),
        ("insert into t (id) values (1)", False),
    ],
)
def test_names_one_row(text: str, one: bool) -> None:
    assert names_one_row(read_statement(1, text, "d", Syntax(version=80036)).form, TABLE) is one
