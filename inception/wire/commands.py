"""What each command of the protocol's command phase does for a client that is logged in. No packets read, no socket."""

from collections.abc import Awaitable, Callable, Iterable

from inception.answer import Answer, Ok
from inception.errors import ServerError
from inception.wire.codecs import Commands
from inception.wire.handler import Client, Handler
from inception.wire.result import Dialect, answer_packets, end_packet

Packets = Iterable[bytes]


class CommandPhase:
    """One client that is logged in, and the handler that answers it. `statistics` tells what COM_STATISTICS says."""

    def __init__(self, client: Client, handler: Handler, capabilities: int, statistics: Callable[[], str]) -> None:
        self.client = client
        self.handler = handler
        self._capabilities = capabilities
        self._statistics_text = statistics
        self._commands: dict[int, Callable[[bytearray], Awaitable[Packets]]] = {
            Commands.COM_QUERY: self._query,
            Commands.COM_INIT_DB: self._init_db,
            Commands.COM_PING: self._ping,
            Commands.COM_FIELD_LIST: self._end_of_list,
            Commands.COM_SET_OPTION: self._end_of_list,
            Commands.COM_STATISTICS: self._statistics,
            Commands.COM_RESET_CONNECTION: self._reset_connection,
            Commands.COM_PROCESS_KILL: self._process_kill,
            Commands.COM_STMT_PREPARE: self._statement,
            Commands.COM_STMT_EXECUTE: self._statement,
            Commands.COM_STMT_RESET: self._statement,
            Commands.COM_STMT_FETCH: self._statement,
            Commands.COM_STMT_CLOSE: self._unanswered,
            Commands.COM_STMT_SEND_LONG_DATA: self._unanswered,
        }

    @property
    def dialect(self) -> Dialect:
        """How the client wants to be answered now."""
        return Dialect(self._capabilities, self.client.charset.results)

    async def answer(self, command: int, payload: bytearray) -> Packets:
        """Do a command and return the packets of its answer; none for commands that have no answer.

        Rows are made while the packets are read. Raises what the handler raises, ServerError 1047 for a command that
        there is not.
        """
        return await self._commands.get(command, self._unknown)(payload)

    def _packets(self, answer: Answer) -> Packets:
        return answer_packets(answer, self.dialect)

    async def _query(self, payload: bytearray) -> Packets:
        text = self.client.charset.client.decode(payload)
        payload.clear()  # it may be large, and is not needed while the request runs
        return self._packets(await self.handler.query(text))

    async def _init_db(self, payload: bytearray) -> Packets:
        return self._packets(await self.handler.use(self.client.charset.client.decode(payload)))

    async def _process_kill(self, payload: bytearray) -> Packets:
        if len(payload) != 4:
            raise ServerError(1835, "Malformed communication packet.")
        return self._packets(await self.handler.kill(int.from_bytes(payload, "little")))

    async def _reset_connection(self, _: bytearray) -> Packets:
        self.client.charset.reset()
        self.handler.reset()
        return self._packets(Ok())

    async def _ping(self, _: bytearray) -> Packets:
        return self._packets(Ok())

    async def _end_of_list(self, _: bytearray) -> Packets:
        """Answer COM_FIELD_LIST, there are no tables here, and COM_SET_OPTION, which has nothing to set."""
        return [end_packet(self.dialect)]

    async def _statistics(self, _: bytearray) -> Packets:
        return [self._statistics_text().encode()]

    async def _statement(self, _: bytearray) -> Packets:
        raise ServerError(1295, "This command is not supported in the prepared statement protocol yet")

    async def _unanswered(self, _: bytearray) -> Packets:
        return []

    async def _unknown(self, _: bytearray) -> Packets:
        raise ServerError(1047, "Unknown command", "08S01")
