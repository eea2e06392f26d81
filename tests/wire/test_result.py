"""Answers, as PyMySQL and as raw packets see them."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymysql.constants import FIELD_TYPE
from pymysql.protocol import MysqlPacket

from inception.answer import CellType, Field, Ok, ResultSet, Value, texts
from inception.charset import charset_named
from inception.errors import InceptionError, ServerError
from inception.wire.codecs import Capabilities
from inception.wire.result import Dialect, answer_packets, end_packet, error_packet, ok_packet
from tests.wire.support import RawClient, Running, error_of

MODERN = Dialect(int(Capabilities.CLIENT_PROTOCOL_41 | Capabilities.CLIENT_DEPRECATE_EOF))
OLD = Dialect(int(Capabilities.CLIENT_PROTOCOL_41))


def result_of(cursor: Any) -> Any:
    """Return what the driver knows of the last answer; its stubs lack that."""
    return cursor._result


def test_values_types_and_lengths(server: Running) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("mixed")
        assert cursor.fetchall() == ((1, "ä😀"), (None, None), (-(2**63), ""), (2**63 - 1, "x'\0y"))
        assert cursor.warning_count == 3
        number, text = result_of(cursor).fields
        assert (number.name, number.type_code, number.length, number.charsetnr) == ("i", FIELD_TYPE.LONGLONG, 20, 63)
        assert (text.name, text.type_code, text.length, text.charsetnr) == ("t", FIELD_TYPE.VAR_STRING, 16, 45)


def test_rows_that_come_later_are_declared_long(server: Running) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("rows 3")
        text = result_of(cursor).fields[1]
        assert (text.type_code, text.length) == (FIELD_TYPE.BLOB, 2**32 - 1)
        assert cursor.fetchall() == tuple((number, "0123456789" * 10) for number in range(3))


def test_ok_carries_rows_warnings_and_info(server: Running) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        assert cursor.execute("done") == 7
        assert cursor.warning_count == 2
        assert b"Rows matched: 7" in result_of(cursor).message


@pytest.mark.parametrize("name", ["latin1", "gbk", "utf8", "utf8mb4"])
def test_the_clients_character_set(server: Running, name: str) -> None:
    text = {"latin1": "grün €", "gbk": "中文"}.get(name, "ü中")
    with server.connect(charset=name) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        assert cursor.fetchall() == ((text,),)
        assert server.program.queries == [text]
        expected = {"utf8": 33, "utf8mb4": 45, "latin1": 8, "gbk": 28}
        assert result_of(cursor).fields[0].charsetnr == expected[name]


def test_set_names_changes_both_directions(server: Running) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("set names gbk")
        connection.encoding = "gbk"
        cursor.execute("中文")
        assert server.program.queries == ["中文"]
        assert cursor.fetchall() == (("中文",),)


def test_bytes_that_are_no_text_come_back_readable(raw: RawClient) -> None:
    raw.send(b"\x03\xff\xfe'\x81'", 0)
    packets = [raw.read_packet() for _ in range(4)]
    assert packets[2] == b"\x0e" + rb"\xFF\xFE'\x81'"


def server_version(connection: Any) -> str:
    return str(connection.server_version)


def test_autocommit_is_on(server: Running) -> None:
    with server.connect() as connection:
        assert connection.get_autocommit()
        assert server_version(connection).startswith("8.0.36-inception-")


# Packets.


def test_the_end_never_carries_affected_rows() -> None:
    result = ResultSet(texts("a"), [("x",)] * 300, warnings=2)
    *_, end = answer_packets(result, MODERN)
    assert end == b"\xfe\x00\x00\x02\x00\x02\x00"
    *_, end = answer_packets(result, OLD)
    assert end == b"\xfe\x02\x00\x02\x00"
    assert len(list(answer_packets(result, OLD))) == len(list(answer_packets(result, MODERN))) + 1


def test_rows_are_not_made_before_they_are_asked_for() -> None:
    made: list[int] = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(1000):
            made.append(number)
            yield (number,)

    packets = answer_packets(ResultSet((Field("n", CellType.INT),), rows()), MODERN)
    for _ in range(4):  # column count, definition, two rows
        next(packets)
    assert made == [0, 1]


@given(st.lists(st.tuples(st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.text())))
def test_rows_are_read_back(rows: list[tuple[Value, Value]]) -> None:
    packets = list(answer_packets(ResultSet((Field("n", CellType.INT), Field("t")), rows), MODERN))
    read = []
    for packet in packets[3:-1]:
        parser: Any = MysqlPacket(packet, "utf-8")
        number, text = parser.read_length_coded_string(), parser.read_length_coded_string()
        read.append(
            (None if number is None else int(number), None if text is None else text.decode(errors="surrogatepass"))
        )
    expected = [(n, t if t is None else str(t).encode(errors="replace").decode()) for n, t in rows]
    assert read == expected


def test_errors() -> None:
    assert error_of(error_packet(ServerError(1317, "stopped ä", "70100"), MODERN)) == (1317, "70100", "stopped ä")
    assert error_of(error_packet(ServerError(0, "x", "bad"), MODERN)) == (1105, "HY000", "x")
    assert error_of(error_packet(InceptionError("x"), MODERN)) == (2500, "HY000", "x")
    assert error_packet(ServerError(1040, "full"), Dialect(0)) == b"\xff\x10\x04full"


def test_large_counts_fit() -> None:
    assert ok_packet(Ok(affected_rows=2**40, warnings=100_000), MODERN).endswith(b"\x02\x00\xff\xff")
    assert end_packet(MODERN, 100_000).endswith(b"\xff\xff")
    assert ok_packet(Ok(affected_rows=-1), MODERN) == b"\x00\x00\x00\x02\x00\x00\x00"


def test_a_result_without_columns_is_a_bug() -> None:
    with pytest.raises(ValueError, match="columns"):
        list(answer_packets(ResultSet((), []), MODERN))


def test_names_are_in_the_clients_character_set() -> None:
    packets = list(answer_packets(ResultSet(texts("größe"), []), Dialect(MODERN.capabilities, charset_named("latin1"))))
    assert b"gr\xf6\xdfe" in packets[1]
