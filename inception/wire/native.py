"""The arithmetic of mysql_native_password: stored hashes, proofs. No packets, no users.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html
"""

import hashlib
import hmac

NATIVE_PLUGIN = "mysql_native_password"
DIGEST_LENGTH = 20


def hash_native(password: str) -> str:
    """Return the stored form of a password, as MySQL's PASSWORD() did: `*` and 40 upper case hex digits."""
    return "*" + native_digest(password.encode()).hex().upper()


def native_digest(password: bytes) -> bytes:
    """Return the bytes that the stored form shows: SHA1(SHA1(password))."""
    return _sha1(_sha1(password))


def proves_native(stored: bytes, scramble: bytes, response: bytes) -> bool:
    """Tell whether a response to `scramble` proves knowledge of the password behind a digest."""
    padded = response.ljust(DIGEST_LENGTH, b"\0")[:DIGEST_LENGTH]
    once = bytes(a ^ b for a, b in zip(padded, _sha1(scramble + stored), strict=True))
    return hmac.compare_digest(_sha1(once), stored) and len(response) == DIGEST_LENGTH


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
