import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.charset import UTF8MB4
from inception.wire.codecs import Capabilities
from inception.wire.framing import FatalError
from inception.wire.handshake import CAPABILITIES, parse_change_user, parse_login

HEAD = struct.pack("<IIB23x", CAPABILITIES, 1 << 24, 28)
PACKET = HEAD + "中".encode("gbk") + b"\0" + b"\x14" + b"r" * 20 + b"shop\0mysql_native_password\0" + b"\x00"


def test_login() -> None:
    request = parse_login(PACKET)
    assert (request.user, request.database, request.plugin) == ("中", "shop", "mysql_native_password")
    assert (request.auth_response, request.charset.name) == (b"r" * 20, "gbk")
    assert "rrrr" not in repr(request)


@pytest.mark.parametrize("length", range(len(HEAD) + 24))
def test_a_login_cut_short_is_refused(length: int) -> None:
    with pytest.raises(FatalError):
        parse_login(PACKET[:length])


def test_an_older_protocol_is_refused() -> None:
    with pytest.raises(FatalError, match="handshake"):
        parse_login(struct.pack("<HI", 0x0001, 1 << 20)[:5] + b"user\0pass\0" + b"\0" * 40)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    head = struct.pack("<I", Capabilities.CLIENT_PROTOCOL_41 | (CAPABILITIES & int.from_bytes(data[:4], "little")))
    for parse in (parse_login, lambda packet: parse_change_user(packet, CAPABILITIES, UTF8MB4)):
        try:
            parse(head + data)
        except FatalError as error:
            assert error.errno == 1043
