"""Packets of the MySQL protocol in a stream of bytes: cutting and joining, sequence numbers, size limits. No I/O.

Bytes are only looked at when the next packet is asked for, so what follows a packet (a TLS handshake after an
SSLRequest) is still untouched in the buffer.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
"""

import struct
from collections.abc import Iterable, Iterator

from inception.errors import ServerError
from inception.wire.limits import LARGEST_PACKET, LOGIN_PACKET, Budget

MAX_CHUNK = 0xFFFFFF  # the largest payload behind one header; a payload of exactly that is followed by another
_HEADER = struct.Struct("<I")  # three bytes of length, one of sequence


class FatalError(ServerError):
    """An error after which the connection is closed."""


class Framing:
    """The state of one connection's packet stream.

    `sequence` is the number of the next packet, whichever side sends it. A packet over `limit` bytes is read away and
    reported when it has ended; one over `largest` is not waited for. What a packet holds is taken of `budget` until the
    next one is begun; where that has no more, the packet is read away, too.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.sequence = 0
        self.limit = self.largest = LOGIN_PACKET
        self._buffer = bytearray()  # not looked at yet
        self._payload = bytearray()  # of the packet that is being read
        self._size = 0  # of that packet, kept or read away
        self._missing = 0  # bytes of its current chunk
        self._inside = False  # in a chunk
        self._last = False  # the current chunk is the last of its packet
        self._budget = budget
        self._taken = 0  # of the budget
        self._poor = False  # the budget did not do for the packet that is being read

    def begin_command(self, limit: int) -> None:
        """Expect a client's command, of up to `limit` bytes; packets are numbered from 0 again."""
        self.sequence = 0
        self.limit, self.largest = limit, max(limit, LARGEST_PACKET)
        self.release()

    def release(self) -> None:
        """Give back what the last packet took of the budget."""
        if self._budget is not None:
            self._budget.give_back(self._taken)
            self._taken = 0

    def close(self) -> None:
        """Forget what has arrived: nothing more is asked for."""
        self._buffer.clear()
        self._payload.clear()
        self.release()

    @property
    def waiting(self) -> int:
        """How many bytes were fed but not asked for."""
        return len(self._buffer)

    @property
    def in_packet(self) -> bool:
        """Whether a packet has begun to arrive."""
        return self._inside or self._size > 0 or bool(self._buffer)

    def feed(self, data: bytes) -> None:
        """Add bytes that arrived."""
        self._buffer += data

    def take_unread(self) -> bytes:
        """Return and forget what was fed but not asked for."""
        unread = bytes(self._buffer)
        self._buffer.clear()
        return unread

    def next_packet(self) -> bytearray | None:
        """Return the payload of the next packet, or None while it is incomplete.

        Raises ServerError 1153 for one that was too large, FatalError where the stream cannot be followed.
        """
        while self._inside or self._read_header():
            self._take_body()
            if self._missing:
                return None
            self._inside = False
            if self._last:
                return self._end_packet()
        return None

    def _read_header(self) -> bool:
        if len(self._buffer) < 4:
            return False
        header: int = _HEADER.unpack_from(self._buffer)[0]
        length = header & 0xFFFFFF
        self._check(header >> 24, length)
        del self._buffer[:4]
        self._size += length
        self._missing = length
        self._last = length < MAX_CHUNK
        self._inside = True
        return True

    def _check(self, sequence: int, length: int) -> None:
        if sequence != self.sequence:
            raise FatalError(1156, "Got packets out of order", "08S01")
        self.sequence = (sequence + 1) % 256
        if self._size + length > self.largest:
            raise FatalError(1153, _too_large(self.limit), "08S01")

    def _take_body(self) -> None:
        taken = min(self._missing, len(self._buffer))
        if self._size > self.limit or not self._afford(taken):
            self._payload.clear()
            self.release()
        elif taken == len(self._buffer):
            self._payload += self._buffer
        else:
            self._payload += self._buffer[:taken]
        del self._buffer[:taken]
        self._missing -= taken

    def _afford(self, amount: int) -> bool:
        self._poor = self._poor or (self._budget is not None and not self._budget.take(amount))
        self._taken += 0 if self._poor else amount
        return not self._poor

    def _end_packet(self) -> bytearray:
        payload, size, poor = self._payload, self._size, self._poor
        self._payload, self._size, self._poor = bytearray(), 0, False
        if size > self.limit:
            raise ServerError(1153, _too_large(self.limit), "08S01")
        if poor:
            raise ServerError(1041, NO_MEMORY)
        return payload

    def frame(self, bodies: Iterable[bytes | memoryview], enough: int) -> bytearray:
        """Take bodies, as `bodies_of` yields them, until their packets are `enough` bytes; less where none is left."""
        framed = bytearray()
        for body in bodies:
            framed += _HEADER.pack(self.sequence << 24 | len(body))
            framed += body
            self.sequence = (self.sequence + 1) & 0xFF
            if len(framed) >= enough:
                break
        return framed


def bodies_of(payloads: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """Yield the bodies of the packets that carry payloads: several for a long one."""
    for payload in payloads:
        if len(payload) < MAX_CHUNK:
            yield payload
        else:
            for start in range(0, len(payload) + 1, MAX_CHUNK):
                yield memoryview(payload)[start : start + MAX_CHUNK]


NO_MEMORY = "The requests that are running take all memory there is for requests (request_memory): try again later."


def _too_large(limit: int) -> str:
    return f"Got a packet bigger than 'max_allowed_packet' bytes ({limit})"
