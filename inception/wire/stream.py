"""Packets to and from one socket: waiting, backpressure, and noticing that the client has gone. No commands.

Reading is never paused, so that a client that leaves is noticed while its request runs; what it may send meanwhile
is limited like a request.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from typing import cast

from inception.wire.framing import Framing
from inception.wire.limits import Budget
from inception.wire.tls import TlsLayer

log = logging.getLogger(__name__)

_FLUSH = 64 * 1024  # bytes of packets that are collected before they are written
_SLACK = 256 * 1024  # asyncio's largest read: what may arrive over the limit before anybody looks
_LINGER = 5.0  # seconds in which a client may take the last of its answer after we closed
# A client whose machine or network is gone is noticed after some two minutes, not after the system's two hours.
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}


class PacketStream(asyncio.Protocol):
    """One client's socket.

    `opened` is called when it is connected, `gone` (once) when the client or the network has ended it.
    """

    def __init__(
        self, opened: Callable[["PacketStream"], None], gone: Callable[[], None], budget: Budget | None = None
    ) -> None:
        self.framing = Framing(budget)
        self.lost = False
        self._opened = opened
        self._gone = gone
        self._transport: asyncio.Transport
        self._reader: asyncio.Future[None] | None = None  # who waits for bytes
        self._writable = asyncio.Event()
        self._writable.set()
        self._out = bytearray()
        self._tls: TlsLayer | None = None
        self._deadline = 0.0  # for who waits for bytes
        self._timer: asyncio.TimerHandle | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast(asyncio.Transport, transport)
        if not self.local:
            _keep_alive(self._transport.get_extra_info("socket"))
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        """Keep bytes; a client that floods us while its request runs is cut off."""
        self.framing.feed(data if self._tls is None else self._decrypted(self._tls, data))
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

    def _decrypted(self, tls: TlsLayer, data: bytes) -> bytes:
        try:
            plain = tls.decrypt(data)
        except ssl.SSLError as error:
            log.warning("TLS with %s failed: %s", self.host, error.reason or error)
            self._transport.write(tls.to_send())  # the alert that says why
            self._transport.close()
            self._lose()
            return b""
        self._transport.write(tls.to_send())
        return plain

    def _write(self, data: bytes | bytearray) -> None:
        self._transport.write(self._tls.encrypt(data) if self._tls is not None else data)

    def _lose(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
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
    def local(self) -> bool:
        """Whether the client came by a unix socket."""
        return not isinstance(self._transport.get_extra_info("peername"), tuple)

    @property
    def encrypted(self) -> bool:
        """Whether the client speaks TLS."""
        return self._tls is not None

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from the next byte on: what has arrived already, too, is its handshake."""
        self._tls = TlsLayer(context)
        if arrived := self.framing.take_unread():
            self.data_received(arrived)

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
            await self._more(further if self.framing.in_packet else first)
        return packet

    async def _more(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._reader = loop.create_future()
        self._expect_by(loop, loop.time() + seconds)
        try:
            await self._reader
        finally:
            self._reader = None

    # One timer for the whole connection, which is set anew only where it would be late: a timer for each packet costs
    # as much as answering a simple command.

    def _expect_by(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        self._deadline = deadline
        if self._timer is not None and self._timer.when() > deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._look_at_the_clock, loop)

    def _look_at_the_clock(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._reader is None or self._reader.done():
            return
        if loop.time() < self._deadline:
            self._expect_by(loop, self._deadline)
        else:
            self._reader.set_exception(TimeoutError())

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
        self._write(data)
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
        if not self.lost:
            self._write_last()
        self._out = bytearray()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(_LINGER, self._transport.abort)

    def _write_last(self) -> None:
        try:
            self._write(self._out)
            if self._tls is not None:
                self._transport.write(self._tls.farewell())
        except ssl.SSLError:
            pass  # its handshake never ended

    def abort(self) -> None:
        """Close the socket at once."""
        self._transport.abort()
        self._lose()


def _keep_alive(connected: socket.socket) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):  # not on every system
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
