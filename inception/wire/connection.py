"""One client's connection: login, then commands one after another until it ends. No sockets, no SQL."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from inception.answer import Ok
from inception.errors import InceptionError, ServerError
from inception.wire.auth import NATIVE_PLUGIN, Accounts, new_scramble
from inception.wire.charset import ClientCharset
from inception.wire.codecs import Commands
from inception.wire.commands import CommandPhase, Packets
from inception.wire.framing import FatalError
from inception.wire.handler import Client, Handler
from inception.wire.handshake import (
    CAPABILITIES,
    LoginRequest,
    greeting,
    parse_change_user,
    parse_login,
    switch_to_native,
)
from inception.wire.limits import Limits
from inception.wire.result import Dialect, error_packet, ok_packet
from inception.wire.stream import PacketStream

log = logging.getLogger(__name__)


@dataclass
class Service:
    """What all connections of one server share. `limits` may be replaced at any time."""

    new_handler: Callable[[Client], Handler]
    accounts: Accounts
    limits: Limits
    version: str
    connections: dict[int, "Connection"] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def statistics(self) -> str:
        """Return what COM_STATISTICS answers."""
        return f"Uptime: {int(time.monotonic() - self.started)}  Threads: {len(self.connections)}"


class Connection:
    """One client's connection, from its first packet to its last."""

    def __init__(self, connection_id: int, service: Service) -> None:
        self.connection_id = connection_id
        self.stream = PacketStream(self._opened, self.end)
        self._service = service
        self._phase: CommandPhase | None = None
        self._capabilities = 0
        self._busy = False  # a command runs
        self._task: asyncio.Task[None] | None = None
        self._finishing = False  # no further command is read
        self._ending = False  # the running one is cancelled

    # Its life.

    def _opened(self, stream: PacketStream) -> None:
        if len(self._service.connections) >= self._service.limits.max_connections:
            stream.add(error_packet(ServerError(1040, "Too many connections", "08004"), self._dialect))
            stream.close()
            return
        self._service.connections[self.connection_id] = self
        self._task = asyncio.create_task(self._run(), name=f"connection {self.connection_id}")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.stream.close()
        del self._service.connections[self.connection_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("connection %d ended by an internal error", self.connection_id, exc_info=error)

    @property
    def task(self) -> asyncio.Task[None] | None:
        """What is done when the connection has ended; None for one that was refused."""
        return self._task

    @property
    def client(self) -> Client | None:
        """Who it is; None before login."""
        return self._phase.client if self._phase is not None else None

    def end(self) -> None:
        """End the connection now: a running request is cancelled."""
        self._finishing = self._ending = True
        if self._task is not None:
            self._task.cancel()

    def finish(self) -> None:
        """End the connection as soon as no request runs."""
        self._finishing = True
        if not self._busy:
            self.end()

    async def _run(self) -> None:
        try:
            phase = await self._log_in()
            while not self._finishing:
                phase = await self._next_command(phase)
        except (TimeoutError, ConnectionError):
            pass
        except Exception as error:
            self.stream.add(self._failure(error))
        finally:
            self._dismiss()

    def _dismiss(self) -> None:
        phase, self._phase = self._phase, None
        if phase is not None:
            phase.handler.closed()

    # Login.

    async def _log_in(self) -> CommandPhase:
        async with asyncio.timeout(self._service.limits.login_timeout):
            scramble = new_scramble()
            await self._send([greeting(self._service.version, self.connection_id, scramble)])
            request = parse_login(await self._read())
            self._capabilities = request.capabilities & CAPABILITIES
            response = request.auth_response
            if request.plugin not in (None, NATIVE_PLUGIN):
                scramble = new_scramble()
                response = await self._challenge(scramble)
            return await self._admit(request, scramble, response)

    async def _change_user(self, phase: CommandPhase, packet: bytearray) -> CommandPhase:
        async with asyncio.timeout(self._service.limits.login_timeout):
            request = parse_change_user(packet, self._capabilities, phase.client.charset.client)
            scramble = new_scramble()
            return await self._admit(request, scramble, await self._challenge(scramble))

    async def _challenge(self, scramble: bytes) -> bytes:
        await self._send([switch_to_native(scramble)])
        return bytes(await self._read())

    async def _admit(self, request: LoginRequest, scramble: bytes, response: bytes) -> CommandPhase:
        """Make the client who it says it is, or end the connection: only this leads to the command phase."""
        host = self.stream.host
        if not self._service.accounts.accept(request.user, scramble, response):
            log.warning("login of user %r from %s refused", request.user, host)
            raise FatalError(1045, _denied(request.user, host, bool(response)), "28000")
        self._dismiss()
        client = Client(self.connection_id, request.user, host, request.database, ClientCharset(request.charset))
        handler = self._service.new_handler(client)
        self._phase = phase = CommandPhase(client, handler, self._capabilities, self._service.statistics)
        await self._send([ok_packet(Ok(), phase.dialect)])
        return phase

    # Packets.

    @property
    def _dialect(self) -> Dialect:
        return self._phase.dialect if self._phase is not None else Dialect(self._capabilities)

    async def _read(self) -> bytearray:
        """Read a packet of an exchange under way."""
        timeout = self._service.limits.net_read_timeout
        return await self.stream.read(first=timeout, further=timeout)

    async def _send(self, packets: Packets) -> None:
        """Send packets as fast as the client takes them; a failure to make one is sent in its place."""
        stall = self._service.limits.net_write_timeout
        for packet in self._guarded(packets):
            if self.stream.add(packet):
                await self.stream.flush(stall)
                await asyncio.sleep(0)  # a fast reader must not keep the others waiting
        await self.stream.flush(stall)

    def _guarded(self, packets: Packets) -> Iterator[bytes]:
        try:
            yield from packets
        except Exception as error:
            yield self._failure(error)

    def _failure(self, error: BaseException) -> bytes:
        if not isinstance(error, InceptionError):
            log.error("internal error on connection %d", self.connection_id, exc_info=error)
            error = ServerError(1105, "Internal error; the server's log has the details.")
        return error_packet(error, self._dialect)

    # Commands.

    async def _next_command(self, phase: CommandPhase) -> CommandPhase:
        """Read a command and answer it; return what the next one meets."""
        limits = self._service.limits
        self.stream.framing.begin_command(limits.max_allowed_packet)
        try:
            packet = await self.stream.read(first=limits.wait_timeout, further=limits.net_read_timeout)
        except FatalError:
            raise
        except ServerError as error:
            await self._send([self._failure(error)])
            return phase
        self._busy = True
        phase = await self._serve(phase, packet)
        self._busy = False
        return phase

    async def _serve(self, phase: CommandPhase, packet: bytearray) -> CommandPhase:
        command = packet[0] if packet else Commands.COM_SLEEP
        del packet[:1]
        if command == Commands.COM_QUIT:
            self._finishing = True
        elif command == Commands.COM_CHANGE_USER:
            return await self._change_user(phase, packet)
        else:
            await self._send(await self._outcome(phase, command, packet))
        return phase

    async def _outcome(self, phase: CommandPhase, command: int, packet: bytearray) -> Packets:
        try:
            return await phase.answer(command, packet)
        except asyncio.CancelledError as error:
            if self._ending:
                raise
            return [self._failure(error)]  # something the handler waited for was cancelled, not this connection
        except Exception as error:
            return [self._failure(error)]


def _denied(user: str, host: str, with_password: bool) -> str:
    return f"Access denied for user '{user}'@'{host}' (using password: {'YES' if with_password else 'NO'})"
