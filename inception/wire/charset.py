"""Collations of clients by the numbers of the protocol, and the character sets that one client uses."""

from inception.charset import CHARSETS, UTF8MB4, Charset
from inception.wire.codecs import Collation


def charset_of_collation(collation_id: int) -> Charset:
    """Return the character set of the collation that a client names at login; utf8mb4 for one we do not know."""
    try:
        name = str(Collation(collation_id).charset.name)
    except (ValueError, KeyError):
        return UTF8MB4
    return CHARSETS.get("utf8mb3" if name == "utf8" else name, UTF8MB4)


def shown_collation(collation_id: int) -> str:
    """Return the name of a collation as MySQL 8 has it: utf8mb3_…, not utf8_…."""
    name = str(Collation(collation_id).name)
    return name.replace("utf8_", "utf8mb3_", 1) if name.startswith("utf8_") else name


class ClientCharset:
    """The character sets that one client uses now: `client` for what it sends, `results` for what it is answered."""

    def __init__(self, initial: Charset) -> None:
        self._initial = initial
        self.client = initial
        self.results = initial

    @property
    def initial(self) -> Charset:
        """What the client named at login."""
        return self._initial

    def reset(self) -> None:
        """Go back to the character set of the login."""
        self.client = self.results = self._initial
