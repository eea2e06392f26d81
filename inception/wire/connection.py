"""One client's connection: login, then commands one after another until it ends. No sockets, no SQL.

A command whose answer needs no waiting is answered as soon as its bytes have arrived, inside asyncio's call: nothing is
scheduled for it. Whatever has to be waited for (a batch, a client that reads slowly, a login) is the connection's one
task's to do.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial

from inception.answer import Encoded, Ok
from inception.errors import InceptionError, ServerError
from inception.wire.codecs import Commands
from inception.wire.commands import CommandPhase, LaterPackets, Packets
from inception.wire.framing import FatalError
from inception.wire.handler import Client
from inception.wire.login import Login
from inception.wire.result import Dialect, error_packet, ok_packet
from inception.wire.service import Service
from inception.wire.stream import PacketStream, Rest, completed

log = logging.getLogger(__name__)
_IN_A_ROW = 100  # commands of one client that are answered before it is others' turn


class Connection:
    """One client's connection, from its first packet to its last."""

    def __init__(self, connection_id: int, service: Service) -> None:
        self.connection_id = connection_id
        self.stream = PacketStream(self._opened, self.end, service.budget)
        self._service = service
        self._login = Login(connection_id, self.stream, service)
        self._phase: CommandPhase | None = None
        self._busy = False  # a command is waited for
        self._task: asyncio.Task[None] | None = None
        self._finishing = False  # no further command is read
        self._ending = False  # the running one is cancelled
        self._last_words: Packets = ()  # what the client is told of the error that ended it

    # Its life.

    def _opened(self, stream: PacketStream) -> None:
        if len(self._service.connections) >= self._service.limits.max_connections:
            stream.close([self._failure(ServerError(1040, "Too many connections", "08004"))])
            return
        self._service.connections[self.connection_id] = self
        self._task = asyncio.create_task(self._run(), name=f"connection {self.connection_id}")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.stream.close(self._last_words)
        self.stream.framing.close()
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
            await self._enter(await self._login.first())
            while not self._finishing and (phase := self._phase) is not None:
                await self._commands(phase)
        except (TimeoutError, ConnectionError):
            pass
        except asyncio.CancelledError:
            pass  # the task would keep it, and with its frames the request, until the garbage is collected
        except Exception as error:
            self._last_words = [self._failure(error)]
        finally:
            self._dismiss()

    async def _enter(self, client: Client) -> None:
        """Begin the command phase of a client that is logged in."""
        self._dismiss()
        service = self._service
        self._phase = CommandPhase(
            client,
            service.new_handler(client),
            self._login.capabilities,
            statistics=service.statistics,
            limit=lambda: service.limits.max_allowed_packet,
        )
        await completed(self._send(self._phase, [ok_packet(Ok(), self._phase.dialect)]))

    def _dismiss(self) -> None:
        phase, self._phase = self._phase, None
        if phase is not None:
            phase.end()

    # Commands.

    async def _commands(self, phase: CommandPhase) -> None:
        """Answer commands up to the first one that has to be waited for, and that one."""
        self._expect_command()
        rest = await self.stream.wait(partial(self._answer_at_once, phase), self._patience)
        await rest()
        self._busy = False

    def _expect_command(self) -> None:
        self.stream.framing.begin_command(self._service.limits.max_allowed_packet)

    def _patience(self) -> float:
        limits = self._service.limits
        return limits.net_read_timeout if self.stream.framing.in_packet else limits.wait_timeout

    def _answer_at_once(self, phase: CommandPhase) -> Rest | None:
        """Answer the commands that have arrived; return what is left of the first that has to be waited for."""
        for _ in range(_IN_A_ROW):
            try:
                packet = self.stream.framing.next_packet()
            except FatalError:
                raise
            except ServerError as error:
                rest = self._send(phase, [self._failure(error)])
            else:
                if packet is None:
                    return None
                rest = self._serve(phase, packet)
            if rest is not None:
                self._busy = True  # from now on, not when the task comes to it
                return rest
            if self._ending:
                return None
            self._expect_command()
        return partial(asyncio.sleep, 0)

    def _serve(self, phase: CommandPhase, packet: bytearray) -> Rest | None:
        command = packet[0] if packet else Commands.COM_SLEEP
        del packet[:1]
        if command == Commands.COM_QUIT:
            self.end()
            return None
        if command == Commands.COM_CHANGE_USER:
            return partial(self._change_user, phase, packet)
        rest = self._reply(phase, partial(phase.answer, command, packet))
        return partial(self._reply_further, phase, rest) if phase.unanswered else rest

    async def _change_user(self, phase: CommandPhase, packet: bytearray) -> None:
        await self._enter(await self._login.again(packet, phase.client.charset.client))

    def _reply(self, phase: CommandPhase, make: Callable[[], Packets | LaterPackets]) -> Rest | None:
        """Send one answer, or the error that takes its place."""
        try:
            answer = make()
        except Exception as error:
            answer = self._refusal(phase, error)
        return partial(self._reply_later, phase, answer) if callable(answer) else self._send(phase, answer)

    async def _reply_later(self, phase: CommandPhase, later: LaterPackets) -> None:
        try:
            answer = await later(self.stream.framing.sequence)
        except asyncio.CancelledError as error:
            if self._ending:
                raise
            answer = self._refusal(phase, error)  # something it waited for was cancelled, not this connection
        except Exception as error:
            answer = self._refusal(phase, error)
        if isinstance(answer, Encoded):
            await self.stream.forward(answer, self._service.limits.net_write_timeout)
        else:
            await completed(self._send(phase, answer))

    async def _reply_further(self, phase: CommandPhase, rest: Rest | None) -> None:
        """Answer the further statements of a COM_QUERY when the rest of the first answer is done."""
        await completed(rest)
        while phase.unanswered:
            await asyncio.sleep(0)  # there may be many, and the client may be gone
            await completed(self._reply(phase, phase.further))

    # Packets.

    def _send(self, phase: CommandPhase, packets: Packets) -> Rest | None:
        """Send packets as fast as the client takes them; a failure to make one is sent in its place."""
        return self.stream.send(self._guarded(phase, packets), self._service.limits.net_write_timeout)

    def _guarded(self, phase: CommandPhase, packets: Packets) -> Iterator[bytes]:
        try:
            yield from packets
        except Exception as error:
            yield from self._refusal(phase, error)

    def _refusal(self, phase: CommandPhase, error: BaseException) -> Packets:
        """Return the answer to a request that failed: it ends what was to be answered after it, too."""
        phase.unanswered.clear()
        return [self._failure(error)]

    def _failure(self, error: BaseException) -> bytes:
        if not isinstance(error, InceptionError):
            log.error("internal error on connection %d", self.connection_id, exc_info=error)
            error = ServerError(1105, "Internal error; the server's log has the details.")
        error.__traceback__ = None  # its frames hold the request, and some of them hold the error
        dialect = self._phase.dialect if self._phase is not None else Dialect(self._login.capabilities)
        return error_packet(error, dialect)
