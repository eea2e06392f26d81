"""What a MySQL server is to us, as values: where it is, its version, what it said of a statement. No I/O."""

import re
from dataclasses import dataclass, field

from inception.errors import InceptionError


@dataclass(frozen=True)
class Tls:
    """How to secure a connection. `mode`: off, preferred, required, verify_ca or verify_identity; paths may be ''."""

    mode: str = "preferred"
    ca: str = ""
    cert: str = ""
    key: str = ""


@dataclass(frozen=True)
class Address:
    """Where a server is and the account to use there."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ServerVersion:
    """A server's flavour and version number, as (10, 11, 19)."""

    mariadb: bool
    number: tuple[int, int, int]

    @classmethod
    def parse(cls, text: str) -> "ServerVersion":
        """Read the version string of a handshake or of @@version; MariaDB's replication prefix 5.5.5- is dropped."""
        numbers = re.match(r"(?:5\.5\.5-(?=\d))?(\d+)\.(\d+)(?:\.(\d+))?", text)
        if numbers is None:
            raise InceptionError(f"The server calls itself '{text}', which is no version we understand.")
        major, minor, patch = (int(part or 0) for part in numbers.groups())
        return cls("mariadb" in text.lower(), (major, minor, patch))

    def __str__(self) -> str:
        return ("MariaDB " if self.mariadb else "MySQL ") + ".".join(map(str, self.number))


@dataclass(frozen=True)
class ServerWarning:
    """One row of SHOW WARNINGS. `level` is Note, Warning or Error."""

    level: str
    code: int
    message: str


@dataclass(frozen=True)
class Outcome:
    """What a statement did. `insert_id` is the first AUTO_INCREMENT value it made, 0 for none."""

    affected_rows: int
    warnings: tuple[ServerWarning, ...] = ()
    insert_id: int = 0


def text_of(cell: str | bytes | None) -> str:
    """Return a cell of a server's answer as text, '' for NULL. Bytes that are no UTF-8 can be told again from it."""
    return cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else cell or ""
