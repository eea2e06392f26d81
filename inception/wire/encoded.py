"""A whole answer as the bytes that a client gets: for workers, which make them where the rows are."""

from collections.abc import Iterator

from inception.answer import Chunk, ResultSet
from inception.wire.framing import Framing, bodies_of
from inception.wire.result import Dialect, answer_packets

_CHUNK = 1 << 18  # bytes


def encode(answer: ResultSet, *, dialect: Dialect, sequence: int) -> Iterator[Chunk]:
    """Yield an answer in chunks of bounded size; `sequence` is the number of its first packet."""
    framing = Framing()
    framing.sequence = sequence
    bodies = bodies_of(answer_packets(answer, dialect))
    while framed := framing.frame(bodies, _CHUNK):
        for start in range(0, len(framed), _CHUNK):
            yield Chunk(bytes(framed[start : start + _CHUNK]), framing.sequence)
