"""Commands through the wire."""

import pymysql
import pytest

from tests.end_to_end.conftest import Shop


def test_get_variables(shop: Shop) -> None:
    rows = shop.ask("inception get variables")
    names = [name for name, _ in rows]
    assert names == sorted(names)
    values = dict(rows)
    assert values["inception_check_dml_where"] == "ON"
    assert values["inception_read_only"] == "OFF"
    assert values["inception_support_charset"] == "utf8mb4"
    assert shop.ask("INC GET Variables 'max_allowed%';") == [("max_allowed_packet", "67108864")]
    assert shop.ask("inception get variables like 'inception_max_update_row_'") == [
        ("inception_max_update_rows", "10000")
    ]
    assert shop.ask("inception get variables 'nothing'") == []


def test_set_global_and_session(shop: Shop, database: str) -> None:
    with shop.client() as one, one.cursor() as cursor:
        cursor.execute("inception set inception_check_table_comment = off")
        try:
            assert shop.ask("inception get variables 'inception_check_table_comment'") == [
                ("inception_check_table_comment", "OFF")
            ]
            message = shop.check(f"create table {database}.t (id int);")[0].errormessage or ""
            assert "Set comments" not in message
        finally:
            cursor.execute("inception set global inception_check_table_comment = 'ON';")
        cursor.execute("inception set session inception_osc_min_table_size = 7")
        cursor.execute("inception get variables 'inception_osc_min_table_size'")
        assert cursor.fetchall() == (("inception_osc_min_table_size", "7"),)
        assert shop.ask("inception get variables 'inception_osc_min_table_size'") == [
            ("inception_osc_min_table_size", "16")
        ]


@pytest.mark.parametrize("form", ["{}={}", "{} ={}", "{}= {}", "`{}`='{}'", "session {}={}", "SESSION\n{}\t={} ;"])
def test_set_without_blanks(shop: Shop, form: str) -> None:
    with shop.client() as client, client.cursor() as cursor:
        try:
            cursor.execute("inception set " + form.format("inception_osc_min_table_size", 9))
            cursor.execute("inception get variables 'inception_osc_min_table_size'")
            assert cursor.fetchall() == (("inception_osc_min_table_size", "9"),)
        finally:
            cursor.execute("inception set inception_osc_min_table_size=16")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("inception set inception_support_charset=a=b", "a=b"),
        ("inception set port = 7", "read-only"),
        ("inception set inception_max_update_rows = 0", "at least 1"),
        ("inception set inception_max_update_rows = many", "many"),
        ("inception set inception_check_dml_where = perhaps", "ON or OFF"),
        ("inception set inception_check_dml_wher = 1", "inception_check_dml_where"),
        ("inception set session inception_read_only = 1", "global"),
        ("inception set", "inception set [global|session] <name> = <value>"),
        ("inception get", "inception get|show variables"),
        ("inception kill 4711000", "4711000"),
        ("inception kill abc", "inception kill <id>"),
        ("inception get osc", "inception get|show osc processlist"),
    ],
)
def test_refusals_say_what_is_right(shop: Shop, command: str, says: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        shop.ask(command)
    assert caught.value.args[0] >= 2500
    assert says in caught.value.args[1]


def test_show_rules(shop: Shop) -> None:
    rows = {row[0]: row[1:] for row in shop.ask("inception show rules;")}
    assert rows["dml_where"][:2] == ("warning", "inception_check_dml_where")
    assert rows["syntax"][0] == "error"
    assert all(finds for _, _, finds in rows.values())


def test_passwords_are_masked(shop: Shop) -> None:
    assert dict(shop.ask("inception get variables '%password'")) == {
        "inception_password": "", "inception_remote_system_password": "********",
    }  # fmt: skip


def test_read_only_stops_after_the_audit(shop: Shop, database: str) -> None:
    shop.ask("inception set inception_read_only = 1")
    try:
        rows = shop.execute(f"use {database}; create table t (id int primary key);")
    finally:
        shop.ask("inception set inception_read_only = 0")
    assert [row.stage for row in rows] == ["CHECKED", "CHECKED"]
    assert rows[0].errlevel == 2
    assert "inception_read_only is ON" in (rows[0].errormessage or "")


def test_the_asking_connection_is_local(shop: Shop) -> None:
    rows = shop.ask("inception get processlist;")
    assert [row[5] for row in rows] == ["LOCAL"]
    assert rows[0][4] == "127.0.0.1"


def test_an_unknown_sequence_is_stopped(shop: Shop) -> None:
    assert shop.ask("inception get process status 'never heard of'") == [("STOPPED",)]
