"""A private temporary file of texts, read back from the last to the first, in bounded memory."""

import marshal
import struct
import tempfile
from collections.abc import Iterator

_BLOCK = 1 << 20  # characters kept before they go to the file together
_TRAILER = struct.Struct("<Q")

Run = tuple[int, list[str]]


class ReverseSpool:
    """Texts with a small number for each run of them, appended in order and read backwards, in bounded memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._block: list[Run] = []
        self._size = 0

    def append(self, tag: int, texts: list[str]) -> None:
        """Add texts with their number; the list is the spool's from now on."""
        self._block.append((tag, texts))
        self._size += sum(map(len, texts))
        if self._size >= _BLOCK:
            data = marshal.dumps(self._block)
            self._file.write(data)
            self._file.write(_TRAILER.pack(len(data)))
            self._block, self._size = [], 0

    def backwards(self) -> Iterator[Run]:
        """Yield runs from the last appended to the first, the last text first in each; may be called again."""
        yield from _backwards(self._block)
        end = self._file.seek(0, 2)
        while end:
            self._file.seek(end - _TRAILER.size)
            (length,) = _TRAILER.unpack(self._file.read(_TRAILER.size))
            end -= _TRAILER.size + length
            self._file.seek(end)
            yield from _backwards(marshal.loads(self._file.read(length)))  # noqa: S302 - our own private file

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


def _backwards(block: list[Run]) -> Iterator[Run]:
    for tag, texts in reversed(block):
        yield tag, texts[::-1]
