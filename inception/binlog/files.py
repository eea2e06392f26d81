"""Reads binary log files from disk, event by event, in bounded memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from inception.binlog.events import Event, Position
from inception.binlog.parse import Parser
from inception.binlog.skim import Skimmer
from inception.errors import BinlogError

_MAGIC, _ENCRYPTED = b"\xfebin", b"\xfdbin"
_HEADER_SIZE = 19
_BLOCK = 1 << 20  # bytes that are read together
_LARGEST = 1 << 31  # bytes of an event; servers write none of more than 1 GiB and what belongs to it


def file_events(
    path: Path, advance: Callable[[int], object] = lambda size: None, skimmer: Skimmer | None = None
) -> Iterator[Event]:
    """Yield what a binary log file says, without most of the transactions that the `skimmer` does not want.

    `advance` is told the bytes that have been read, time and again. Raises BinlogError where the file is none, is
    encrypted, or is damaged or cut off; OSError where it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        _check_magic(path, file.read(len(_MAGIC)))
        parser, origin = Parser(Position(path.name, len(_MAGIC))), len(_MAGIC)
        block, at = b"", 0
        while True:
            if skimmer is not None and parser.outside:
                to = yield from skimmer.events(block, at, Position(path.name, origin), parser.checksums)
                if to > at:
                    parser.pass_to(origin + to)
                    advance(to - at)
                    at = to
            size = _size(path, parser, block, at)
            if at + size > len(block):
                more = _more(file, at + size - len(block))
                if not more and at == len(block):
                    return
                if not more:
                    raise BinlogError(f"{path} ends in the middle of an event, near {parser.position}.")
                block, at, origin = block[at:] + more, 0, origin + at
                continue
            yield from parser.feed(block[at : at + size])
            advance(size)
            at += size


def _size(path: Path, parser: Parser, block: bytes, at: int) -> int:
    """Return the size of the event at `at`, or of its header where the block does not have that yet."""
    if at + _HEADER_SIZE > len(block):
        return _HEADER_SIZE
    size = int.from_bytes(block[at + 9 : at + 13], "little")
    if not _HEADER_SIZE <= size < _LARGEST:
        raise BinlogError(f"{path} has a damaged event near {parser.position}.")
    return size


def _more(file: BinaryIO, missing: int) -> bytes:
    """Read a block, or all that is missing of a larger event."""
    return file.read(max(missing, _BLOCK))


def _check_magic(path: Path, magic: bytes) -> None:
    if magic == _ENCRYPTED:
        raise BinlogError(f"{path} is encrypted: read it from its server.")
    if magic != _MAGIC:
        raise BinlogError(f"{path} is no binary log file.")
