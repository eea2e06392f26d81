"""What is said to Inception inside a batch: show, desc, set session; and session variables of connections."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from tests.end_to_end.conftest import Shop


@pytest.fixture
def table(database: str, sql: Callable[[str], list[Any]]) -> str:
    sql("create table t (a int primary key, b varchar(9) default null)")
    return database


def test_show_and_desc(shop: Shop, table: str) -> None:
    rows = shop.check(
        f"use {table};\ninception show tables;\nselect 1;\ninc desc t;\nINCEPTION  describe `t`;"
        "inception show columns from t like 'b';"
    )
    assert [row.ID for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[1].SQL == "inception show tables:\nt"
    assert rows[3].SQL == "inc desc t:\na | int(11) | NO | PRI | NULL | \nb | varchar(9) | YES |  | NULL | "
    assert rows[4].SQL.startswith("INCEPTION  describe `t`:\na | int(11)")
    assert rows[5].SQL.endswith(":\nb | varchar(9) | YES |  | NULL | ")
    assert {(row.stage, row.stagestatus, row.errlevel) for row in rows} == {("CHECKED", "Audit completed", 0)}
    assert [row.sequence for row in rows] == [f"'0_0_{number}'" for number in range(6)]


def test_they_never_hinder_an_execution(shop: Shop, table: str) -> None:
    rows = shop.execute(
        f"inception show create table nowhere.t; use {table}; insert into t (a, b) values (1, 'x'); inception desc missing;"
        "inception show status like 'uptime'; update t set b = 'y' where a = 1; inception show tables;"
    )
    assert [row.stage for row in rows] == ["CHECKED", "RERUN", "EXECUTED", "CHECKED", "CHECKED", "EXECUTED", "CHECKED"]
    assert [row.errlevel for row in rows] == [2, 0, 0, 2, 0, 0, 0]
    assert "doesn't exist" in (rows[3].errormessage or "")
    assert len(shop.rollback_of(rows)) == 2
    assert shop.target_rows(table, "t") == 1


@pytest.mark.parametrize("question", ["desc select 1", "desc analyze select 1", "describe update t set b = 1"])
def test_desc_takes_a_table_only(shop: Shop, table: str, question: str) -> None:
    row = shop.check(f"use {table}; inception {question};")[1]
    assert row.errlevel == 2
    assert row.errormessage == "inception desc takes the name of a table."


def test_a_question_changes_nothing(shop: Shop, table: str, sql: Callable[[str], list[Any]]) -> None:
    sql(
        "create function f() returns int deterministic modifies sql data begin insert into t values (99, 'f'); return 1; end"
    )
    row = shop.check(f"use {table}; inception show tables where {table}.f() = 1;")[1]
    assert row.errlevel == 2
    assert "READ ONLY" in (row.errormessage or "")
    assert shop.target_rows(table, "t") == 0


@contextlib.contextmanager
def alters(shop: Shop) -> Iterator[list[str]]:
    """Note the ALTERs that the target gets meanwhile: with what is asserted of them, as a session variable wants it."""
    seen: list[str] = []
    with shop.target.connect() as target:
        target.query("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1")
        target.query("TRUNCATE mysql.general_log")
        yield seen
        target.query("SET GLOBAL general_log = 0, GLOBAL log_output = 'FILE'")
        for (text,) in target.query("SELECT argument FROM mysql.general_log WHERE command_type = 'Query'"):
            shown = text.decode() if isinstance(text, bytes) else str(text)
            seen += [shown] if "alter table t" in shown and "general_log" not in shown else []


def test_set_session_holds_for_the_batch(shop: Shop, table: str) -> None:
    quiet = (
        "inception set session inception_assert_algorithm = off; inc set session `inception_osc_max_lag`='7';"
        "inception set inception_read_only = 1; inception get variables; inception get processlist;"
    )
    with alters(shop) as sent:
        rows = shop.execute(f"use {table}; {quiet} alter table t add c int; inception show tables;")
        assert [row.SQL.split()[0] for row in rows] == ["use", "alter", "inception"]
        assert rows[1].stage == "EXECUTED"
        shop.execute(f"use {table}; alter table t add d int;")
    assert [("ALGORITHM" in text) for text in sent] == [False, True]
    assert shop.ask("inception get variables 'inception_read_only'") == [("inception_read_only", "OFF")]
    assert shop.ask("inception get variables 'inception_assert_algorithm'") == [("inception_assert_algorithm", "ON")]


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("nonsense = 1", "Unknown variable 'nonsense'"),
        ("inception_read_only = 1", "is global"),
        ("inception_assert_algorithm = perhaps", "ON or OFF"),
    ],
)
def test_a_wrong_setting_is_an_error(shop: Shop, table: str, setting: str, says: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        shop.check(f"inception set session {setting}; use {table};")
    assert says in caught.value.args[1]
    assert caught.value.args[0] == 2512


def test_outside_a_batch_it_is_an_error(shop: Shop) -> None:
    for command in ("inception show tables", "inc desc t;"):
        with pytest.raises(pymysql.MySQLError) as caught:
            shop.ask(command)
        assert caught.value.args[0] == 2576
        assert caught.value.args[1].startswith("Must start as begin statement.")


def test_statement_by_statement(shop: Shop, table: str) -> None:
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        cursor.execute(f"{shop.source('--enable-check;')}inception_magic_start;")
        for text in (f"use {table}", "inception set session inception_osc_max_lag = 8", "inception show tables"):
            cursor.execute(text)
        cursor.execute("inception_magic_commit;")
        assert [row[5] for row in cursor.fetchall()] == [f"use {table}", "inception show tables:\nt"]


def test_other_answers_leave_them_out(shop: Shop, table: str) -> None:
    with contextlib.closing(shop.client()) as client, client.cursor() as cursor:
        for option in ("--enable-split;", "--enable-query-print;", "--masking=1;"):
            statements = (
                f"use {table}; inception show tables; select a from t; inception set session inception_osc_max_lag=8;"
            )
            cursor.execute(f"{shop.source(option)}inception_magic_start;{statements}inception_magic_commit;")
            rows = cursor.fetchall()
            assert len(rows) == 1
            assert "inception" not in rows[0][1]


def test_session_variables_are_their_connections_own(shop: Shop, table: str) -> None:
    def add(client: "pymysql.Connection[Any]", column: str) -> None:
        source = shop.source("--enable-execute;--enable-ignore-warnings;")
        with client.cursor() as cursor:
            cursor.execute(
                f"{source}inception_magic_start;use {table};alter table t add {column} int;inception_magic_commit;"
            )
            assert cursor.fetchall()[1][1] == "EXECUTED"

    with contextlib.closing(shop.client()) as one, contextlib.closing(shop.client()) as other, alters(shop) as sent:
        with one.cursor() as cursor:
            cursor.execute("inception set session inception_assert_algorithm = off")
        add(one, "c")
        add(other, "d")
        add(one, "e")
    assert [("ALGORITHM" in text) for text in sent] == [False, True, False]
