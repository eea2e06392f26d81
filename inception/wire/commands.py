"""What each command of the protocol's command phase does for a client that is logged in. No packets read, no socket."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from inception.answer import Answer, Encoded, Ok
from inception.errors import ServerError
from inception.sent import Sent
from inception.wire.codecs import Capabilities, Commands
from inception.wire.encoded import encode
from inception.wire.handler import Client, Handler, Later
from inception.wire.prepared import Statements, malformed
from inception.wire.result import Dialect, answer_packets, end_packet, prepared_packets

Packets = Iterable[bytes]
LaterPackets = Callable[[int], Awaitable[Packets | Encoded]]  # waited for; begins with the packet of that number
_MULTI_STATEMENTS = int(Capabilities.CLIENT_MULTI_STATEMENTS)


class CommandPhase:
    """One client that is logged in, and the handler that answers it.

    `statistics` tells what COM_STATISTICS says, `limit` how many bytes prepared statements may keep.
    """

    def __init__(
        self,
        client: Client,
        handler: Handler,
        capabilities: int,
        *,
        statistics: Callable[[], str],
        limit: Callable[[], int],
    ) -> None:
        self.client = client
        self.handler = handler
        self._capabilities = capabilities
        self._statistics_text = statistics
        self._limit = limit
        self._statements = Statements(client.memory)
        self.unanswered: list[Sent] = []
        self._commands: dict[int, Callable[[bytearray], Packets | LaterPackets]] = {
            Commands.COM_QUERY: self._query,
            Commands.COM_INIT_DB: self._init_db,
            Commands.COM_PING: self._ping,
            Commands.COM_FIELD_LIST: self._end_of_list,
            Commands.COM_SET_OPTION: self._set_option,
            Commands.COM_STATISTICS: self._statistics,
            Commands.COM_RESET_CONNECTION: self._reset_connection,
            Commands.COM_PROCESS_KILL: self._process_kill,
            Commands.COM_STMT_PREPARE: self._prepare,
            Commands.COM_STMT_EXECUTE: self._execute,
            Commands.COM_STMT_RESET: self._reset_statement,
            Commands.COM_STMT_FETCH: self._fetch,
            Commands.COM_STMT_CLOSE: self._close_statement,
            Commands.COM_STMT_SEND_LONG_DATA: self._long_data,
        }

    @property
    def dialect(self) -> Dialect:
        """How the client wants to be answered now."""
        return Dialect(self._capabilities, self.client.charset.results)

    def answer(self, command: int, payload: bytearray) -> Packets | LaterPackets:
        """Do a command and return the packets of its answer; none for commands that have no answer.

        Rows are made while the packets are read. `further` has more answers while `unanswered` is not empty. Raises
        what the handler raises, ServerError 1047 for a command that there is not.
        """
        self.unanswered = []
        return self._commands.get(command, self._unknown)(payload)

    def end(self) -> None:
        """Take note that the client is gone."""
        self.unanswered.clear()
        self._statements.clear()
        self.handler.closed()

    def further(self) -> Packets | LaterPackets:
        """Answer the next of several statements that came in one COM_QUERY."""
        return self._ask(self.unanswered.pop(0))

    def _ask(self, text: Sent, *, binary: bool = False) -> Packets | LaterPackets:
        answer = self.handler.query(text)
        return partial(self._packets_later, answer, binary) if callable(answer) else self._packets(answer, binary)

    async def _packets_later(self, later: Later, binary: bool, sequence: int) -> Packets | Encoded:
        answer = await later(partial(encode, dialect=self._dialect_of_answer(binary), sequence=sequence))
        return answer if isinstance(answer, Encoded) else self._packets(answer, binary)

    def _packets(self, answer: Answer, binary: bool = False) -> Packets:
        return answer_packets(answer, self._dialect_of_answer(binary))

    def _dialect_of_answer(self, binary: bool) -> Dialect:
        return self.dialect._replace(binary=binary, more=bool(self.unanswered))

    def _query(self, payload: bytearray) -> Packets | LaterPackets:
        text = Sent(payload, self.client.charset.client)
        if self._capabilities & _MULTI_STATEMENTS:
            first, *self.unanswered = self.handler.statements(text)
            return self._ask(first)
        return self._ask(text)

    def _init_db(self, payload: bytearray) -> Packets:
        return self._packets(self.handler.use(self.client.charset.client.decode(payload)))

    def _process_kill(self, payload: bytearray) -> Packets:
        if len(payload) != 4:
            raise malformed()
        return self._packets(self.handler.kill(int.from_bytes(payload, "little")))

    def _reset_connection(self, _: bytearray) -> Packets:
        self.client.charset.reset()
        self._statements.clear()
        self.handler.reset()
        return self._packets(Ok())

    def _ping(self, _: bytearray) -> Packets:
        return self._packets(Ok())

    def _end_of_list(self, _: bytearray) -> Packets:
        """Answer COM_FIELD_LIST: there are no tables here."""
        return [end_packet(self.dialect)]

    def _set_option(self, payload: bytearray) -> Packets:
        """Switch several statements in one COM_QUERY on (0) or off (1)."""
        option = int.from_bytes(payload, "little")
        if option > 1 or len(payload) != 2:
            raise ServerError(1047, "Unknown command", "08S01")
        self._capabilities = self._capabilities & ~_MULTI_STATEMENTS | (0 if option else _MULTI_STATEMENTS)
        return [end_packet(self.dialect)]

    def _statistics(self, _: bytearray) -> Packets:
        return [self._statistics_text().encode()]

    def _prepare(self, payload: bytearray) -> Packets:
        text = self.client.charset.client.decode(payload)
        number, statement = self._statements.prepare(text, self._limit())
        return prepared_packets(number, statement.parameters, self.dialect)

    def _execute(self, payload: bytearray) -> Packets | LaterPackets:
        charset = self.client.charset.client
        text = self._statements.execute(payload, charset)
        payload.clear()  # it may be large, and is not needed while the request runs
        return self._ask(Sent.of(text, charset), binary=True)

    def _reset_statement(self, payload: bytearray) -> Packets:
        self._statements.reset(payload)
        return self._packets(Ok())

    def _fetch(self, payload: bytearray) -> Packets:
        self._statements.fetch(payload)
        return []

    def _close_statement(self, payload: bytearray) -> Packets:
        self._statements.close(payload)
        return []

    def _long_data(self, payload: bytearray) -> Packets:
        self._statements.add_long_data(payload, self._limit())
        return []

    def _unknown(self, _: bytearray) -> Packets:
        raise ServerError(1047, "Unknown command", "08S01")
