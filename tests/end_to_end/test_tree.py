"""--query-print and --masking through the wire, and their columns against what the target answers."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.batch.statement import Select
from inception.resolve import resolve
from tests.end_to_end.conftest import Shop
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer
from tests.tree.support import SHOP, SYNTAX, catalog
from tests.tree.test_tree import MASKED


def ask(shop: Shop, options: str, statements: str) -> "tuple[list[str], list[int], list[tuple[Any, ...]]]":
    """Return names and types of the columns, and the rows."""
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        cursor.execute(f"{shop.source(options)}inception_magic_start;\n{statements}\ninception_magic_commit;")
        described = cursor.description or ()
        return [each[0] for each in described], [each[1] for each in described], list(cursor.fetchall())


def test_query_print(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    sql("create table t (a int, b varchar(9))")
    names, types, rows = ask(
        shop, "--enable-query-print;", f"use {database}; set names utf8mb4; select b from t where a < 3 and b not in ('\"');"
        "create table n (k int); insert into n select a from t; select c from t; selct 1;",
    )  # fmt: skip
    assert names == ["ID", "statement", "errlevel", "query_tree", "errmsg"]
    assert types[0] == types[2] == pymysql.constants.FIELD_TYPE.LONGLONG
    assert types[1] == types[3] == types[4] == pymysql.constants.FIELD_TYPE.VAR_STRING
    assert [row[0] for row in rows] == [3, 4, 5, 6, 7]
    assert [row[2] for row in rows] == [0, 0, 0, 2, 2]
    where = json.loads(rows[0][3])["where"][0]
    assert where["args"][0] == {
        "type": "FUNC_ITEM", "func": "<",
        "args": [{"type": "FIELD_ITEM", "db": database, "table": "t", "field": "a"}, {"type": "INT_ITEM", "value": "3"}],
    }  # fmt: skip
    assert where["args"][1]["func"] == "NOT"
    assert json.loads(rows[2][3])["fields"] == [{"type": "FIELD_ITEM", "db": database, "table": "n", "field": "k"}]
    assert rows[3][4] == "Unknown column 'c'."
    assert rows[4][1] == "selct 1"


@pytest.mark.parametrize("option", ["--masking=1;", "--enable-masking;", "--masking;"])
def test_masking(shop: Shop, database: str, sql: Callable[[str], list[Any]], option: str) -> None:
    sql("create table users (id int, phone varchar(20))")
    names, _, rows = ask(shop, option, f"use {database}; select d.* from (select upper(phone) p, id from users) d;")
    assert names == ["ID", "statement", "errlevel", "query_tree", "errmsg"]
    assert len(rows) == 1
    assert json.loads(rows[0][3]) == [
        {"index": 0, "field": "phone", "type": "varchar(20)", "table": "users", "schema": database, "alias": "p"},
        {"index": 1, "field": "id", "type": "int(11)", "table": "users",
         "schema": database, "alias": "id"},
    ]  # fmt: skip


@pytest.mark.parametrize("own_view", [False, True])
def test_masking_follows_views(shop: Shop, target: DatabaseServer, own_view: bool) -> None:
    with target.database() as one, target.database() as other, target.connect(database=one) as connection:
        connection.query("create table users (id int, phone varchar(20))")
        made = [
            "create view v as select phone as p, id from users where id > 1",
            f"create view {other}.w (x, y) as select upper(p), 1 from {one}.v union select id, phone from {one}.users",
            f"create view `{one}`.`q` as select * from {other}.w",
        ]
        for statement in () if own_view else made:
            connection.query(statement)
        before = ";".join(made) + ";" if own_view else ""
        source = shop.source("--masking=1;", port=target.port)
        with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
            query = "select q.x, d.y from q, (select y from q) d"
            cursor.execute(f"{source}inception_magic_start;use {one};{before}{query};inception_magic_commit;")
            row = cursor.fetchall()[-1]
        assert (row[2], row[4]) == (0, None)
        listed = [(each["index"], each["table"], each["field"]) for each in json.loads(row[3])]
        assert listed == [(0, "users", "phone"), (0, "users", "id"), (1, "users", "phone")]
        if own_view:
            return
        connection.query("drop user if exists peeper")
        try:
            target.create_user("peeper", PASSWORD, f"SELECT ON {one}.*")
            asked = shop.source("--masking=1;", port=target.port, user="peeper")
            with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
                cursor.execute(f"{asked}inception_magic_start;use {one};select x from q;inception_magic_commit;")
                [row] = cursor.fetchall()
            assert [(each["table"], each["field"]) for each in json.loads(row[3])] == [("q", "x")]
        finally:
            connection.query("drop user peeper")


def test_a_stored_function_may_read_anything(shop: Shop, database: str, sql: Callable[[str], list[Any]]) -> None:
    sql(
        "create table t (a int);\ncreate function f() returns int reads sql data return (select max(a) from t);\ncreate view v as select f() as x"
    )
    for call in ("f()", f"{database}.F() + 1", "(select f())", "(select x from v)"):
        _, _, [row] = ask(shop, "--masking=1;", f"use {database}; select {call}, a from t;")
        assert row[2] == 2
        assert "stored function F" in row[4]
        assert [each["index"] for each in json.loads(row[3])] == [1]


def test_columns_are_those_of_the_target(target: DatabaseServer) -> None:
    """Every query that a test of masking shows has, on the target, the columns that our reading gives it."""
    compared = 0
    with target.database() as database, target.connect(database=database) as connection:
        for definition in SHOP:
            connection.query(definition)
        for sql, _ in MASKED:
            query = sql.split(";")[-1].replace("shop.", "")
            if query.startswith("insert") or connection.prepare(query) is not None:
                continue  # each kind of server lacks something: LATERAL, VALUES ROW
            names, _ = connection.table(query)
            ours = names_of(query)
            assert len(ours) == len(names), query
            assert all(one in ("", other) for one, other in zip(ours, names, strict=True)), (query, ours, names)
            compared += 1
    assert compared >= len(MASKED) - 6


def names_of(query: str) -> list[str]:
    """Return the names of a query's columns as we read it; '' where MySQL names one after its text."""
    [statement] = read_batch(Options(Mode.MASKING, db="shop"), split(query), SYNTAX).statements
    assert isinstance(statement.form, Select)
    outputs = resolve(statement.form.tree, "shop", catalog()).outputs[id(statement.form.tree)]
    assert outputs is not None
    return [each.name for each in outputs]
