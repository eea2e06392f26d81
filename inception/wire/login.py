"""The exchange in which one client says who it is and proves it. No commands, no layout of packets."""

import asyncio
import logging
import time

from inception.charset import Charset
from inception.wire.auth import Claim, new_scramble
from inception.wire.charset import ClientCharset
from inception.wire.codecs import Capabilities
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
from inception.wire.service import Service
from inception.wire.stream import PacketStream, completed

log = logging.getLogger(__name__)


class Login:
    """The logins of one connection: its first one, and those of COM_CHANGE_USER.

    Both raise what ends the connection: FatalError, which the client is told, TimeoutError, ConnectionError.
    `capabilities` are those that the client and we have, 0 until it has told its own.
    """

    def __init__(self, connection_id: int, stream: PacketStream, service: Service) -> None:
        self.capabilities = 0
        self._connection_id = connection_id
        self._stream = stream
        self._service = service

    async def first(self) -> Client:
        """Greet a client and return who it is."""
        security = self._service.security
        async with asyncio.timeout(self._service.limits.login_timeout):
            scramble = new_scramble()
            tls = security.context is not None
            await self._send(greeting(self._service.version, self._connection_id, scramble, tls=tls))
            request = parse_login(await self._first_packet())
            self.capabilities = int(request.capabilities & CAPABILITIES)
            if request.capabilities & Capabilities.CLIENT_SSL and not self._stream.encrypted:
                raise bad_handshake()
            if security.require_secure_transport and not self.secure:
                raise FatalError(3159, _INSECURE)
            return await self._prove(request, Claim(request.user, request.plugin, scramble, request.auth_response))

    async def again(self, packet: bytearray, charset: Charset) -> Client:
        """Read the payload of COM_CHANGE_USER from a client of this character set, and return who it is now."""
        async with asyncio.timeout(self._service.limits.login_timeout):
            request = parse_change_user(packet, self.capabilities, charset)
            return await self._prove(request, Claim(request.user, None, b"", b""))

    async def _first_packet(self) -> bytearray:
        """Read the client's login; where it asks for TLS before that, begin it."""
        packet = await self._read()
        context = self._service.security.context
        if context is None or not is_ssl_request(packet):
            return packet
        self._stream.start_tls(context)
        return await self._read()

    async def _prove(self, request: LoginRequest, claim: Claim) -> Client:
        """Return the client if it is who it says it is: nothing else makes a Client."""
        host = self._stream.host
        await self._wait_for_turn(host)
        role = await self._service.accounts.role(claim, self)
        if role is None:
            self._service.refused_logins += 1
            failures = self._service.throttle.failed(host, time.monotonic())
            log.warning("login of user %r from %s refused (%d lately)", request.user, host, failures)
            raise FatalError(1045, _denied(request.user, host, bool(claim.response)), "28000")
        charset, budget = ClientCharset(request.charset), self._service.budget
        return Client(self._connection_id, request.user, host, request.database, charset, role, budget)

    async def _wait_for_turn(self, host: str) -> None:
        patience = self._service.limits.login_timeout / 2
        wait = self._service.throttle.wait(host, time.monotonic(), patience)
        if wait is None:
            self._service.refused_logins += 1
            log.warning("login from %s refused: too many failed lately", host)
            raise FatalError(1129, f"Host '{host}' is blocked because of many failed logins; try again in a minute.")
        await asyncio.sleep(wait)

    # auth.Dialogue.

    @property
    def secure(self) -> bool:
        """Whether nobody else reads what the client sends."""
        return self._stream.encrypted or self._stream.local

    async def tell(self, data: bytes) -> None:
        """Send data of the password plugin."""
        await self._send(more_data(data))

    async def ask(self, data: bytes) -> bytes:
        """Send data of the password plugin and return the client's reply."""
        await self.tell(data)
        return bytes(await self._read())

    async def switch(self, plugin: str, scramble: bytes) -> bytes:
        """Ask for an answer to a new challenge by another plugin and return it."""
        await self._send(switch_request(plugin, scramble))
        return bytes(await self._read())

    async def _read(self) -> bytearray:
        limits = self._service.limits
        return await self._stream.wait(self._stream.framing.next_packet, lambda: limits.net_read_timeout)

    async def _send(self, packet: bytes) -> None:
        await completed(self._stream.send([packet], self._service.limits.net_write_timeout))


_INSECURE = "Connections using insecure transport are prohibited while --require_secure_transport=ON."


def _denied(user: str, host: str, with_password: bool) -> str:
    return f"Access denied for user '{user}'@'{host}' (using password: {'YES' if with_password else 'NO'})"
