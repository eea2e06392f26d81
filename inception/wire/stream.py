"""Packets to and from one socket: waiting, backpressure, and noticing that the client has gone. No commands.

Reading is never paused, so that a client that leaves is noticed while its request runs; what it may send meanwhile
is limited like a request.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from inception.answer import Encoded
from inception.keepalive import keep_alive
from inception.wire.framing import Framing, bodies_of
from inception.wire.limits import Budget
from inception.wire.tls import TlsLayer

log = logging.getLogger(__name__)
Found = TypeVar("Found")
Rest = Callable[[], Awaitable[None]]  # what is left to do and has to be waited for; not begun, so it may be dropped

_FLUSH = 64 * 1024  # bytes of packets that are collected before they are written
_SLACK = 256 * 1024  # asyncio's largest read: what may arrive over the limit before anybody looks
_LINGER = 5.0  # seconds in which a client may take the last of its answer after we closed


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
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._waiter: _Waiter | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._tls: TlsLayer | None = None
        self._timer: asyncio.TimerHandle | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast(asyncio.Transport, transport)
        if not self.local:
            keep_alive(self._transport.get_extra_info("socket"))
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        """Keep bytes and show them to who waits for them; a client that floods us while its request runs is cut off."""
        self.framing.feed(data if self._tls is None else self._decrypted(self._tls, data))
        if self._waiter is not None:
            self._look(self._waiter)
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
        self._writable.set()

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

    async def wait(self, look: Callable[[], Found | None], patience: Callable[[], float]) -> Found:
        """Call `look` now, and from then on whenever bytes have arrived; return the first thing that it returns.

        `look` runs straight away when bytes arrive, before this returns. `patience` tells for how many seconds it may
        find nothing. Raises TimeoutError then, ConnectionError when the client is gone, and what `look` raises.
        """
        if self.lost:
            raise ConnectionResetError
        found = look()
        if found is not None:
            return found
        self._waiter = waiter = _Waiter(look, patience, self._loop.create_future())
        self._be_patient(waiter)
        try:
            await waiter.woken
        finally:
            self._waiter = None
        if waiter.error is not None:
            raise waiter.error
        return cast(Found, waiter.found)

    def _look(self, waiter: "_Waiter") -> None:
        if waiter.woken.done():
            return
        try:
            waiter.found = waiter.look()
        except Exception as error:
            waiter.error = error
        if waiter.found is None and waiter.error is None:
            self._be_patient(waiter)
        else:
            waiter.wake()

    # One timer for the whole connection, which is set anew only where it would be late: a timer for each packet costs
    # as much as answering a simple command.

    def _be_patient(self, waiter: "_Waiter") -> None:
        waiter.deadline = self._loop.time() + waiter.patience()
        self._wake_by(waiter.deadline)

    def _wake_by(self, deadline: float) -> None:
        if self._timer is not None and self._timer.when() > deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and not self.lost:
            self._timer = self._loop.call_at(deadline, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        self._timer = None
        waiter = self._waiter
        if waiter is None or waiter.woken.done():
            return
        if self._loop.time() < waiter.deadline:
            self._wake_by(waiter.deadline)
        else:
            waiter.error = TimeoutError()
            waiter.wake()

    def send(self, packets: Iterable[bytes], stall: float) -> Rest | None:
        """Send packets, made as fast as the client takes them; return how to go on where it has to be waited for.

        Raises ConnectionError, now or then, when the client is gone or has taken nothing at all for `stall` seconds.
        """
        more = bodies_of(packets)
        if self._send_some(more):
            return partial(self._send_all, more, stall)
        return None if self._writable.is_set() else partial(self._until_taken, stall)

    async def forward(self, answer: Encoded, stall: float) -> None:
        """Send an answer that comes as bytes, as fast as the client takes it; raises as `send`."""
        with closing(answer):
            while (chunk := await answer.next()) is not None:
                if self._transport.is_closing():
                    raise ConnectionResetError
                self._write(chunk.data)
                self.framing.sequence = chunk.sequence
                await self._until_taken(stall)

    def _send_some(self, packets: Iterator[bytes | memoryview]) -> bool:
        """Write packets of some size; tell whether there may be more."""
        if self._transport.is_closing():  # also after an error of which connection_lost is yet to tell
            raise ConnectionResetError
        framed = self.framing.frame(packets, _FLUSH)
        self._write(framed)
        return len(framed) >= _FLUSH

    async def _send_all(self, packets: Iterator[bytes | memoryview], stall: float) -> None:
        more = True
        while more:
            await self._until_taken(stall)
            await asyncio.sleep(0)  # a fast reader must not keep the others waiting
            more = self._send_some(packets)
        await self._until_taken(stall)

    async def _until_taken(self, stall: float) -> None:
        """Wait until the client has taken most of what was written."""
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

    def close(self, last: Iterable[bytes] = ()) -> None:
        """Close the socket after what is written, and these packets, have been taken."""
        if not self.lost:
            self._write_last(self.framing.frame(bodies_of(last), _FLUSH))
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._loop.call_later(_LINGER, self._transport.abort)

    def _write_last(self, framed: bytearray) -> None:
        try:
            self._write(framed)
            if self._tls is not None:
                self._transport.write(self._tls.farewell())
        except ssl.SSLError:
            pass  # its handshake never ended

    def abort(self) -> None:
        """Close the socket at once."""
        self._transport.abort()
        self._lose()


@dataclass(eq=False)
class _Waiter:
    """Who waits for bytes: what looks at them, and what came of it."""

    look: Callable[[], Any]
    patience: Callable[[], float]
    woken: "asyncio.Future[None]"
    found: Any = None
    error: Exception | None = None
    deadline: float = 0.0

    def wake(self) -> None:
        """End the waiting, unless the looking has ended it (and the connection) already."""
        if not self.woken.done():
            self.woken.set_result(None)


async def completed(rest: Rest | None) -> None:
    """Do what is left to do, if there is anything."""
    if rest is not None:
        await rest()
