"""Reads binary log files from disk, event by event, in bounded memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

from inception.binlog.events import Event, Position
from inception.binlog.parse import Parser
from inception.errors import BinlogError

_MAGIC, _ENCRYPTED = b"\xfebin", b"\xfdbin"
_HEADER_SIZE = 19
_BUFFER = 1 << 20  # bytes
_LARGEST = 1 << 31  # bytes of an event; servers write none of more than 1 GiB and what belongs to it


def file_events(path: Path, advance: Callable[[int], object] = lambda size: None) -> Iterator[Event]:
    """Yield what a binary log file says. `advance` is told the bytes of each event that has been read.

    Raises BinlogError where the file is none, is encrypted, or is damaged or cut off; OSError where it cannot be read.
    """
    parser = Parser(Position(path.name, len(_MAGIC)))
    with path.open("rb", buffering=_BUFFER) as file:
        _check_magic(path, file.read(len(_MAGIC)))
        while head := file.read(_HEADER_SIZE):
            size = int.from_bytes(head[9:13], "little")
            if len(head) < _HEADER_SIZE or not _HEADER_SIZE <= size < _LARGEST:
                raise BinlogError(f"{path} has a damaged event near {parser.position}.")
            data = head + file.read(size - _HEADER_SIZE)
            if len(data) < size:
                raise BinlogError(f"{path} ends in the middle of an event, near {parser.position}.")
            yield from parser.feed(data)
            advance(size)


def _check_magic(path: Path, magic: bytes) -> None:
    if magic == _ENCRYPTED:
        raise BinlogError(f"{path} is encrypted: read it from its server.")
    if magic != _MAGIC:
        raise BinlogError(f"{path} is no binary log file.")
