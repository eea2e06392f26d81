"""Prepared statements: placeholders, bound values, the binary protocol."""

import datetime
import struct
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception.charset import CHARSETS, Charset
from inception.errors import ServerError
from inception.mysql import Connection
from inception.sql import quote_text
from inception.wire.codecs import ColumnType
from inception.wire.fields import Fields
from inception.wire.limits import Budget
from inception.wire.parameters import bytes_literal, literal, wrong_arguments
from inception.wire.prepared import Statements, pieces_of
from tests.servers import MariaDB
from tests.wire.conftest import Start
from tests.wire.support import RawClient, Running, error_of

UTF8 = CHARSETS["utf8mb4"]


def lenenc(data: bytes) -> bytes:
    if len(data) < 0xFB:
        return bytes((len(data),)) + data
    return b"\xfc" + struct.pack("<H", len(data)) + data


def execution(number: int, *values: tuple[int, bytes | None], new: bool = True) -> bytes:
    """Return the payload of COM_STMT_EXECUTE; values are type and bytes, None for NULL."""
    nulls = sum(1 << place for place, (_, data) in enumerate(values) if data is None)
    kinds = b"".join(struct.pack("<H", kind) for kind, _ in values) if new else b""
    bound = nulls.to_bytes((len(values) + 7) // 8, "little") + bytes((new,)) + kinds if values else b""
    return struct.pack("<IBI", number, 0, 1) + bound + b"".join(data or b"" for _, data in values)


# Placeholders.


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("inception get osc_percent ?", ("inception get osc_percent ", "")),
        ("a ? b?c", ("a ", " b", "c")),
        ("'?' \"?\" `?` ?", ("'?' \"?\" `?` ", "")),
        (r"'\'?' ?", (r"'\'?' ", "")),
        ("'it''s ?' ?", ("'it''s ?' ", "")),
        ("/* ? */ ? -- ?\n?# ?", ("/* ? */ ", " -- ?\n", "# ?")),
        ("1--?", ("1--", "")),
        ("/*!40101 ? */", ("/*!40101 ", " */")),
        ("'open ?", ("'open ?",)),
        ("/* open ?", ("/* open ?",)),
        (
            "/*--user=u;--password='?*/;--host=h;*/ inception_magic_start; insert into t values (?);",
            ("/*--user=u;--password='?*/;--host=h;*/ inception_magic_start; insert into t values (", ");"),
        ),
    ],
)
def test_placeholders(text: str, pieces: tuple[str, ...]) -> None:
    assert pieces_of(text) == pieces


@given(st.text("?'\"`\\-#/*! \na", max_size=30))
def test_cutting_loses_nothing(text: str) -> None:
    assert "?".join(pieces_of(text)) == text


# Values.


@pytest.fixture(scope="module")
def target(mariadb: MariaDB) -> Iterator[Connection]:
    with mariadb.connect() as connection:
        yield connection


def read(kind: int, data: bytes, charset: Charset = UTF8) -> str:
    fields = Fields(data, wrong_arguments)
    text = literal(kind, fields, charset)
    assert not fields.left
    return text


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (ColumnType.TINY, b"\xff", "-1"),
        (ColumnType.TINY | 0x8000, b"\xff", "255"),
        (ColumnType.SHORT, b"\x00\x80", "-32768"),
        (ColumnType.YEAR, b"\xe8\x07", "2024"),
        (ColumnType.LONG, b"\xff\xff\xff\xff", "-1"),
        (ColumnType.LONGLONG | 0x8000, b"\xff" * 8, "18446744073709551615"),
        (ColumnType.FLOAT, struct.pack("<f", 0.1), "0.100000001"),
        (ColumnType.DOUBLE, struct.pack("<d", -1e300), "-1e+300"),
        (ColumnType.NEWDECIMAL, b"\x0512.50", "12.50"),
        (ColumnType.DATE, b"\x04\xe8\x07\x02\x1d", "'2024-02-29'"),
        (ColumnType.DATETIME, b"\x07\xe8\x07\x02\x1d\x17\x3b\x3a", "'2024-02-29 23:59:58'"),
        (ColumnType.TIMESTAMP, b"\x0b\xe8\x07\x02\x1d\x17\x3b\x3a\x01\x00\x00\x00", "'2024-02-29 23:59:58.000001'"),
        (ColumnType.DATETIME, b"\x00", "'0000-00-00'"),
        (ColumnType.TIME, b"\x08\x01\x02\x00\x00\x00\x03\x04\x05", "'-51:04:05'"),
        (ColumnType.TIME, b"\x00", "'00:00:00'"),
        (ColumnType.VAR_STRING, b"\x04it's", quote_text("it's")),
        (ColumnType.BLOB, b"\x02\xff\x27", "x'ff27'"),
        (ColumnType.NULL, b"", "NULL"),
    ],
)
def test_values(kind: int, data: bytes, text: str) -> None:
    assert read(kind, data) == text


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (ColumnType.DOUBLE, struct.pack("<d", float("nan"))),
        (ColumnType.FLOAT, struct.pack("<f", float("inf"))),
        (ColumnType.NEWDECIMAL, b"\x061 or 1"),
        (ColumnType.DATE, b"\x05\xe8\x07\x02\x1d\x00"),
        (ColumnType.VAR_STRING, b"\x05abc"),
        (ColumnType.VAR_STRING, b"\xffabc"),
        (ColumnType.LONG, b"abc"),
        (99, b"abc"),
    ],
)
def test_values_that_cannot_be_bound(kind: int, data: bytes) -> None:
    with pytest.raises(ServerError) as caught:
        read(kind, data)
    assert caught.value.errno == 1210


