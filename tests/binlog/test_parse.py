"""Events byte by byte: what the layouts say, and that damage ends in BinlogError and nothing else."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception.binlog.decode import row_decoder
from inception.binlog.events import (
    Event,
    Position,
    QueryText,
    RowKind,
    Rows,
    TableMap,
    TransactionBegin,
    TransactionEnd,
    Unreadable,
)
from inception.binlog.inflate import inflate
from inception.binlog.own import own_transactions
from inception.binlog.parse import Parser
from inception.errors import BinlogError
from inception.schema.define import define

START = Position("binlog.000001", 4)
TABLE = define("CREATE TABLE `d`.`t` (a int NOT NULL, b varchar(300) CHARACTER SET latin1, c blob, PRIMARY KEY (a))")
MAP = TableMap(7, "d", "t", b"\x03\x0f\xfc", b"\x2c\x01\x02", b"\x06")
FORMAT = 15


def event(kind: int, body: bytes, *, log_pos: int = 0, flags: int = 0) -> bytes:
    return struct.pack("<IBIIIH", 0, kind, 99, 19 + len(body), log_pos, flags) + body


def table_map() -> bytes:
    lengths = b"\x07\0\0\0\0\0\1\0" + b"\1d\0\1t\0" + b"\3" + MAP.types + b"\3" + MAP.metadata + MAP.nullable
    return event(19, lengths)


def rows(kind: int, images: bytes) -> bytes:
    extra = b"\x05\x00abc" if kind >= 30 else b""
    present = b"\x07" * (2 if kind in (24, 31) else 1)
    return event(kind, b"\x07\0\0\0\0\0\1\0" + extra + b"\3" + present + images)


def image(a: int, b: bytes | None, c: bytes | None) -> bytes:
    nulls = (2 if b is None else 0) | (4 if c is None else 0)
    text = b"" if b is None else struct.pack("<H", len(b)) + b
    return bytes([nulls]) + struct.pack("<i", a) + text + (b"" if c is None else struct.pack("<H", len(c)) + c)


def feed(*events: bytes, parser: Parser | None = None) -> list[Event]:
    parser = parser or Parser(START)
    return [found for data in events for found in parser.feed(data)]


Value = tuple[int, bytes | None, bytes | None]
IMAGES = st.lists(
    st.tuples(
        st.integers(-(2**31), 2**31 - 1),
        st.none() | st.binary(max_size=300),
        st.none() | st.binary(max_size=700),
    )
)


@given(IMAGES, st.sampled_from([23, 25, 30, 32]))
def test_rows_come_out_as_they_went_in(values: list[Value], kind: int) -> None:
    found = feed(table_map(), rows(kind, b"".join(image(*value) for value in values)))[-1]
    assert isinstance(found, Rows)
    images = [(int.from_bytes(a or b"", "little", signed=True), b, c) for a, b, c in row_decoder(MAP, TABLE)(found)]
    assert images == values


@given(IMAGES.filter(bool), st.sampled_from([23, 24, 31, 32]), st.data())
def test_truncated_images_are_an_error(values: list[Value], kind: int, data: st.DataObject) -> None:
    whole = [image(*value) for value in values]
    cut = data.draw(st.integers(1, len(whole[-1]) - 1))
    (found,) = feed(table_map(), rows(kind, b"".join(whole)[:-cut]))
    assert isinstance(found, Rows)
    with pytest.raises(BinlogError):
        list(row_decoder(MAP, TABLE)(found))


@settings(max_examples=500)
@given(st.binary(max_size=80), st.sampled_from([*range(1, 45), *range(160, 170)]), st.binary(max_size=30))
def test_garbage_is_an_error_or_an_event(body: bytes, kind: int, garbage: bytes) -> None:
    for data in (event(kind, body), garbage):
        parser = Parser(START)
        try:
            found = feed(table_map(), data, parser=parser)
            for rows_ in found:
                if isinstance(rows_, Rows):
                    list(row_decoder(rows_.table, TABLE)(rows_))
        except BinlogError:
            pass


@given(st.integers(0, 200))
def test_a_table_map_that_is_cut_off_is_an_error(cut: int) -> None:
    body = table_map()[19:]
    with pytest.raises(BinlogError):
        feed(event(19, body[: cut % len(body)]))


def test_checksums_are_verified() -> None:
    def with_checksum(data: bytes) -> bytes:
        data = data[:9] + struct.pack("<I", len(data) + 4) + data[13:]
        return data + struct.pack("<I", zlib.crc32(data))

    format_ = event(FORMAT, b"\0" * 80 + b"\1" + b"\0" * 4)
    good, data = with_checksum(table_map()), rows(30, image(1, None, None))
    (found,) = feed(format_, good, with_checksum(data))
    assert isinstance(found, Rows) and found.table == MAP
    with pytest.raises(BinlogError, match="wrong checksum"):
        feed(format_, good[:30] + b"X" + good[31:])
    (found,) = feed(event(FORMAT, b"\0" * 80 + b"\0" * 5), table_map(), data)
    assert isinstance(found, Rows) and found.table == MAP


def test_the_transactions_of_mariadb_and_who_wrote_them() -> None:
    """10.11 pads the event, 11.8 adds the thread id (0x10) behind other extras."""
    padded = bytes.fromhex("bd07000000000000 00000000 0c") + bytes(6)
    threaded = bytes.fromhex("bd07000000000000 00000000 0c 10 2a030000")
    grouped = bytes.fromhex("bd07000000000000 01000000 0e 1111111111111111 11 01 2a030000")
    assert feed(event(162, padded)) == [TransactionBegin("0-99-1981", None, START)]
    assert feed(event(162, threaded)) == [TransactionBegin("0-99-1981", 810, START)]
    assert feed(event(162, grouped)) == [TransactionBegin("1-99-1981", 810, START)]


def test_positions_past_4_gib_and_over_files() -> None:
    parser = Parser(Position("binlog.000001", 0xFFFFFF00))
    end = feed(event(162, bytes(19)), event(16, bytes(8), log_pos=0x100), parser=parser)[-1]
    assert end == TransactionEnd(Position("binlog.000001", 0x100000100))
    feed(event(4, struct.pack("<Q", 4) + b"binlog.000002", flags=0x20), parser=parser)
    assert parser.position == Position("binlog.000002", 4)


def query(text: str, thread_id: int = 5) -> bytes:
    return event(2, struct.pack("<IIBHH", thread_id, 0, 1, 0, 0) + b"d\0" + text.encode())


@pytest.mark.parametrize("text", ["ROLLBACK TO `s`", "ROLLBACK"])
def test_rows_that_may_be_undone_are_refused_where_they_are_ours(text: str) -> None:
    events = feed(query("BEGIN"), table_map(), rows(30, image(1, None, None)), query(text))
    with pytest.raises(BinlogError, match="ROLLBACK"):
        list(own_transactions(events, lambda begin: begin.thread_id == 5))
    assert list(own_transactions(events, lambda begin: begin.thread_id == 6)) == []


@pytest.mark.parametrize("kind", [20, 99, 17])
def test_changes_that_cannot_be_read_are_named(kind: int) -> None:
    alone = feed(event(kind, b"xx"))
    assert isinstance(alone[0], Unreadable)
    with pytest.raises(BinlogError, match="cannot be read yet"):
        list(own_transactions(alone, lambda begin: False))
    inside = feed(query("BEGIN"), event(kind, b"xx"), event(16, bytes(8)))
    assert list(own_transactions(inside, lambda begin: False)) == []
    with pytest.raises(BinlogError, match="cannot be read yet"):
        list(own_transactions(inside, lambda begin: True))


def test_statements_outside_a_transaction_are_one() -> None:
    found = feed(event(33, b"\1" + bytes(range(16)) + struct.pack("<q", 12)), query("DROP TABLE t"))
    assert found == [
        TransactionBegin("00010203-0405-0607-0809-0a0b0c0d0e0f:12", 5, START),
        QueryText(5, "d", "DROP TABLE t"),
        TransactionEnd(START),
    ]


def test_a_gap_and_an_unknown_table_are_errors() -> None:
    with pytest.raises(BinlogError, match="gap"):
        feed(event(26, b"\1\0\0"))
    with pytest.raises(BinlogError, match="unknown table"):
        feed(rows(30, image(1, None, None)))


@pytest.mark.parametrize("damaged", [b"\x82", b"\x92\0\5", b"\x81\6" + zlib.compress(b"12345"), b"\x81\5xxxxxxxx"])
def test_compressed_data_that_is_damaged(damaged: bytes) -> None:
    with pytest.raises(BinlogError):
        inflate(damaged, 0, len(damaged))


@given(st.binary(max_size=2000))
def test_compressed_data(data: bytes) -> None:
    packed = b"??\x82" + struct.pack(">H", len(data)) + zlib.compress(data) + b"rest"
    assert inflate(packed, 2, len(packed)) == data


def test_rows_of_both_images() -> None:
    found = feed(table_map(), rows(31, image(1, b"x", None) + image(1, b"y", b"")))[-1]
    assert isinstance(found, Rows)
    assert found.kind is RowKind.UPDATE
    assert [value[1] for value in row_decoder(MAP, TABLE)(found)] == [b"x", b"y"]
