"""The listening sockets and the connections behind them. Not what is answered: that is the handlers'."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from inception.settings.accounts import User
from inception.wire.auth import Accounts
from inception.wire.connection import Connection
from inception.wire.facts import SERVER_VERSION
from inception.wire.handler import Client, Handler
from inception.wire.limits import Limits
from inception.wire.service import Service
from inception.wire.stream import PacketStream
from inception.wire.tls import Security

_BACKLOG = 1024
_LAST_WORDS = 5.0  # seconds that cancelled requests are waited for at the end


class WireServer:
    """Speaks the server side of the MySQL protocol; one handler answers each client.

    Without any user every login is accepted, as an admin's. `security` says whether and how TLS is spoken.
    """

    def __init__(
        self,
        new_handler: Callable[[Client], Handler],
        *,
        users: Mapping[str, User],
        limits: Limits | None = None,
        security: Security | None = None,
    ) -> None:
        security = security or Security()
        accounts = Accounts(users, security.password_key)
        self._service = Service(new_handler, accounts, limits or Limits(), SERVER_VERSION, security)
        self._ids = itertools.count(1)
        self._servers: list[asyncio.Server] = []
        self._socket_path: Path | None = None
        self.port = 0

    @property
    def limits(self) -> Limits:
        """The limits in force; new ones count from each connection's next request on."""
        return self._service.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._service.limits = limits

    def use_users(self, users: Mapping[str, User]) -> None:
        """Let these users log in from now on; who is logged in stays."""
        self._service.accounts = Accounts(users, self._service.security.password_key)

    async def start(self, bind_address: str, port: int, socket_path: str | Path | None = None) -> None:
        """Listen; `*` means all addresses, port 0 a free one, which `port` then tells.

        Raises OSError where that is not possible.
        """
        loop = asyncio.get_running_loop()
        host = None if bind_address == "*" else bind_address
        self._servers.append(await loop.create_server(self._accept, host, port, backlog=_BACKLOG))
        self.port = self._servers[0].sockets[0].getsockname()[1]
        if socket_path:
            self._socket_path = Path(socket_path)
            self._servers.append(await loop.create_unix_server(self._accept, self._socket_path, backlog=_BACKLOG))

    def _accept(self) -> PacketStream:
        return Connection(next(self._ids), self._service).stream

    def clients(self) -> list[Client]:
        """Return who is logged in, by connection id."""
        connections = sorted(self._service.connections.items())
        return [connection.client for _, connection in connections if connection.client is not None]

    def disconnect(self, connection_id: int) -> bool:
        """End a connection, its running request is cancelled; False if there is none of that id."""
        connection = self._service.connections.get(connection_id)
        if connection is not None:
            connection.end()
        return connection is not None

    async def stop(self, grace: float) -> None:
        """Take no more clients, end idle connections, let running requests end within `grace` seconds.

        Then they are cancelled, and waited for a little longer.
        """
        for server in self._servers:
            server.close()
        for connection in self._connections():
            connection.finish()
        await self._wait(grace)
        for connection in self._connections():
            connection.end()
        await self._wait(_LAST_WORDS)
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)

    def gauges(self) -> Iterator[tuple[str, str, float]]:
        """Yield what stands now, for the metrics."""
        yield "connections", "Clients that are connected.", len(self._service.connections)
        yield "logins_refused_total", "Logins that were refused.", self._service.refused_logins

    def _connections(self) -> list[Connection]:
        return list(self._service.connections.values())

    async def _wait(self, timeout: float) -> None:
        tasks = [connection.task for connection in self._connections() if connection.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)
