"""--query-print: the trees of statements, without a server."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import inception.tree
from inception.batch.options import Mode
from tests.tree.support import SYNTAX, expression, printed, shown, tree

SCHEMA = json.loads((Path(inception.tree.__file__).parent / "schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text())


def field(name: str, table: str = "t") -> dict[str, str]:
    return {"type": "FIELD_ITEM", "db": "shop", "table": table, "field": name}


A, B, C = map(field, "abc")


def integer(value: str) -> dict[str, str]:
    return {"type": "INT_ITEM", "value": value}


def named(func: str, *args: Any) -> dict[str, Any]:
    return {"type": "FUNC_ITEM", "func": func, "args": list(args)}


def other(name: str, *args: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FUNC_ITEM", "func": "OTHERS", "name": name, "args": list(args), **more}


def text(value: str, **more: str) -> dict[str, str]:
    return {"type": "STRING_ITEM", "value": value, **more}


ONE, TWO = integer("1"), integer("2")
IS_B_NULL = named("ISNULL", B)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # what the older server got wrong
        ("a not in (1, 2)", named("NOT", named("IN", A, ONE, TWO))),
        ("a not between 1 and 2", named("NOT", named("BETWEEN", A, ONE, TWO))),
        ("c not like 'x'", named("NOT", named("LIKE", C, text("x")))),
        ("a < b", named("<", A, B)),
        ("a > b", named(">", A, B)),
        ("a <= b", named("<=", A, B)),
        ("a >= b", named(">=", A, B)),
        ("c = 'a\"b\\\\c\\nd'", named("=", C, text('a"b\\c\nd'))),
        ("c = 'it''s'", named("=", C, text("it's"))),
        ('c = "\'"', named("=", C, text("'"))),
        ("c = '\\0\\Z☃'", named("=", C, text("\0\x1a☃"))),
        # comparisons
        ("a = b", named("=", A, B)),
        ("a <=> b", named("<=>", A, B)),
        ("a <> b", named("!=", A, B)),
        ("a != b", named("!=", A, B)),
        ("not a", named("NOT", A)),
        ("!a", named("NOT", A)),
        ("not a = b", named("NOT", named("=", A, B))),
        ("!a = b", named("=", named("NOT", A), B)),
        ("a is null", named("ISNULL", A)),
        ("isnull(a)", named("ISNULL", A)),
        ("a is not null", named("ISNOTNULL", A)),
        ("not a is null", named("ISNOTNULL", A)),
        ("a is true", other("IS TRUE", A)),
        ("a is not false", named("NOT", other("IS FALSE", A))),
        ("a is unknown", named("ISNULL", A)),
        ("c like 'x' escape '|'", named("LIKE", C, text("x"), text("|"))),
        ("c not like 'x' escape '|'", named("NOT", named("LIKE", C, text("x"), text("|")))),
        ("c rlike 'x'", other("REGEXP", C, text("x"))),
        ("c not regexp 'x'", named("NOT", other("REGEXP", C, text("x")))),
        ("a between b and 2 and c", {"type": "COND_ITEM", "func": "AND", "args": [named("BETWEEN", A, B, TWO), C]}),
        ("a and (b and c) and 1", {"type": "COND_ITEM", "func": "AND", "args": [A, B, C, ONE]}),
        ("a or b and c", {"type": "COND_ITEM", "func": "OR",
                          "args": [A, {"type": "COND_ITEM", "func": "AND", "args": [B, C]}]}),
        ("a || b or c", {"type": "COND_ITEM", "func": "OR", "args": [A, B, C]}),
        ("a xor b", other("XOR", A, B)),
        # arithmetic
        ("a + b * 2", other("+", A, other("*", B, TWO))),
        ("(a + b) * 2", other("*", other("+", A, B), TWO)),
        ("a - b - 1", other("-", other("-", A, B), ONE)),
        ("a div b", other("DIV", A, B)),
        ("a % b", other("%", A, B)),
        ("a mod b", other("%", A, B)),
        ("a / b", other("/", A, B)),
        ("a & b | 1", other("|", other("&", A, B), ONE)),
        ("a ^ b", other("^", A, B)),
        ("~a << 1", other("<<", other("~", A), ONE)),
        ("-a", other("-", A)),
        ("-1", integer("-1")),
        # literals
        ("1.50", {"type": "DECIMAL_ITEM", "value": "1.50"}),
        ("1e3", {"type": "REAL_ITEM", "value": "1e3"}),
        ("null", {"type": "NULL_ITEM", "value": "NULL"}),
        ("true", ONE),
        ("x'1F'", text("1F", notation="hex", charset="binary")),
        ("b'01'", text("01", notation="bit", charset="binary")),
        ("n'abc'", text("abc", charset="utf8mb3")),
        ("_latin1'abc'", text("abc", charset="latin1")),
        ("date '2020-01-02'", other("CAST", text("2020-01-02"), **{"as": "DATE"})),
        ("@v", other("GET_USER_VAR", text("v"))),
        ("@@session.sql_mode", other("GET_SYSTEM_VAR", text("session.sql_mode"))),
        ("@v := a", other(":=", other("GET_USER_VAR", text("v")), A)),
        # functions, as they are called
        ("now()", named("NOW")),
        ("current_timestamp", named("NOW")),
        ("now(6)", named("NOW", integer("6"))),
        ("ifnull(a, b)", other("IFNULL", A, B)),
        ("locate('x', c)", other("LOCATE", text("x"), C)),
        ("position('x' in c)", other("LOCATE", text("x"), C)),
        ("date_format(a, '%Y')", other("DATE_FORMAT", A, text("%Y"))),
        ("substring(c from 2 for 1)", other("SUBSTRING", C, TWO, ONE)),
        ("if(a, b, 1)", other("IF", A, B, ONE)),
        ("other.fun(a)", other("other.fun", A)),
        ("cast(a as decimal(10,2))", other("CAST", A, **{"as": "DECIMAL(10, 2)"})),
        ("convert(c using utf8mb4)", other("CAST", C, **{"as": "CHAR CHARACTER SET utf8mb4"})),
        ("cast(a as unsigned)", other("CAST", A, **{"as": "UNSIGNED"})),
        ("date_add(a, interval 1 day)", other("DATE_ADD", A, other("INTERVAL", ONE, text("DAY")))),
        ("a + interval b hour", other("+", A, other("INTERVAL", B, text("HOUR")))),
        ("timestampdiff(day, a, b)", other("TIMESTAMPDIFF", text("DAY"), A, B)),
        ("extract(year from a)", other("EXTRACT", text("YEAR"), A)),
        ("default(a)", other("DEFAULT", A)),
        ("c->'$.x[0]'", other("->", C, text("$.x[0]"))),
        ("c->>'$**.x'", other("->>", C, text("$**.x"))),
        ("json_object('k', a, c, 2)", other("JSON_OBJECT", text("k"), A, C, TWO)),
        ("c collate utf8mb4_bin", other("COLLATE", C, text("utf8mb4_bin"))),
        ("match(c) against ('x' in boolean mode)", other("MATCH", C, text("x"), modifier="IN BOOLEAN MODE")),
        ("count(*)", {"type": "SUM_FUNC_ITEM", "agg_type": "COUNT", "args": [{"type": "STAR_ITEM"}]}),
        ("count(distinct a, b)", {"type": "SUM_FUNC_ITEM", "agg_type": "COUNT", "distinct": True, "args": [A, B]}),
        ("group_concat(distinct a, b order by c desc separator '\"')",
         {"type": "SUM_FUNC_ITEM", "agg_type": "GROUP_CONCAT", "distinct": True, "args": [A, B],
          "OrderBy": [{**C, "desc": True}], "separator": '"'}),
        ("(a, b) = (1, 2)", named("=", {"type": "ROW_ITEM", "ROW": [A, B]}, {"type": "ROW_ITEM", "ROW": [ONE, TWO]})),
        ("row(a, b)", {"type": "ROW_ITEM", "ROW": [A, B]}),
        ("case a when 1 then b else 2 end",
         {"type": "FUNC_ITEM", "func": "CASE", "value": A, "cases": [{"when": ONE, "then": B}], "else": TWO}),
        ("case when b is null then 1 end",
         {"type": "FUNC_ITEM", "func": "CASE", "cases": [{"when": IS_B_NULL, "then": ONE}]}),
        ("rank() over (partition by a order by b desc, c)",
         other("RANK", over={"partition_by": [A], "OrderBy": [{**B, "desc": True}, C]})),
        ("sum(a) over (order by b rows between 1 preceding and current row)",
         {"type": "SUM_FUNC_ITEM", "agg_type": "SUM", "args": [A],
          "over": {"OrderBy": [B], "frame": "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW"}}),
        # queries inside
        ("a in (select x from s)",
         named("IN", A, {"type": "SUBSELECT_ITEM", "engine": "single_select_engine",
                         "subselect": {"select_list": [field("x", "s")], "table_ref": [{"db": "shop", "table": "s"}]}})),
        ("a > all (select 1 union select 2)",
         named(">", A, other("ALL", {"type": "SUBSELECT_ITEM", "engine": "union_engine", "subselect": {
             "union": [{"select_list": [ONE]}, {"operator": "UNION", "select_list": [TWO]}]}}))),
        ("not exists(select 1)",
         named("NOT", other("EXISTS", {"type": "SUBSELECT_ITEM", "engine": "single_select_engine",
                                       "subselect": {"select_list": [ONE]}}))),
    ],
)  # fmt: skip
def test_expressions(sql: str, expected: dict[str, Any]) -> None:
    assert expression(sql) == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["title"])
def test_examples_are_valid(example: dict[str, str]) -> None:
    for row in printed(example["sql"]):
        assert row.problems == ()
        VALIDATOR.validate(row.tree)


def test_the_schema_is_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    good = tree("select a from t where a not in (1)")
    VALIDATOR.validate(good)
    for bad in (
        {**good, "more": 1},
        {**good, "command": None},
        {**good, "where": []},
        {**good, "select_list": [{"type": "FIELD_ITEM", "field": "a"}]},
        {**good, "select_list": [{"type": "ODD_ITEM"}]},
        {**good, "command": "update"},
    ):
        assert not VALIDATOR.is_valid(bad), bad


def test_clauses() -> None:
    made = tree(
        "select distinct a, count(*) n from t as z where b < 2 group by a with rollup having n > 1"
        " order by n desc, a asc limit 5, 10"
    )
    assert made["distinct"] is True
    assert made["table_ref"] == [{"db": "shop", "table": "t", "alias": "z"}]
    assert made["where"] == [named("<", B, TWO)]
    assert (made["GroupBy"], made["with_rollup"]) == ([A], True)
    assert [item.get("desc", False) for item in made["OrderBy"]] == [True, False]
    assert made["limit"] == {"limit": [integer("10")], "limit_offset": [integer("5")]}


def test_joins() -> None:
    made = tree(
        "select 1 from t a left join (s cross join users u) on a.a = s.a join t b using (b), t d natural join s e"
    )
    assert made["table_ref"] == [
        {"db": "shop", "table": "t", "alias": "a"},
        {"type": "nested", "join": "LEFT", "on": 0,
         "table_ref": [{"db": "shop", "table": "s"}, {"db": "shop", "table": "users", "alias": "u", "join": "CROSS"}]},
        {"db": "shop", "table": "t", "alias": "b", "join": "INNER", "on": 1},
        {"db": "shop", "table": "t", "alias": "d"},
        {"db": "shop", "table": "s", "alias": "e", "join": "NATURAL", "on": 2},
    ]  # fmt: skip
    assert made["join_on"] == [named("=", A, field("a", "s")), named("=", B, B), named("=", A, field("a", "s"))]


def test_columns_say_their_real_table() -> None:
    made = tree(
        "with c (n) as (select name from users) select d.k, n, sum_of, (select s.x from s where s.a = d.k) "
        "from (select a as k, a + b sum_of from t) d join c on c.n = d.k where k = 1 order by k"
    )
    k, n, total, correlated = made["select_list"]
    assert (k, n) == (A, field("name", "users"))
    assert total == {"type": "FIELD_ITEM", "db": "", "table": "", "field": "sum_of",
                     "sources": [{"db": "shop", "table": "t", "field": each} for each in "ab"]}  # fmt: skip
    assert correlated["subselect"]["where"] == [named("=", field("a", "s"), A)]
    assert made["where"] == [named("=", A, ONE)]
    assert made["OrderBy"] == [A]


def test_changes() -> None:
    made = tree("insert into t (a, b) values (1, default), (2, b + 1) on duplicate key update a = values(a) + 1")
    assert made["table_object"] == {"db": "shop", "table": "t"}
    assert made["fields"] == [A, B]
    assert [row["values"][0] for row in made["many_values"]] == [ONE, TWO]
    assert made["set_fields"] == {"fields": [A], "values": [other("+", other("VALUES", A), ONE)]}
    assert tree("insert into t values (1, 2, 'x')")["fields"] == [A, B, C]
    assert tree("replace into t select * from t")["select_insert_values"]["select_list"] == [A, B, C]
    assert tree("insert ignore into t set a = 1")["ignore"] is True
    made = tree("update t x join s y on x.a = y.a set x.b = y.x where y.y is not null")
    assert made["set_fields"] == {"fields": [B], "values": [field("x", "s")]}
    assert "table_object" not in made
    made = tree("delete z from t z, s where z.a = s.a")
    assert made["table_object"] == [{"db": "shop", "table": "t"}]
    assert [each["table"] for each in made["table_ref"]] == ["t", "s"]
    assert tree("delete from t order by a desc limit 1")["OrderBy"] == [{**A, "desc": True}]


def test_unions() -> None:
    made = tree("(select a from t limit 1) union all select x from s union select 1 order by 1 desc limit 2")
    assert [each.get("operator") for each in made["union"]] == [None, "UNION ALL", "UNION"]
    assert made["union"][0]["limit"] == {"limit": [ONE]}
    assert made["OrderBy"] == [{**ONE, "desc": True}]
    assert made["limit"] == {"limit": [TWO]}


def test_literals_of_one_shape_are_each_their_own() -> None:
    rows = printed("insert into t values (1, 2, 'x'); insert into t values (3, 4, 'y')")
    assert [row.tree["many_values"][0]["values"][2]["value"] for row in rows] == ["x", "y"]


def test_every_row_of_a_long_insert_is_there() -> None:
    values = ",".join(
        f"({number},{number},'{'x' * 60}')" for number in range(1_200)
    )  # longer than what is read in full
    [row] = printed(f"insert into t values {values}")
    assert [each["values"][0]["value"] for each in row.tree["many_values"]] == [str(number) for number in range(1_200)]


def test_the_batch_is_seen() -> None:
    *_, last = printed(
        "use shop; create table other.n (k int, v int); use other; insert into n select a, b from shop.t"
    )
    assert last.problems == ()
    assert [each["field"] for each in last.tree["fields"]] == ["k", "v"]
    [_, dropped] = printed("drop table t; select a from t")
    assert dropped.problems == ("Table 'shop.t' doesn't exist.",)


def test_rows_and_problems() -> None:
    rows = printed("use shop; set names utf8mb4; select nothing from t; select from; alter table t add d int")
    assert [row.row()[0] for row in rows] == [3, 4, 5]
    unknown, unread, definition = (row.row() for row in rows)
    assert unknown[2] == 2
    assert unknown[4] == "Unknown column 'nothing'."
    assert json.loads(str(unknown[3]))["command"] == "select"
    assert unread[2:4] == (2, "{}")
    assert definition[2:] == (0, '{"command":"altertable","table_object":[{"db":"shop","table":"t"}]}', None)


def test_deep_nesting_is_an_answer() -> None:
    [chain] = printed("select " + " + ".join(["a"] * 20_000) + " from t")
    assert chain.problems == ("The statement is nested too deeply.",)
    assert chain.row()[3] == "{}"
    [long] = printed("select 1 from t where " + " and ".join(["a = 1"] * 3_000))
    assert long.problems == ()
    assert len(long.tree["where"][0]["args"]) == 3_000


MASKED = [
    ("select phone from users", [(0, "users.phone")]),
    ("select * from t", [(0, "t.a"), (1, "t.b"), (2, "t.c")]),
    ("select 1, u.* from users u", [(1, "users.id"), (2, "users.name"), (3, "users.phone"), (4, "users.doc")]),
    ("select shop.u.* from shop.users u limit 1", [(0, "users.id"), (1, "users.name"), (2, "users.phone"), (3, "users.doc")]),
    ("select concat(name, '-', phone) from users", [(0, "users.name"), (0, "users.phone")]),
    ("select max(phone) m, 1 from users group by id", [(0, "users.phone")]),
    ("select case when phone like '13%' then 1 else 0 end from users", [(0, "users.phone")]),
    ("select if(phone > '1', 1, 0) + id from users", [(0, "users.phone"), (0, "users.id")]),
    ("select p from (select phone as p from users) d", [(0, "users.phone")]),
    ("select d.* from (select upper(phone), id from users) d", [(0, "users.phone"), (1, "users.id")]),
    ("select q from (select p as q from (select phone as p from users) a) b", [(0, "users.phone")]),
    ("with c as (select phone x from users) select x from c", [(0, "users.phone")]),
    ("with c (y) as (select phone from users) select c.y from c", [(0, "users.phone")]),
    ("with a as (select phone p from users), b as (select p q from a) select q from b", [(0, "users.phone")]),
    ("with recursive r as (select id, phone from users union all select phone, id from r where id < 3) select id from r",
     [(0, "users.id"), (0, "users.phone")]),
    ("select a from t union select phone from users", [(0, "t.a"), (0, "users.phone")]),
    ("select x from (select a x from t union all select phone from users) d", [(0, "t.a"), (0, "users.phone")]),
    ("select (select phone from users limit 1)", [(0, "users.phone")]),
    ("select (select max(x) from (select phone x from users) d) from t", [(0, "users.phone")]),
    ("select exists(select 1 from users where phone like '13%') from t", [(0, "users.phone")]),
    ("select a in (select * from (select phone from users) d) from t", [(0, "t.a"), (0, "users.phone")]),
    ("select count(*) from users where phone = '1'", []),
    ("select row_number() over (order by phone) from users", [(0, "users.phone")]),
    ("select rank() over w from users window w as (order by phone)", [(0, "users.phone")]),
    ("select group_concat(id order by phone) from users", [(0, "users.id"), (0, "users.phone")]),
    ("select j.v from users, json_table(doc, '$[*]' columns (v varchar(9) path '$')) j", [(0, "users.doc")]),
    ("select doc->>'$.phone' from users", [(0, "users.doc")]),
    ("select l.z from users u, lateral (select u.phone z) l", [(0, "users.phone")]),
    ("select v.a from (values row((select phone from users limit 1), 2)) v (a, b)", [(0, "users.phone")]),
    ("select phone as id, id as phone from users", [(0, "users.phone"), (1, "users.id")]),
    ("select `phone` phone from users phone", [(0, "users.phone")]),
    ("select @v := phone from users", [(0, "users.phone")]),
    ("select * from t natural join s", [(0, "t.a"), (1, "t.b"), (2, "t.c"), (3, "s.x"), (4, "s.y")]),
    ("select * from t right join s using (a)", [(0, "s.a"), (1, "s.x"), (2, "s.y"), (3, "t.b"), (4, "t.c")]),
    ("select a from t right join s using (a)", [(0, "s.a")]),
    ("select a from t where exists(select 1 from users where phone = c)", [(0, "t.a")]),
    ("(select phone from users)", [(0, "users.phone")]),
    ("use shop; select phone from users", [(0, "users.phone")]),
    ("insert into t (a) select id from users", []),
    ("table users", [(0, "users.id"), (1, "users.name"), (2, "users.phone"), (3, "users.doc")]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), MASKED)
def test_a_column_cannot_hide(sql: str, expected: list[tuple[int, str]]) -> None:
    assert shown(sql) == expected


def test_what_a_masking_item_says() -> None:
    [row] = printed("select upper(phone) p, y from users, s", Mode.MASKING)
    assert row.tree == [
        {"index": 0, "field": "phone", "type": "varchar(20)", "table": "users", "schema": "shop", "alias": "p"},
        {"index": 1, "field": "y", "type": "decimal(10,2)", "table": "s", "schema": "shop", "alias": "y"},
    ]


def test_rows_without_a_table_are_named_as_the_server_does() -> None:
    [row] = printed("values row(1, (select phone from users limit 1))", Mode.MASKING)
    assert [(each["index"], each["alias"], each["field"]) for each in row.tree] == [(1, "column_1", "phone")]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("select * from nowhere", "Table 'shop.nowhere' doesn't exist."),
        ("select x from (select * from nowhere) d (x)", "Not every column"),
        ("select fone from users", "Unknown column 'fone'."),
        ("select from", "line 1"),
    ],
)
def test_what_is_not_known_is_said(sql: str, problem: str) -> None:
    [row] = printed(sql, Mode.MASKING)
    assert problem in "\n".join(row.problems)
    assert row.row()[2] == 2


def test_pipes_join_texts_where_the_target_says_so() -> None:
    joined = replace(SYNTAX, pipes_as_concat=True)
    assert expression("a || b + 1") == {"type": "COND_ITEM", "func": "OR", "args": [A, other("+", B, integer("1"))]}
    assert expression("a || b + 1", joined) == other("+", other("CONCAT", A, B), integer("1"))
    assert expression("-a || b ^ c", joined) == other("^", other("CONCAT", other("-", A), B), C)
    assert expression("a || b or c", joined) == {"type": "COND_ITEM", "func": "OR", "args": [other("CONCAT", A, B), C]}
    [row] = printed("select a || b as x from t where c", Mode.MASKING, syntax=joined)
    assert [(each["index"], each["field"]) for each in row.tree] == [(0, "a"), (0, "b")]


def test_not_binds_tighter_where_the_target_says_so() -> None:
    tight = replace(SYNTAX, high_not_precedence=True)
    assert expression("not a = b") == named("NOT", named("=", A, B))
    assert expression("not a = b", tight) == named("=", named("NOT", A), B)
    assert expression("not a between 1 and 2", tight)["func"] == "BETWEEN"


@pytest.mark.parametrize(
    ("sql", "ignore"),
    [
        ("update ignore t set a = 1", True),
        ("update low_priority ignore t join s on t.a = s.a set t.b = 1", True),
        ("update t set a = 1", False),
        ("delete ignore from t", True),
        ("delete quick ignore t from t join s on t.a = s.a", True),
        ("delete from t where a = 1", False),
        ("insert ignore into t (a) values (1)", True),
    ],
)
def test_ignore_is_shown(sql: str, ignore: bool) -> None:
    found = tree(sql)
    VALIDATOR.validate(found)
    assert found.get("ignore", False) is ignore
