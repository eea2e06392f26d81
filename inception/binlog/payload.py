"""MySQL's TRANSACTION_PAYLOAD event (binlog_transaction_compression) → the events of its transaction: pure.

The layout is that of Transaction_payload_event in libs/mysql/binlog/event/control_events.h of MySQL's source: fields
of type, length and value up to the payload, which is zstd; in it the events follow each other, without checksums.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from inception.binlog.lengths import read_length
from inception.errors import BinlogError

_END, _SIZE, _ALGORITHM, _PLAIN_SIZE = range(4)
_ZSTD, _NOT_COMPRESSED = 0, 255
_HEADER_SIZE = 19
_CHUNK = 1 << 20  # bytes; a damaged size must not make us reserve gigabytes


def events_of(body: bytes) -> Iterator[bytes]:
    """Yield the events in the body of a TRANSACTION_PAYLOAD, holding one at a time.

    Raises BinlogError where it is damaged or compressed in a way that is not known.
    """
    fields, at = _fields(body)
    payload = memoryview(body)[at:]
    algorithm = fields.get(_ALGORITHM, _ZSTD)
    if algorithm not in (_ZSTD, _NOT_COMPRESSED):
        raise BinlogError(f"The binary log has a transaction compressed by algorithm {algorithm}, which is not known.")
    if fields.get(_SIZE, len(payload)) != len(payload):
        raise _damaged("its size is wrong")
    if algorithm == _NOT_COMPRESSED:
        yield from _split(BytesIO(payload), None)
    else:
        yield from _inflated(payload, fields.get(_PLAIN_SIZE))


def _inflated(payload: memoryview, size: int | None) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise BinlogError("The binary log has a compressed transaction: install the package zstandard.") from None
    try:
        with zstandard.ZstdDecompressor().stream_reader(payload) as stream:
            yield from _split(stream, size)
    except zstandard.ZstdError as error:
        raise _damaged(str(error)) from None


def _fields(body: bytes) -> tuple[dict[int, int], int]:
    """Return the fields before the payload, all of them integers, and where the payload begins."""
    fields: dict[int, int] = {}
    at = 0
    while True:
        kind, at = read_length(body, at)
        if kind == _END:
            return fields, at
        size, at = read_length(body, at)
        fields[kind] = read_length(body, at)[0]
        at += size


def _split(stream: BinaryIO, whole: int | None) -> Iterator[bytes]:
    done = 0
    while head := _read(stream, _HEADER_SIZE):
        size = int.from_bytes(head[9:13], "little")
        if len(head) < _HEADER_SIZE or size < _HEADER_SIZE:
            raise _damaged("an event in it is cut off")
        event = head + _read(stream, size - _HEADER_SIZE)
        if len(event) != size:
            raise _damaged("an event in it is cut off")
        done += size
        yield event
    if whole is not None and done != whole:
        raise _damaged("it has not all of its events")


def _read(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size and (part := stream.read(min(size, _CHUNK))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _damaged(how: str) -> BinlogError:
    return BinlogError(f"The binary log has a damaged compressed transaction: {how}.")
