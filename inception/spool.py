"""A private temporary file of texts, read back from the last to the first."""

import struct
import tempfile
from collections.abc import Iterator

_IN_MEMORY = 1 << 20  # bytes before the spool goes to disk
_TRAILER = struct.Struct("<IQ")


class ReverseSpool:
    """Texts with a small number each, appended in order and read backwards, in bounded memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self.count = 0

    def append(self, tag: int, text: str) -> None:
        """Add a text with its number."""
        data = text.encode("utf-8", "surrogateescape")
        self._file.write(data)
        self._file.write(_TRAILER.pack(tag, len(data)))
        self.count += 1

    def backwards(self) -> Iterator[tuple[int, str]]:
        """Yield (number, text) from the last appended to the first."""
        end = self._file.seek(0, 2)
        while end:
            self._file.seek(end - _TRAILER.size)
            tag, length = _TRAILER.unpack(self._file.read(_TRAILER.size))
            end -= _TRAILER.size + length
            self._file.seek(end)
            yield tag, self._file.read(length).decode("utf-8", "surrogateescape")

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
