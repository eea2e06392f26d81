"""What copying rows into a new table would get wrong silently, each told or left alone."""

import pytest

from inception.facts.row_copy import about_the_rows, adds_unique, cuts_values, loses_rows, renamed_columns, row_key
from inception.schema.alter import AlterTable
from inception.schema.apply import apply
from inception.schema.define import define
from inception.schema.model import Table
from inception.schema.statements import read_ddl

OLD = define(
    "CREATE TABLE t (id int NOT NULL, a int NOT NULL, b int, name varchar(40) COLLATE utf8mb4_bin NOT NULL, "
    "PRIMARY KEY (id), UNIQUE KEY ab (a, b), UNIQUE KEY n (name)) DEFAULT CHARSET=utf8mb4",
    database="d",
)


def altered(actions: str) -> tuple[AlterTable, Table]:
    form = read_ddl(f"ALTER TABLE t {actions}", database="d")
    assert isinstance(form, AlterTable)
    return form, apply(OLD, form.actions)


@pytest.mark.parametrize(
    ("actions", "index"),
    [
        ("add c int", ""),
        ("modify id bigint not null", ""),
        ("add key k (b)", ""),
        ("drop key ab, add unique ab2 (b, a, id)", ""),
        ("drop primary key, add primary key (id, a)", ""),
        ("modify name varchar(80) collate utf8mb4_bin not null", ""),
        ("drop key n, modify name varchar(80) collate utf8mb4_general_ci not null", ""),
        ("add unique u (b)", "unique index 'u'"),
        ("add c int unique", "unique index 'c'"),
        ("drop primary key, add primary key (a)", "the primary key"),
        ("drop column b", "unique index 'ab'"),
        ("drop key n, add unique n (name(10))", "unique index 'n'"),
        ("modify name varchar(40) collate utf8mb4_general_ci not null", "unique index 'n'"),
    ],
)
def test_loses_rows(actions: str, index: str) -> None:
    assert loses_rows(OLD, altered(actions)[1]) == index


@pytest.mark.parametrize(
    ("actions", "which"),
    [
        ("add key k (b)", ""),
        ("rename index n to u", ""),
        ("drop key ab, add unique ab2 (b, a, id)", "a unique index"),
        ("add unique u (id, b)", "a unique index"),
        ("add c int unique key", "a unique index"),
        ("drop primary key, add primary key (id, a)", "a primary key"),
    ],
)
def test_adds_unique(actions: str, which: str) -> None:
    """Also where no rows can collide: one who reads the statement is to be able to rely on it."""
    assert adds_unique(altered(actions)[0].actions) == which


@pytest.mark.parametrize(
    ("actions", "column"),
    [
        ("modify b bigint", ""),
        ("modify b int not null", ""),
        ("modify b smallint", "column 'b': int becomes smallint"),
        ("modify name varchar(39) collate utf8mb4_bin not null", "column 'name': varchar(40) becomes varchar(39)"),
    ],
)
def test_cuts_values(actions: str, column: str) -> None:
    assert cuts_values(OLD, altered(actions)[1]) == column


@pytest.mark.parametrize(
    ("actions", "which"),
    [
        ("force", ""),
        ("partition by hash (id) partitions 2", ""),
        ("remove partitioning", ""),
        ("truncate partition p0", "TRUNCATE PARTITION"),
        ("drop partition p0", "DROP PARTITION"),
        ("order by a", "order by a"),
        ("discard tablespace", "discard tablespace"),
    ],
)
def test_about_the_rows(actions: str, which: str) -> None:
    form = read_ddl(f"ALTER TABLE t {actions}", database="d")
    assert isinstance(form, AlterTable)
    assert about_the_rows(form.actions) == which


def test_renamed_columns() -> None:
    form, _ = altered("change a aa int not null, rename column b to bb, change id ID int not null, modify name text")
    assert list(renamed_columns(form.actions)) == ["a", "b"]


def test_row_key() -> None:
    found = row_key(OLD, altered("add c int")[1])
    assert found is not None and found.name == "PRIMARY"
    assert row_key(OLD, altered("drop primary key, drop key ab, drop key n")[1]) is None
    bare = define("CREATE TABLE t (a int, UNIQUE KEY a (a))", database="d")
    assert row_key(bare, bare) is None
