"""A text as a client sent it: its bytes, and the character set that says what they mean.

Who answers many clients looks at its beginning and its end only; all of it is read where the batch is run.
"""

from collections.abc import Callable
from pickle import PickleBuffer
from typing import Self, SupportsIndex

from inception.charset import Charset

_HEAD = 1 << 20  # bytes that are read where clients wait for each other
_TAIL = 1 << 16


class Sent:
    """One text. `head` is its beginning, and all of it where it is `whole`; a character may be cut at its end.

    The bytes travel beside a pickle, without a copy.
    """

    __slots__ = ("charset", "data", "head", "whole")

    def __init__(self, data: bytearray, charset: Charset) -> None:
        """Take bytes, which nobody else may change. Raises ServerError 1300 as Charset.decode does."""
        self.data = data
        self.charset = charset
        self.whole = len(data) <= _HEAD
        self.head = charset.decode(data) if self.whole else charset.decode_part(data[:_HEAD])

    @classmethod
    def of(cls, text: str, charset: Charset) -> Self:
        """Return a text of which a client could have sent the bytes."""
        return cls(bytearray(text.encode(charset.codec, "surrogateescape")), charset)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.data)

    def text(self) -> str:
        """Return all of it. Raises ServerError 1300 as Charset.decode does."""
        return self.head if self.whole else self.charset.decode(self.data)

    def tail(self) -> str:
        """Return its end, from the beginning of a line or of a word; all of it where it is `whole`.

        No byte up to "!" is ever a part of another character.
        """
        if self.whole:
            return self.head
        end = self.data[-_TAIL:]
        return self.charset.decode_part(end[max(end.find(b"\n"), end.find(b" "), 0) :])

    def forget(self) -> None:
        """Give up the memory: it has been read, or somebody else has it now."""
        self.data.clear()
        self.head = ""

    def __reduce_ex__(self, _: SupportsIndex) -> "tuple[Callable[..., Sent], tuple[PickleBuffer, Charset]]":
        return Sent, (PickleBuffer(self.data), self.charset)