@settings(max_examples=150)
@given(st.text())
def test_a_text_arrives_as_it_was_bound(target: Connection, text: str) -> None:
    bound = read(ColumnType.VAR_STRING, lenenc(text.encode("utf-8")))
    ((value,),) = target.query(f"SELECT HEX(CONVERT({bound} USING utf8mb4))")
    assert bytes.fromhex(str(value)) == text.encode("utf-8")


@settings(max_examples=150)
@given(st.sampled_from(sorted(CHARSETS)), st.lists(st.sampled_from([b"\xbf", b"\x5c", b"'", b"\x81", b"a", b"\xa1"])))
def test_no_bytes_of_any_character_set_end_their_literal(charset: str, data: list[bytes]) -> None:
    """Half a character before a quote must not swallow the quoting: seen by the server, as bytes."""
    codec = CHARSETS[charset].codec
    sent = bytes_literal(b"".join(data), CHARSETS[charset]).encode(codec)
    assert sent.isascii() or sent.decode(codec).encode(codec) == sent
    assert "?" not in pieces_of(sent.decode(codec) + "x")[0][-1:]


@settings(max_examples=50)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_arrives_exactly(target: Connection, value: float) -> None:
    bound = read(ColumnType.DOUBLE, struct.pack("<d", value))
    ((same,),) = target.query(f"SELECT CAST({bound} AS DOUBLE) = CAST('{value!r}' AS DOUBLE)")
    assert same == "1"


# The statements of one client.


def test_a_statement_is_bound_again_without_types(server: Running) -> None:
    statements = Statements(Budget(lambda: 1 << 20))
    number, statement = statements.prepare("x ? ?", 1000)
    assert statement.parameters == 2
    first = execution(number, (ColumnType.LONG, b"\1\0\0\0"), (ColumnType.STRING, None))
    assert statements.execute(first, UTF8) == "x 1 NULL"
    again = execution(number, (ColumnType.LONG, b"\2\0\0\0"), (ColumnType.STRING, b"\1b"), new=False)
    assert statements.execute(again, UTF8) == "x 2 'b'"


def test_long_data_is_put_together_and_used_once() -> None:
    statements = Statements(Budget(lambda: 1 << 20))
    number, _ = statements.prepare("x ?", 1000)
    for part in (b"ab", b"'c"):
        statements.add_long_data(struct.pack("<IH", number, 0) + part, 1000)
    assert statements.execute(execution(number, (ColumnType.BLOB, b"")), UTF8) == "x " + quote_text("ab'c")
    assert statements.execute(execution(number, (ColumnType.BLOB, b"\1d")), UTF8) == "x 'd'"
    statements.add_long_data(struct.pack("<IH", number, 0) + b"e", 1000)
    statements.reset(struct.pack("<I", number))
    assert statements.execute(execution(number, (ColumnType.BLOB, b"\1f")), UTF8) == "x 'f'"


@pytest.mark.parametrize("place", [0, 7])
def test_long_data_is_bounded_and_has_a_place(place: int) -> None:
    statements = Statements(Budget(lambda: 1 << 20))
    number, _ = statements.prepare("x ?", 1000)
    statements.add_long_data(struct.pack("<IH", number, place) + b"e" * (2000 if place == 0 else 1), 1000)
    with pytest.raises(ServerError) as caught:
        statements.execute(execution(number, (ColumnType.BLOB, b"\1d")), UTF8)
    assert caught.value.errno == 1153
    assert statements.execute(execution(number, (ColumnType.BLOB, b"\1d")), UTF8) == "x 'd'"


def test_what_is_kept_is_bounded() -> None:
    statements = Statements(Budget(lambda: 1 << 20))
    for _ in range(10):
        statements.prepare("x" * 100, 1000)
    with pytest.raises(ServerError) as caught:
        statements.prepare("x", 1000)
    assert caught.value.errno == 1461
    with pytest.raises(ServerError) as caught:
        Statements(Budget(lambda: 1 << 20)).prepare("?" * 70_000, 1 << 20)
    assert caught.value.errno == 1390


