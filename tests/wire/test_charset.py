import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.charset import CHARSETS, UTF8MB4, Charset, charset_named, shown_length
from inception.codecs import codec_of
from inception.errors import ServerError
from inception.wire.charset import ClientCharset, charset_of_collation, shown_collation

SINGLE_BYTE = [charset for charset in CHARSETS.values() if charset.max_bytes == 1]


@pytest.mark.parametrize("charset", SINGLE_BYTE, ids=lambda charset: charset.name)
def test_every_byte_of_a_single_byte_character_set_is_restored(charset: Charset) -> None:
    data = bytes(range(256))
    assert charset.decode(data).encode(charset.codec, "surrogateescape") == data
    assert charset.decode(data[:128]) == data[:128].decode("ascii")


@given(st.sampled_from(sorted(CHARSETS)), st.binary())
def test_bytes_are_restored_or_refused(name: str, data: bytes) -> None:
    try:
        text = CHARSETS[name].decode(data)
    except ServerError as error:
        assert error.errno == 1300
        assert name in {"big5", "cp932", "sjis", "ujis", "eucjpms", "gbk", "gb2312", "gb18030", "euckr"}
    else:
        assert text.encode(CHARSETS[name].codec, "surrogateescape") == data


@given(st.text(st.characters(codec="utf-8")))
def test_utf8_is_utf8(text: str) -> None:
    for name in ("utf8", "utf8mb3", "utf8mb4", "binary"):
        assert charset_named(name).decode(text.encode()) == text
        assert charset_named(name).encode(text) == text.encode()


def test_latin1_is_cp1252() -> None:
    assert charset_named("latin1").decode(b"\x80\xe4") == "€ä"


def test_what_a_character_set_lacks_becomes_a_question_mark() -> None:
    assert charset_named("latin1").encode("ä中😀") == b"\xe4??"
    assert charset_named("gbk").encode("中😀") == "中".encode("gbk") + b"?"


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_a_target_is_sent_what_a_client_sent(name: str) -> None:
    assert codecs.lookup(codec_of(name)).name == codecs.lookup(CHARSETS[name].codec).name


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_what_is_answered_can_be_read_by_who_decodes_it_strictly(name: str) -> None:
    charset = CHARSETS[name]
    text = "a\udc81\udcff"
    if name in ("binary", "dec8", "swe7", "armscii8", "keybcs2", "geostd8"):
        assert charset.encode(text) == b"a\x81\xff"
    else:
        assert charset.encode(text).decode(charset.codec) == r"a\x81\xFF"
        assert shown_length(text) == len(charset.encode(text))


@pytest.mark.parametrize(
    ("collation", "name"),
    [(8, "latin1"), (28, "gbk"), (33, "utf8mb3"), (45, "utf8mb4"), (255, "utf8mb4"), (63, "binary")],
)
def test_collations(collation: int, name: str) -> None:
    assert charset_of_collation(collation).name == name


@pytest.mark.parametrize("collation", [0, 35, 54, 100, 309, 65535])
def test_collations_that_are_unknown_or_not_for_clients_mean_utf8mb4(collation: int) -> None:
    assert charset_of_collation(collation) is UTF8MB4


@pytest.mark.parametrize(("name", "errno"), [("klingon", 1115), ("ucs2", 1231), ("UTF16", 1231)])
def test_names_that_cannot_be_used(name: str, errno: int) -> None:
    with pytest.raises(ServerError) as caught:
        charset_named(name)
    assert caught.value.errno == errno


def test_every_character_set_has_a_collation_of_its_name() -> None:
    for charset in CHARSETS.values():
        assert charset.name == "binary" or shown_collation(charset.collation_id).startswith(charset.name + "_")


def test_reset_goes_back_to_the_login() -> None:
    charset = ClientCharset(CHARSETS["gbk"])
    charset.client = charset.results = UTF8MB4
    charset.reset()
    assert (charset.client.name, charset.results.name) == ("gbk", "gbk")
