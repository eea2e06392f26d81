"""A private temporary file of texts, read back from the last to the first, in bounded memory."""

import marshal
import struct
import tempfile
from collections.abc import Iterator

_BLOCK = 1 << 20  # characters kept before they go to the file together
_TRAILER = struct.Struct("<Q")

Item = tuple[int, str]


class ReverseSpool:
    """Texts with a small number each, appended in order and read backwards, in bounded memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._block: list[Item] = []
        self._size = 0

    def append(self, tag: int, text: str) -> None:
        """Add a text with its number."""
        self._block.append((tag, text))
        self._size += len(text)
        if self._size >= _BLOCK:
            data = marshal.dumps(self._block)
            self._file.write(data)
            self._file.write(_TRAILER.pack(len(data)))
            self._block, self._size = [], 0

    def backwards(self) -> Iterator[Item]:
        """Yield (number, text) from the last appended to the first; may be called again."""
        yield from reversed(self._block)
        end = self._file.seek(0, 2)
        while end:
            self._file.seek(end - _TRAILER.size)
            (length,) = _TRAILER.unpack(self._file.read(_TRAILER.size))
            end -= _TRAILER.size + length
            self._file.seek(end)
            yield from reversed(marshal.loads(self._file.read(length)))  # noqa: S302 - our own private file

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
