"""Texts as clients sent them: what is looked at of long ones, and how they travel."""

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception import sent
from inception.charset import CHARSETS, UTF8MB4, Charset
from inception.errors import ServerError
from inception.sent import Sent

SMALL = 40  # bytes, in place of a megabyte


@pytest.fixture(autouse=True, scope="module")
def _small() -> None:
    patched = pytest.MonkeyPatch()
    patched.setattr(sent, "_HEAD", SMALL)
    patched.setattr(sent, "_TAIL", SMALL)


@pytest.mark.parametrize("name", ["utf8mb4", "gbk", "gb18030", "big5", "sjis", "euckr", "latin1"])
@pytest.mark.parametrize("length", [0, 5, 200])
def test_beginning_and_end_are_those_of_the_text(name: str, length: int) -> None:
    letters = {"latin1": "é", "sjis": "表", "euckr": "한"}.get(name, "中")
    text = f"begin {letters * length} {letters};\n end"
    made = Sent.of(text, CHARSETS[name])
    assert made.text() == text
    assert made.whole == (made.size <= SMALL)
    assert text.startswith(made.head.rstrip("".join(map(chr, range(0xDC80, 0xDD00))))[:-1])
    assert text.endswith(made.tail())
    assert made.tail().endswith("\n end")


@given(st.sampled_from(sorted(CHARSETS)), st.binary(max_size=3 * SMALL))
def test_the_bytes_travel_beside_the_pickle(name: str, data: bytes) -> None:
    charset = CHARSETS[name]
    with contextlib.suppress(ServerError):
        charset.decode(data)
        travels(bytearray(data), charset)


def travels(data: bytearray, charset: Charset) -> None:
    made = Sent(data, charset)
    beside: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(made, 5, buffer_callback=beside.append)
    assert len(pickled) < 200
    copy = pickle.loads(pickled, buffers=[bytearray(each.raw()) for each in beside])
    assert (copy.data, copy.charset, copy.head, copy.whole) == (data, charset, made.head, made.whole)
    assert pickle.loads(pickle.dumps(made, 5)).text() == made.text()


def test_what_is_forgotten_takes_no_memory() -> None:
    made = Sent.of("x" * 1000, UTF8MB4)
    made.forget()
    assert (made.size, made.head) == (0, "")
