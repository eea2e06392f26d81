"""One client: batch or command → answer. Also collects a batch that comes statement by statement."""

import logging
import re

from inception import commands
from inception.answer import Answer, Ok
from inception.batch.options import find_comment, mask_passwords, read_options
from inception.batch.split import NOT_STARTED, is_commit, is_start, looks_like_batch, opens_batch
from inception.errors import BatchTooLarge, NestedStart, NotABatch
from inception.gateway import Gateway
from inception.pipeline import Request
from inception.settings import NOTHING_SET, SessionValues
from inception.sql import quote_name
from inception.wire.facts import LoginFacts
from inception.wire.handler import Client
from inception.wire.login import answer_login

log = logging.getLogger("inception.request")
_LONGEST_LOGGED = 4096
_OWN_QUESTION = "select database()"  # the mysql client asks it by itself around `use`
_KILL = re.compile(r"\s*+kill\s++(?:(?:hard|soft)\s++)?(?:query\s++|connection\s++)?(\d{1,18})\s*+;?\s*+", re.I)


class Session:
    """The handler of one client."""

    def __init__(self, client: Client, gateway: Gateway) -> None:
        self._client = client
        self._gateway = gateway
        self._database = client.database
        self._values: SessionValues = NOTHING_SET
        self._opening: str | None = None
        self._collected: list[str] = []

    async def query(self, text: str) -> Answer:
        """Answer one COM_QUERY."""
        self._log(text)
        if self._opening is not None:
            return await self._collect(text)
        if opens_batch(text):
            self._opening = text
            return Ok()
        if looks_like_batch(text):
            return await self._run(text, None)
        killing = _KILL.fullmatch(text)
        if killing is not None:
            return await self.kill(int(killing.group(1)))
        command = commands.find(text)
        if command is not None:
            return await command(self._context())
        answer = answer_login(text, self._facts())
        if answer is None:
            raise NotABatch(NOT_STARTED)
        return answer

    async def use(self, database: str) -> Answer:
        """Answer COM_INIT_DB: inside an open batch it is a statement of it."""
        if self._opening is not None:
            return await self._collect(f"use {quote_name(database)}")
        self._database = database
        return Ok()

    async def kill(self, connection_id: int) -> Answer:
        """Stop the request that runs under this id."""
        self._gateway.kill(connection_id, f"Killed by {self._client.user}@{self._client.host}")
        return Ok()

    def reset(self) -> None:
        """Forget an open batch and session values."""
        self._drop()
        self._values = NOTHING_SET
        self._database = self._client.database

    def closed(self) -> None:
        """Forget an open batch."""
        self._drop()

    async def _collect(self, text: str) -> Answer:
        if text.strip().rstrip(";").lower() == _OWN_QUESTION:
            return answer_login(text, self._facts()) or Ok()
        if is_start(text) or opens_batch(text):
            self._drop()
            raise NestedStart("inception_magic_start inside a batch: the open batch is dropped, begin again.")
        self._check_size(text)
        self._collected.append(text)
        if not is_commit(text):
            return Ok()
        opening, parts = self._opening or "", tuple(self._collected)
        self._drop()
        return await self._run(opening, parts)

    def _check_size(self, text: str) -> None:
        limit = self._gateway.settings.value("max_allowed_packet")
        if sum(map(len, self._collected)) + len(text) > limit:
            self._drop()
            raise BatchTooLarge(
                f"The batch is larger than max_allowed_packet ({limit} bytes) and was dropped: send it in parts."
            )

    def _drop(self) -> None:
        self._opening = None
        self._collected = []

    async def _run(self, text: str, parts: tuple[str, ...] | None) -> Answer:
        inside, _ = find_comment(text)
        options = read_options(inside)
        request = Request(text, options, self._client.charset.client.name, {}, parts)
        return await self._gateway.submit(self._client.connection_id, self._client.host, request, self._values)

    def _context(self) -> commands.Context:
        client = self._client
        return commands.Context(self._gateway, client.connection_id, client.user, client.host, self._values, self._keep)

    def _facts(self) -> LoginFacts:
        values = self._gateway.settings.snapshot()
        own = {name: values[name] for name in ("max_allowed_packet", "max_connections", "wait_timeout")}
        return LoginFacts(self._client, self._database, own)

    def _keep(self, values: SessionValues) -> None:
        self._values = values

    def _log(self, text: str) -> None:
        if self._gateway.settings.value("general_log"):
            shown = mask_passwords(text[: 4 * _LONGEST_LOGGED])[:_LONGEST_LOGGED]
            log.info("%d %s@%s %s", self._client.connection_id, self._client.user, self._client.host, shown)
