"""What stands between the protocol and the program: who the client is, and what answers it."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from inception.answer import Answer, Encode, Encoded
from inception.sent import Sent
from inception.wire.charset import ClientCharset
from inception.wire.limits import Budget


@dataclass(frozen=True)
class Client:
    """One logged in client. `database` is the one it named at login; `charset` changes as it asks.

    `role` is what its user may do: audit, execute or admin. What is kept of it from one request to the next is to be
    taken of `memory`.
    """

    connection_id: int
    user: str
    host: str
    database: str | None
    charset: ClientCharset = field(compare=False)
    role: str = "admin"
    memory: Budget = field(default_factory=lambda: Budget(lambda: sys.maxsize), compare=False, repr=False)


class Note(NamedTuple):
    """One row of SHOW WARNINGS. `level` is Note, Warning or Error."""

    level: str
    code: int
    message: str


# What makes an answer that has to be waited for, told how a table would have to be encoded. Not begun: where the client
# leaves before that it is dropped.
Later = Callable[[Encode], Awaitable[Answer | Encoded]]


class Handler(Protocol):
    """What answers one client, one call after another: the next one comes when the answer of the last is sent.

    Whatever is raised becomes an ERR packet: an InceptionError with its own code, anything else as error 1105. When
    the client leaves or the server stops, an answer that is waited for is cancelled (asyncio.CancelledError).
    """

    def statements(self, text: Sent) -> Sequence[Sent]:
        """Cut the text of one COM_QUERY into what `query` answers one by one. Only of clients that can read it so."""

    def query(self, text: Sent) -> Answer | Later:
        """Answer a text, at once only what its beginning tells all of. Bytes that are no text are surrogates in it."""

    def use(self, database: str) -> Answer:
        """Answer COM_INIT_DB."""

    def kill(self, connection_id: int) -> Answer:
        """Answer COM_PROCESS_KILL."""

    def reset(self) -> None:
        """Forget the state of the session: COM_RESET_CONNECTION. The character set is reset already."""

    def closed(self) -> None:
        """Take note that the client is gone. The last call, made once, after a running call has ended."""
