"""--split: the parts, and that running them equals running the batch."""

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.lexer import Syntax
from inception.parts import divide


def parts(text: str, *, folded: bool = False, db: str = "") -> list[tuple[object, ...]]:
    batch = read_batch(Options(Mode.SPLIT, db=db), split(text), Syntax(version=80036))
    return [part.row() for part in divide(batch.statements, folded)]


def test_ddl_and_dml_of_a_table_are_parted() -> None:
    assert parts(
        "set names utf8mb4; use shop; create table a (id int); create table b (id int); insert into a values (1);"
        "insert into c values (1); alter table b add x int; alter table a add y int; update other.t set x = 1;"
    ) == [
        (1, "set names utf8mb4;\nuse shop;\ncreate table a (id int);\ncreate table b (id int);\n", 0),
        (2, "set names utf8mb4;\nuse `shop`;\ninsert into a values (1);\ninsert into c values (1);\nalter table b add x int;\n", 1),
        (3, "set names utf8mb4;\nuse `shop`;\nalter table a add y int;\nupdate other.t set x = 1;\n", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("insert into d.a values (1); rename table d.a to d.b", 2),
        ("insert into d.b values (1); rename table d.a to d.b", 2),
        ("create table d.a (id int); truncate table d.a", 2),
        ("truncate d.a; delete from d.a", 1),
        ("create index i on d.a (x); insert into d.a values (1)", 2),
        ("alter table d.a add x int; insert into e.a values (1)", 1),
        ("create table d.a (id int); insert into d.b select * from d.a", 1),
        ("create database d; use d; create table a (id int); select 1", 1),
        ("", 0),
    ],
)
def test_what_touches_a_table(text: str, count: int) -> None:
    assert len(parts(text)) == count


def test_a_temporary_table_stays_with_those_who_use_it() -> None:
    make, fill = "create temporary table d.tmp_a (id int);\n", "insert into d.tmp_a values (1);\n"
    change, use = "alter table d.a add x int;\n", "update d.a join d.tmp_a using (id) set x = 1;\n"
    drop, other = "drop table d.tmp_a;\n", "insert into d.b values (1);\n"
    assert parts(make + fill + drop) == [(1, make + fill + drop, 1)]
    assert parts(change + make + fill + use + drop) == [(1, change, 1), (2, make + fill + use + drop, 1)]
    assert parts(make + drop + change + make + use + drop + other) == [
        (1, make + drop + change, 1),
        (2, make + use + drop + other, 1),
    ]
    [(number, text, _)] = parts(other + make + fill + change + use + drop)
    assert number == 0
    assert str(text).startswith("Statements 2 to 6 cannot be parted")
    assert "the rows of d.a" in str(text)
    kept = "create table d.tmp_a (id int);\n"
    assert parts(kept + make + fill + drop + fill)[0] == (1, kept + make + fill + drop, 1)


def test_names_are_compared_as_the_target_does() -> None:
    text = "create table d.A (id int); insert into d.a values (1);"
    assert len(parts(text)) == 1
    assert len(parts(text, folded=True)) == 2


def test_a_statement_that_cannot_be_read_is_one_error() -> None:
    [(number, message, flag)] = parts("create table d.a (id int,); insert into d.a values (1);")
    assert (number, flag) == (0, 0)
    assert "Statement 1 cannot be read" in str(message)


def test_the_source_is_kept() -> None:
    text = "-- first\ninsert into d.t (a) values ('x;y')"
    assert parts(f"{text};") == [(1, f"{text};\n", 0)]