def test_what_is_kept_is_taken_of_the_memory_of_all() -> None:
    memory = Budget(lambda: 100)
    statements = Statements(memory)
    number, _ = statements.prepare("x" * 60 + "?", 1000)
    with pytest.raises(ServerError) as caught:
        statements.prepare("x" * 60, 1000)
    assert (caught.value.errno, memory.used) == (1041, 60)
    statements.add_long_data(struct.pack("<IH", number, 0) + b"e" * 30, 1000)
    assert memory.used == 90
    statements.add_long_data(struct.pack("<IH", number, 0) + b"e" * 30, 1000)
    assert memory.used == 60
    with pytest.raises(ServerError) as caught:
        statements.execute(execution(number, (ColumnType.BLOB, b"\1d")), UTF8)
    assert caught.value.errno == 1153
    statements.close(struct.pack("<I", number))
    assert memory.used == 0


# On the wire.


def test_the_protocol_byte_by_byte(raw: RawClient) -> None:
    assert raw.command(0x16, b"echo ? ?") == b"\0\1\0\0\0" + b"\0\0" + b"\2\0" + b"\0" + b"\0\0"
    definitions = [raw.read_packet() for _ in range(2)]  # no EOF behind them: CLIENT_DEPRECATE_EOF
    assert all(each.startswith(b"\x03def\0\0\0\x01?\x01?") for each in definitions)
    packets = [raw.command(0x17, execution(1, (ColumnType.LONG, b"\7\0\0\0"), (ColumnType.STRING, b"\2it")))]
    packets += [raw.read_packet() for _ in range(3)]
    assert packets[0] == b"\1"
    assert packets[2] == b"\0\0" + lenenc(b"echo 7 'it'")
    assert raw.command(0x1A, b"\1\0\0\0")[0] == 0
    assert error_of(raw.command(0x1C, b"\1\0\0\0\1\0\0\0"))[0] == 1421
    raw.send(b"\x19\1\0\0\0", 0)
    for command in (0x17, 0x1A, 0x1C):
        assert error_of(raw.command(command, execution(1)))[0] == 1243


@pytest.mark.parametrize("payload", [b"", b"\1", b"\1\0\0\0", b"\1\0\0\0\0\1\0\0", b"\1\0\0\0\0\1\0\0\0\0\1\3"])
def test_a_truncated_execution_is_an_error(raw: RawClient, payload: bytes) -> None:
    raw.command(0x16, b"echo ?")
    raw.read_packet()
    assert error_of(raw.command(0x17, payload))[0] in (1210, 1243, 1835)
    assert raw.command(0x0E)[0] == 0


def test_statements_end_with_reset_and_with_a_change_of_user(raw: RawClient) -> None:
    for code, argument in ((0x1F, b""), (0x11, b"u\0\0\0")):
        raw.command(0x16, b"echo")
        assert raw.command(code, argument)[0] == 0
        assert error_of(raw.command(0x17, execution(1)))[0] == 1243


@pytest.mark.parametrize("charset", ["utf8mb4", "latin1", "gbk", "gb18030"])
def test_a_driver_that_prepares(server: Running, charset: str) -> None:
    connector = pytest.importorskip("mysql.connector")
    connection = connector.connect(
        host="127.0.0.1", port=server.port, user="u", charset=charset, use_pure=True, ssl_disabled=True
    )
    with connection.cursor(prepared=True) as cursor:
        values = (5, "it's", None, Decimal("1.50"), datetime.datetime(2024, 2, 29, 1, 2, 3), 1.5, b"\xff\x00")
        cursor.execute("echo %s, %s, %s, %s, %s, %s, %s", values)
        ((text,),) = cursor.fetchall()
        binary = quote_text("ÿ\0") if charset == "latin1" else "x'ff00'"  # every byte is a text there
        assert text == f"echo 5, {quote_text(str(values[1]))}, NULL, 1.50, '2024-02-29 01:02:03', 1.5, {binary}"
        cursor.execute("mixed")
        assert cursor.fetchall()[1:3] == [(None, None), (-(2**63), "")]
    connection.close()


def test_a_driver_whose_bound_text_is_hostile_in_its_character_set(start: Start) -> None:
    raw = start().raw()
    raw.login()
    assert raw.query("set names gbk")[0] == 0
    raw.command(0x16, b"echo ?")
    raw.read_packet()
    raw.command(0x17, execution(1, (ColumnType.STRING, lenenc(b"\xbf' or 1 -- "))))
    raw.read_packet()
    assert b"echo x'bf27" in raw.read_packet()
    raw.close()
