import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.errors import ServerError
from inception.wire.framing import MAX_CHUNK, FatalError, Framing, bodies_of


def taken(framing: Framing) -> bytes | None:
    packet = framing.next_packet()
    return None if packet is None else bytes(packet)


@given(st.lists(st.binary(max_size=300), max_size=6), st.data())
def test_packets_come_out_as_they_went_in_however_the_bytes_are_cut(payloads: list[bytes], data: st.DataObject) -> None:
    sender, receiver = Framing(), Framing()
    stream = bytes(sender.frame(bodies_of(payloads), 1 << 20))
    received = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        receiver.feed(stream[:cut])
        stream = stream[cut:]
        while (packet := receiver.next_packet()) is not None:
            received.append(bytes(packet))
    assert received == payloads
    assert receiver.sequence == sender.sequence == len(payloads)
    assert not receiver.in_packet


@pytest.mark.parametrize("size", [MAX_CHUNK - 1, MAX_CHUNK, MAX_CHUNK + 1, 2 * MAX_CHUNK])
def test_large_payloads(size: int) -> None:
    sender, receiver = Framing(), Framing()
    receiver.begin_command(1 << 30)
    stream = bytes(sender.frame(bodies_of([b"x" * size]), 1 << 30))
    assert len(stream) == size + 4 * (size // MAX_CHUNK + 1)
    receiver.feed(stream[:-1])
    assert receiver.next_packet() is None
    receiver.feed(stream[-1:])
    packet = receiver.next_packet()
    assert packet is not None
    assert len(packet) == size
    assert receiver.sequence == sender.sequence == size // MAX_CHUNK + 1


def test_what_follows_a_packet_is_not_looked_at() -> None:
    framing = Framing()
    framing.feed(b"\x01\0\0\0a" + b"\x16\x03\x01 a TLS client hello")
    assert taken(framing) == b"a"
    assert framing.waiting == len(b"\x16\x03\x01 a TLS client hello")


def test_sequence_numbers_wrap() -> None:
    framing = Framing()
    framing.sequence = 255
    framing.feed(b"\0\0\0\xff" + b"\0\0\0\0")
    assert taken(framing) == b""
    assert taken(framing) == b""


def test_out_of_order() -> None:
    framing = Framing()
    framing.feed(b"\x01\0\0\x01a")
    with pytest.raises(FatalError, match="out of order"):
        framing.next_packet()


def test_the_limit_counts_to_the_byte() -> None:
    framing = Framing()
    framing.begin_command(10)
    framing.feed(b"\x0a\0\0\0" + b"x" * 10)
    assert taken(framing) == b"x" * 10
    framing.begin_command(10)
    framing.feed(b"\x0b\0\0\0" + b"x" * 11)
    with pytest.raises(ServerError, match="max_allowed_packet") as caught:
        framing.next_packet()
    assert not isinstance(caught.value, FatalError)
    framing.begin_command(10)
    framing.feed(b"\x01\0\0\0a")
    assert taken(framing) == b"a"


def test_before_login_a_large_packet_is_refused_at_its_header() -> None:
    framing = Framing()
    framing.feed((64 * 1024 + 1).to_bytes(3, "little") + b"\0")
    with pytest.raises(FatalError):
        framing.next_packet()


def test_the_limit_counts_over_several_chunks() -> None:
    framing, limit = Framing(), 2 * MAX_CHUNK + 10
    stream = b"\xff\xff\xff\0" + b"x" * MAX_CHUNK + b"\xff\xff\xff\1" + b"x" * MAX_CHUNK
    framing.begin_command(limit)
    framing.feed(stream + b"\x0a\0\0\2" + b"x" * 10)
    packet = framing.next_packet()
    assert packet is not None
    assert len(packet) == limit
    framing.begin_command(limit)
    framing.feed(stream + b"\x0b\0\0\2" + b"x" * 11)
    with pytest.raises(ServerError, match="max_allowed_packet"):
        framing.next_packet()
    assert not framing.in_packet


def test_a_packet_over_the_limit_of_the_protocol_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inception.wire.framing.LARGEST_PACKET", MAX_CHUNK + 10)
    framing = Framing()
    framing.begin_command(100)
    framing.feed(b"\xff\xff\xff\0" + b"x" * MAX_CHUNK + b"\x0b\0\0\1")
    with pytest.raises(FatalError, match="max_allowed_packet"):
        framing.next_packet()
