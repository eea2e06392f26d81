"""Reading fields off a packet that a client sent: lengths, numbers, texts up to a NUL. Nothing is trusted."""

import struct
from collections.abc import Callable

_WIDTHS = {0xFC: 2, 0xFD: 3, 0xFE: 8}


class Fields:
    """The bytes of a packet that are not read yet. Reading past its end raises what `malformed` returns."""

    def __init__(self, packet: bytes | bytearray, malformed: Callable[[], Exception]) -> None:
        self._data = bytes(packet)
        self._at = 0
        self._malformed = malformed

    @property
    def left(self) -> int:
        """How many bytes there are."""
        return len(self._data) - self._at

    def take(self, length: int) -> bytes:
        """Return the next bytes."""
        if length > self.left:
            raise self._malformed()
        self._at += length
        return self._data[self._at - length : self._at]

    def uint(self, length: int) -> int:
        """Return an unsigned number of so many bytes."""
        return int.from_bytes(self.take(length), "little")

    def sint(self, length: int) -> int:
        """Return a signed number of so many bytes."""
        return int.from_bytes(self.take(length), "little", signed=True)

    def real(self, length: int) -> float:
        """Return a floating point number of 4 or 8 bytes."""
        value: float = struct.unpack("<f" if length == 4 else "<d", self.take(length))[0]
        return value

    def length(self) -> int:
        """Return a length-encoded number."""
        first = self.uint(1)
        if first < 0xFB:
            return first
        if first not in _WIDTHS:
            raise self._malformed()
        return self.uint(_WIDTHS[first])

    def text(self) -> bytes:
        """Return length-encoded bytes."""
        return self.take(self.length())

    def until_null(self) -> bytes:
        """Return the bytes before the next NUL, and read that, too."""
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise self._malformed()
        text = self.take(end - self._at)
        self._at += 1
        return text

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(self.left)
