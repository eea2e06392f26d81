"""What stands between the protocol and the program: who the client is, and what answers it."""

from dataclasses import dataclass, field
from typing import Protocol

from inception.answer import Answer
from inception.wire.charset import ClientCharset


@dataclass(frozen=True)
class Client:
    """One logged in client. `database` is the one it named at login; `charset` changes as it asks."""

    connection_id: int
    user: str
    host: str
    database: str | None
    charset: ClientCharset = field(compare=False)


class Handler(Protocol):
    """What answers one client; its methods are called one after another, never at the same time.

    Whatever is raised becomes an ERR packet: an InceptionError with its own code, anything else as error 1105. When
    the client leaves or the server stops, the running call is cancelled (asyncio.CancelledError).
    """

    async def query(self, text: str) -> Answer:
        """Answer the text of one COM_QUERY; bytes that are no text in the client's character set are surrogates."""

    async def use(self, database: str) -> Answer:
        """Answer COM_INIT_DB."""

    async def kill(self, connection_id: int) -> Answer:
        """Answer COM_PROCESS_KILL; ServerError 1094 where there is no such connection."""

    def reset(self) -> None:
        """Forget the state of the session: COM_RESET_CONNECTION. The character set is reset already."""

    def closed(self) -> None:
        """Take note that the client is gone. The last call, made once, after a running call has ended."""
