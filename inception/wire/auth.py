"""Who may log in: mysql_native_password, and nothing about the packets that carry it.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

from inception.errors import ConfigError

NATIVE_PLUGIN = "mysql_native_password"
SCRAMBLE_LENGTH = 20

# MySQL's own choice: no NUL, which ends the scramble for some clients, and no '$', which separates in stored hashes.
_SCRAMBLE_BYTES = bytes(byte for byte in range(1, 128) if byte != ord("$"))


def new_scramble() -> bytes:
    """Return a fresh challenge of 20 bytes."""
    return bytes(secrets.choice(_SCRAMBLE_BYTES) for _ in range(SCRAMBLE_LENGTH))


def hash_password(password: str) -> str:
    """Return the stored form of a password, as MySQL's PASSWORD() did: `*` and 40 upper case hex digits."""
    return "*" + _sha1(_sha1(password.encode())).hex().upper()


class Accounts:
    """Users and the stored hashes of their passwords. Without any user every login is accepted."""

    def __init__(self, users: Mapping[str, str]) -> None:
        """Raise ConfigError for a hash that is none; the text does not show it."""
        self._hashes = {user: _stored(user, text) for user, text in users.items()}
        self._nobody = secrets.token_bytes(SCRAMBLE_LENGTH)

    def accept(self, user: str, scramble: bytes, response: bytes) -> bool:
        """Tell whether a response to `scramble` proves that the client knows the user's password.

        Takes the same time whether or not there is such a user.
        """
        if not self._hashes:
            return True
        stored = self._hashes.get(user)
        proven = _proves(stored or self._nobody, scramble, response)
        return proven and stored is not None


def _proves(stored: bytes, scramble: bytes, response: bytes) -> bool:
    padded = response.ljust(SCRAMBLE_LENGTH, b"\0")[:SCRAMBLE_LENGTH]
    mask = _sha1(scramble + stored)
    once = bytes(a ^ b for a, b in zip(padded, mask, strict=True))
    return hmac.compare_digest(_sha1(once), stored) and len(response) == SCRAMBLE_LENGTH


def _stored(user: str, text: str) -> bytes:
    if not re.fullmatch(r"\*[0-9A-Fa-f]{40}", text):
        raise ConfigError(f"The password hash of user '{user}' is not '*' and 40 hex digits, as PASSWORD() makes it.")
    return bytes.fromhex(text[1:])


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
