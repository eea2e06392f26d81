"""Several statements in one COM_QUERY, and what SHOW WARNINGS tells."""

from collections.abc import Iterator

import pymysql
import pytest
from pymysql.constants import CLIENT

from inception.answer import ResultSet
from inception.charset import UTF8MB4
from inception.wire.charset import ClientCharset
from inception.wire.chatter import answer_chatter
from inception.wire.facts import ClientFacts
from inception.wire.handler import Client, Note
from tests.wire.support import RawClient, Running


@pytest.fixture
def connection(server: Running) -> Iterator["pymysql.Connection[pymysql.cursors.Cursor]"]:
    with pymysql.connect(
        host="127.0.0.1", port=server.port, user="u", ssl_disabled=True, client_flag=CLIENT.MULTI_STATEMENTS
    ) as connection:
        yield connection


def results(connection: "pymysql.Connection[pymysql.cursors.Cursor]", text: str) -> list[object]:
    found: list[object] = []
    with connection.cursor() as cursor:
        try:
            cursor.execute(text)
            found.append(cursor.fetchall() or cursor.rowcount)
            while cursor.nextset():
                found.append(cursor.fetchall() or cursor.rowcount)
        except pymysql.MySQLError as error:
            found.append(error.args[0])
    return found


def test_each_statement_has_its_answer(connection: "pymysql.Connection[pymysql.cursors.Cursor]") -> None:
    assert results(connection, "a;;done;;b;;set names gbk") == [(("a",),), 7, (("b",),), 0]
    assert results(connection, "next") == [(("next",),)]


@pytest.mark.parametrize("failing", ["refuse", "bug", "late"])
def test_the_first_error_ends_it(
    connection: "pymysql.Connection[pymysql.cursors.Cursor]", server: Running, failing: str
) -> None:
    codes = {"refuse": 2576, "bug": 1105, "late": 1317}
    assert results(connection, f"a;;{failing};;b") == [(("a",),), codes[failing]]
    assert "b" not in server.program.queries
    assert results(connection, "next") == [(("next",),)]


def test_a_client_that_cannot_read_several_answers_gets_one(raw: RawClient, server: Running) -> None:
    assert raw.query("a;;b")[0] == 1
    for _ in range(3):
        raw.read_packet()
    assert server.program.queries == ["a;;b"]


def test_the_option_switches_it_on_and_off(raw: RawClient, server: Running) -> None:
    assert raw.command(0x1B, b"\0\0")[0] == 0xFE
    assert raw.query("set a=1;;set b=2")[3] & 8  # SERVER_MORE_RESULTS_EXISTS
    assert not raw.read_packet()[3] & 8
    assert raw.command(0x1B, b"\1\0")[0] == 0xFE
    assert not raw.query("set a=1")[3] & 8
    assert raw.command(0x1B, b"\2\0")[0] == 0xFF


NOTES = (Note("Warning", 2500, "1: a"), Note("Error", 2500, "1: b"), Note("Note", 2500, "2: c"))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("show warnings", list(NOTES)),
        ("SHOW WARNINGS LIMIT 2", list(NOTES[:2])),
        ("show warnings limit 1, 5", list(NOTES[1:])),
        ("show errors", [NOTES[1]]),
        ("show count(*) warnings", [(3,)]),
        ("show count(*) errors", [(1,)]),
        ("select @@warning_count, @@session.error_count", [(3, 1)]),
    ],
)
def test_findings_are_warnings(text: str, rows: list[tuple[object, ...]]) -> None:
    facts = ClientFacts(Client(1, "u", "h", None, ClientCharset(UTF8MB4)), notes=NOTES)
    answer = answer_chatter(text, facts)
    assert isinstance(answer, ResultSet)
    assert [tuple(row) for row in answer.rows] == [tuple(row) for row in rows]
