"""One client: batch or command → answer. Also collects a batch that comes statement by statement.

Of a text that is longer than anything but a batch only the beginning and the end are looked at: whoever else is
connected waits meanwhile.
"""

import logging
import re
from functools import partial

from inception import commands
from inception.answer import Answer, Encode, Encoded, Ok
from inception.batch.options import find_comment, mask_passwords, read_options
from inception.batch.split import NOT_STARTED, is_commit, is_start, looks_like_batch, opens_batch, split
from inception.errors import BatchTooLarge, NestedStart, NotABatch, RefusedHere
from inception.gateway import Gateway
from inception.gateway.audit_log import Who
from inception.logs import begin_trace, resume_trace
from inception.pipeline import Request
from inception.sent import Sent
from inception.settings import NOTHING_SET, SessionValues
from inception.settings.accounts import allows
from inception.sql import quote_name
from inception.wire.chatter import answer_chatter
from inception.wire.facts import ClientFacts
from inception.wire.handler import Client, Later, Note
from inception.wire.notes import notes_of

log = logging.getLogger("inception.request")
_LONGEST_LOGGED = 4096
_OWN_QUESTION = "select database()"  # the mysql client asks it by itself around `use`
_KILL = re.compile(r"\s*+kill\s++(?:(?:hard|soft)\s++)?(?:query\s++|connection\s++)?(\d{1,18})\s*+;?\s*+", re.I)
_USE = re.compile(r"\s*+use\s*+(`(?:[^`]|``)++`|(?<=\s)[^\s;`'\"/#]++)\s*+;?\s*+", re.I)


