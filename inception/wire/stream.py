"""Packets to and from one socket: waiting, backpressure, and noticing that the client has gone. No commands.

Reading is never paused, so that a client that leaves is noticed while its request runs; what it may send meanwhile
is limited like a request.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from inception.wire.framing import Framing

_FLUSH = 64 * 1024  # bytes of packets that are collected before they are written
_SLACK = 256 * 1024  # asyncio's largest read: what may arrive over the limit before anybody looks
_LINGER = 5.0  # seconds in which a client may take the last of its answer after we closed


class PacketStream(asyncio.Protocol):
    """One client's socket.

    `opened` is called when it is connected, `gone` (once) when the client or the network has ended it.
    """

    def __init__(self, opened: Callable[["PacketStream"], None], gone: Callable[[], None]) -> None:
        self.framing = Framing()
        self.lost = False
        self._opened = opened
        self._gone = gone
        self._transport: asyncio.Transport
        self._reader: asyncio.Future[None] | None = None  # who waits for bytes
        self._writable = asyncio.Event()
        self._writable.set()
        self._out = bytearray()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast(asyncio.Transport, transport)
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        """Keep bytes; a client that floods us while its request runs is cut off."""
        self.framing.feed(data)
        if self._reader is not None:
            self._wake()
        elif self.framing.waiting > self.framing.limit + _SLACK:
            self.abort()

    def eof_received(self) -> bool:
        """Take a client that sends no more for one that is gone."""
        self._lose()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the socket is gone."""
        self._lose()

    def pause_writing(self) -> None:
        """Take note that the client reads more slowly than we write."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Take note that it has caught up."""
        self._writable.set()

    def _lose(self) -> None:
        if not self.lost:
            self.lost = True
            self._gone()
        self._wake()
        self._writable.set()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # What the connection calls.

    @property
    def host(self) -> str:
        """The client's address; localhost for a unix socket."""
        peer = self._transport.get_extra_info("peername")
        return str(peer[0]) if isinstance(peer, tuple) else "localhost"

    async def read(self, *, first: float, further: float) -> bytearray:
        """Wait for a packet: `first` seconds for its first byte, then `further` seconds for each next piece.

        Raises TimeoutError, ConnectionError when the client is gone, and what Framing.next_packet raises.
        """
        while (packet := self.framing.next_packet()) is None:
            if self.lost:
                raise ConnectionResetError
            async with asyncio.timeout(further if self.framing.in_packet else first):
                await self._more()
        return packet

    async def _more(self) -> None:
        self._reader = asyncio.get_running_loop().create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def add(self, payload: bytes) -> bool:
        """Add a packet to what `flush` will write; tell whether it is time to flush."""
        self._out += self.framing.frame(payload)
        return len(self._out) >= _FLUSH

    async def flush(self, stall: float) -> None:
        """Write what was added and wait until the client has taken most of it.

        Raises ConnectionError when the client is gone, or has taken nothing at all for `stall` seconds.
        """
        if self.lost:
            raise ConnectionResetError
        data, self._out = self._out, bytearray()
        self._transport.write(data)
        while not self._writable.is_set():
            await self._progress(stall)
        if self.lost:
            raise ConnectionResetError

    async def _progress(self, stall: float) -> None:
        left = self._transport.get_write_buffer_size()
        try:
            async with asyncio.timeout(stall):
                await self._writable.wait()
        except TimeoutError:
            if self._transport.get_write_buffer_size() >= left:
                self.abort()

    def close(self) -> None:
        """Close the socket after what is written has been taken."""
        if not self.lost and self._out:
            self._transport.write(self._out)
        self._out = bytearray()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(_LINGER, self._transport.abort)

    def abort(self) -> None:
        """Close the socket at once."""
        self._transport.abort()
        self._lose()
