"""One client's connection: login, then commands one after another until it ends. No sockets, no SQL."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterator

from inception.answer import Ok
from inception.errors import InceptionError, ServerError
from inception.wire.auth import Claim, new_scramble
from inception.wire.charset import ClientCharset
from inception.wire.codecs import Capabilities, Commands
from inception.wire.commands import CommandPhase, Packets
from inception.wire.framing import FatalError
from inception.wire.handler import Client
from inception.wire.handshake import (
    CAPABILITIES,
    LoginRequest,
    bad_handshake,
    greeting,
    is_ssl_request,
    more_data,
    parse_change_user,
    parse_login,
    switch_request,
)
from inception.wire.result import Dialect, error_packet, ok_packet
from inception.wire.service import Service
from inception.wire.stream import PacketStream

log = logging.getLogger(__name__)


class Connection:
    """One client's connection, from its first packet to its last."""

    def __init__(self, connection_id: int, service: Service) -> None:
        self.connection_id = connection_id
        self.stream = PacketStream(self._opened, self.end, service.budget)
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
        self.stream.framing.release()
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
            phase.end()

    # Login.

    async def _log_in(self) -> CommandPhase:
        limits, security = self._service.limits, self._service.security
        async with asyncio.timeout(limits.login_timeout):
            scramble = new_scramble()
            tls = security.context is not None
            await self._send([greeting(self._service.version, self.connection_id, scramble, tls=tls)])
            request = parse_login(await self._first_packet())
            self._capabilities = int(request.capabilities & CAPABILITIES)
            if request.capabilities & Capabilities.CLIENT_SSL and not self.stream.encrypted:
                raise bad_handshake()
            if security.require_secure_transport and not self.secure:
                raise FatalError(3159, _INSECURE)
            return await self._admit(request, Claim(request.user, request.plugin, scramble, request.auth_response))

    async def _first_packet(self) -> bytearray:
        """Read the client's login; where it asks for TLS before that, begin it."""
        packet = await self._read()
        context = self._service.security.context
        if context is None or not is_ssl_request(packet):
            return packet
        self.stream.start_tls(context)
        return await self._read()

    async def _change_user(self, phase: CommandPhase, packet: bytearray) -> CommandPhase:
        async with asyncio.timeout(self._service.limits.login_timeout):
            request = parse_change_user(packet, self._capabilities, phase.client.charset.client)
            return await self._admit(request, Claim(request.user, None, b"", b""))

    async def _admit(self, request: LoginRequest, claim: Claim) -> CommandPhase:
        """Make the client who it says it is, or end the connection: only this leads to the command phase."""
        host = self.stream.host
        await self._wait_for_turn(host)
        role = await self._service.accounts.role(claim, self)
        if role is None:
            failures = self._service.throttle.failed(host, time.monotonic())
            log.warning("login of user %r from %s refused (%d lately)", request.user, host, failures)
            raise FatalError(1045, _denied(request.user, host, bool(claim.response)), "28000")
        self._dismiss()
        client = self._client(request, role)
        handler = self._service.new_handler(client)
        self._phase = phase = CommandPhase(
            client,
            handler,
            self._capabilities,
            statistics=self._service.statistics,
            limit=lambda: self._service.limits.max_allowed_packet,
        )
        await self._send([ok_packet(Ok(), phase.dialect)])
        return phase

    def _client(self, request: LoginRequest, role: str) -> Client:
        charset, budget = ClientCharset(request.charset), self._service.budget
        return Client(self.connection_id, request.user, self.stream.host, request.database, charset, role, budget)

    async def _wait_for_turn(self, host: str) -> None:
        patience = self._service.limits.login_timeout / 2
        wait = self._service.throttle.wait(host, time.monotonic(), patience)
        if wait is None:
            log.warning("login from %s refused: too many failed lately", host)
            raise FatalError(1129, f"Host '{host}' is blocked because of many failed logins; try again in a minute.")
        await asyncio.sleep(wait)

    # The dialogue of a login: auth.Dialogue.

    @property
    def secure(self) -> bool:
        """Whether nobody else reads what the client sends."""
        return self.stream.encrypted or self.stream.local

    async def tell(self, data: bytes) -> None:
        """Send data of the password plugin."""
        await self._send([more_data(data)])

    async def ask(self, data: bytes) -> bytes:
        """Send data of the password plugin and return the client's reply."""
        await self.tell(data)
        return bytes(await self._read())

    async def switch(self, plugin: str, scramble: bytes) -> bytes:
        """Ask for an answer to a new challenge by another plugin and return it."""
        await self._send([switch_request(plugin, scramble)])
        return bytes(await self._read())

    # Packets.

    @property
    def _dialect(self) -> Dialect:
        return self._phase.dialect if self._phase is not None else Dialect(self._capabilities)

    async def _read(self) -> bytearray:
        """Read a packet of an exchange under way."""
        timeout = self._service.limits.net_read_timeout
        return await self.stream.read(first=timeout, further=timeout)

    async def _send(self, packets: Packets) -> bool:
        """Send packets as fast as the client takes them.

        A failure to make one is sent in its place; False then.
        """
        stall = self._service.limits.net_write_timeout
        failures: list[Exception] = []
        for packet in self._guarded(packets, failures):
            if self.stream.add(packet):
                await self.stream.flush(stall)
                await asyncio.sleep(0)  # a fast reader must not keep the others waiting
        await self.stream.flush(stall)
        return not failures

    def _guarded(self, packets: Packets, failures: list[Exception]) -> Iterator[bytes]:
        try:
            yield from packets
        except Exception as error:
            failures.append(error)
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
        self.stream.framing.release()
        return phase

    async def _serve(self, phase: CommandPhase, packet: bytearray) -> CommandPhase:
        command = packet[0] if packet else Commands.COM_SLEEP
        del packet[:1]
        if command == Commands.COM_QUIT:
            self._finishing = True
        elif command == Commands.COM_CHANGE_USER:
            return await self._change_user(phase, packet)
        else:
            more = await self._send(await self._outcome(phase, phase.answer(command, packet)))
            while more and phase.unanswered:
                more = await self._send(await self._outcome(phase, phase.further()))
        return phase

    async def _outcome(self, phase: CommandPhase, answer: Awaitable[Packets]) -> Packets:
        """Return an answer, or the error that takes its place and ends what was to be answered."""
        try:
            return await answer
        except asyncio.CancelledError as error:
            if self._ending:
                raise
            failure = self._failure(error)  # something the handler waited for was cancelled, not this connection
        except Exception as error:
            failure = self._failure(error)
        phase.unanswered.clear()
        return [failure]


_INSECURE = "Connections using insecure transport are prohibited while --require_secure_transport=ON."


def _denied(user: str, host: str, with_password: bool) -> str:
    return f"Access denied for user '{user}'@'{host}' (using password: {'YES' if with_password else 'NO'})"
