"""Answers that are made elsewhere: the same bytes as here, in pieces of bounded size."""

import pickle
from functools import partial

import pytest

from inception.answer import Field, ResultSet, texts
from inception.charset import charset_named
from inception.wire.codecs import Capabilities
from inception.wire.encoded import encode
from inception.wire.framing import MAX_CHUNK, Framing, bodies_of
from inception.wire.result import Dialect, answer_packets

CAPABILITIES = int(Capabilities.CLIENT_PROTOCOL_41)


@pytest.mark.parametrize("charset", ["utf8mb4", "gbk"])
@pytest.mark.parametrize("rows", [[], [("名",)] * 70_000, [("x" * (MAX_CHUNK + 5),), ("last",)]], ids=len)
def test_the_bytes_are_those_of_the_answer(charset: str, rows: list[tuple[str]]) -> None:
    dialect = Dialect(CAPABILITIES, charset_named(charset), binary=len(rows) == 2)
    answer = ResultSet((Field("a"),), rows, warnings=3)
    make = partial(encode, dialect=dialect, sequence=250)
    chunks = list(pickle.loads(pickle.dumps(make))(answer))
    framing = Framing()
    framing.sequence = 250
    assert b"".join(chunk.data for chunk in chunks) == framing.frame(
        bodies_of(answer_packets(answer, dialect)), 1 << 30
    )
    assert chunks[-1].sequence == framing.sequence
    assert max(len(chunk.data) for chunk in chunks) <= 1 << 18


def test_rows_are_made_as_chunks_are_asked_for() -> None:
    made = []

    def rows() -> object:
        for number in range(100_000):
            made.append(number)
            yield ("0123456789",)

    chunks = encode(ResultSet(texts("a"), rows()), dialect=Dialect(CAPABILITIES), sequence=1)  # type: ignore[arg-type]
    next(chunks)
    assert len(made) < 50_000