class Session:
    """The handler of one client."""

    def __init__(self, client: Client, gateway: Gateway) -> None:
        self._client = client
        self._gateway = gateway
        self._database = client.database
        self._values: SessionValues = NOTHING_SET
        self._opening: Sent | None = None
        self._collected: list[Sent] = []
        self._size = 0  # of the open batch, in bytes
        self._notes: tuple[Note, ...] = ()

    def statements(self, text: Sent) -> list[Sent]:
        """Cut a text at its `;`, unless it is a batch or a part of one."""
        shown = text.head
        if self._opening is not None or not text.whole or ";" not in shown or looks_like_batch(shown):
            return [text]
        pieces = [Sent.of(piece.text, text.charset) for piece in split(shown)]
        return pieces if len(pieces) > 1 else [text]

    def query(self, text: Sent) -> Answer | Later:
        """Answer one COM_QUERY."""
        trace = begin_trace()
        answer = self._answer(text)
        return partial(_traced, trace, answer) if callable(answer) else answer

    def _answer(self, text: Sent) -> Answer | Later:
        self._log(text.head)
        self._gateway.tasks.answered(self._client.connection_id)
        if self._opening is not None:
            return self._collect(text)
        if text.whole and opens_batch(text.head):
            self._take(text)
            self._opening = text
            return Ok()
        if looks_like_batch(text.head):
            return partial(self._run, (text,))
        if not text.whole:
            raise NotABatch(NOT_STARTED)
        return self._answer_short(text.head)

    def _answer_short(self, text: str) -> Answer | Later:
        """Answer what is no batch, nor a part of one."""
        killing = _KILL.fullmatch(text)
        if killing is not None:
            return self.kill(int(killing.group(1)))
        using = _USE.fullmatch(text)
        if using is not None:
            return self.use(_bare(using.group(1)))
        command = commands.find(text)
        if command is not None:
            return lambda encode: command(self._context(encode))
        answer = answer_chatter(text, self._facts())
        if answer is None:
            raise NotABatch(NOT_STARTED)
        return answer

    def use(self, database: str) -> Answer:
        """Answer COM_INIT_DB: inside an open batch it is a statement of it."""
        if self._opening is not None:
            self._add(Sent.of(f"use {quote_name(database)}", self._client.charset.client))
            return Ok()
        self._database = database
        return Ok()

    def kill(self, connection_id: int) -> Answer:
        """Stop the request that runs under this id. Raises RefusedHere for who is no admin."""
        if not allows(self._client.role, "admin"):
            raise RefusedHere(f"KILL needs a user of role admin; '{self._client.user}' is of role {self._client.role}.")
        self._gateway.kill(connection_id, f"Killed by {self._client.user}@{self._client.host}")
        return Ok()

    def reset(self) -> None:
        """Forget an open batch and session values. The current database stays, as on MySQL and MariaDB."""
        self._drop()
        self._notes = ()
        self._values = NOTHING_SET

    def closed(self) -> None:
        """Forget an open batch."""
        self._gateway.tasks.answered(self._client.connection_id)
        self._drop()

    def _collect(self, text: Sent) -> Answer | Later:
        shown = text.head
        if len(shown) < _LONGEST_LOGGED and shown.strip().rstrip(";").lower() == _OWN_QUESTION:
            return answer_chatter(shown, self._facts()) or Ok()
        if is_start(shown) or (text.whole and opens_batch(shown)):
            self._drop()
            raise NestedStart("inception_magic_start inside a batch: the open batch is dropped, begin again.")
        self._add(text)
        return self._run_collected if is_commit(text.tail(), whole=text.whole) else Ok()

    def _add(self, text: Sent) -> None:
        self._take(text)
        self._collected.append(text)

    def _take(self, text: Sent) -> None:
        """Take memory for a part of the open batch; raises BatchTooLarge, and drops it, where there is not enough."""
        limit = self._gateway.settings.value("max_allowed_packet")
        kept = self._client.memory.take(text.size)
        self._size += text.size if kept else 0
        if not kept or self._size > limit:
            self._drop()
            if not kept:
                raise BatchTooLarge("All clients together keep too much (request_memory); the batch was dropped.")
            raise BatchTooLarge(
                f"The batch is larger than max_allowed_packet ({limit} bytes) and was dropped: send it in parts."
            )

    def _drop(self) -> None:
        self._client.memory.give_back(self._size)
        self._opening = None
        self._collected = []
        self._size = 0

    async def _run_collected(self, encode: Encode) -> Encoded:
        opening = [self._opening] if self._opening is not None else []
        packets = (*opening, *self._collected)
        self._opening = None
        try:
            return await self._run(packets, encode, collected=True)
        finally:
            self._drop()

    async def _run(self, packets: tuple[Sent, ...], encode: Encode, *, collected: bool = False) -> Encoded:
        inside, _ = find_comment(packets[0].head)
        options = read_options(inside)
        charset = self._client.charset.client.name
        request = Request(packets, options, charset, NOTHING_SET, collected, refusal=self._refusal())
        self._notes = ()
        who = Who(self._client.connection_id, self._client.user, self._client.host)
        ran = await self._gateway.submit(who, request, self._values, encode)
        self._notes = notes_of(ran.findings)
        return ran.answer

    def _refusal(self) -> str:
        if allows(self._client.role, "execute"):
            return ""
        return f"Nothing is executed: user '{self._client.user}' is of role {self._client.role} and may only audit."

    def _context(self, encode: Encode) -> commands.Context:
        client = self._client
        return commands.Context(
            self._gateway, client.connection_id, client.user, client.host, self._values, self._keep, encode, client.role
        )

    def _facts(self) -> ClientFacts:
        values = self._gateway.settings.snapshot()
        own = {name: values[name] for name in ("max_allowed_packet", "max_connections", "wait_timeout")}
        return ClientFacts(self._client, self._database, own, self._notes)

    def _keep(self, values: SessionValues) -> None:
        self._values = values

    def _log(self, text: str) -> None:
        if self._gateway.settings.value("general_log"):
            shown = mask_passwords(text[: 4 * _LONGEST_LOGGED])[:_LONGEST_LOGGED]
            log.info("%d %s@%s %s", self._client.connection_id, self._client.user, self._client.host, shown)


async def _traced(trace: str, later: Later, encode: Encode) -> Answer | Encoded:
    """Make an answer in a task of its own, whose lines in the log belong to the request, too."""
    resume_trace(trace)
    return await later(encode)


def _bare(name: str) -> str:
    return name[1:-1].replace("``", "`") if name[0] == "`" else name
