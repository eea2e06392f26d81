"""The arithmetic of caching_sha2_password: stored hashes, proofs, encrypted passwords. No packets, no users.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
The stored form is SHA-crypt with a salt of 20 bytes and rounds counted in thousands:
https://www.akkadia.org/drepper/SHA-crypt.txt
"""

import hashlib
import hmac
import secrets
from itertools import cycle
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from inception.settings.accounts import SHA2_FORM

SHA2_PLUGIN = "caching_sha2_password"
DIGEST_LENGTH = 32
LONGEST_PASSWORD = 256  # bytes, as in MySQL: each round of SHA-crypt reads the password twice
_SALT_LENGTH = 20
_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROUNDS = 5  # thousands, MySQL's default
_OAEP = OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  what the protocol prescribes


class StoredHash(NamedTuple):
    """What `password_sha2` of a user holds. `rounds` are in thousands."""

    rounds: int
    salt: bytes
    digest: str

    @classmethod
    def parse(cls, text: str) -> "StoredHash | None":
        """Read `$A$005$…` as MySQL's mysql.user has it; None for anything else."""
        found = SHA2_FORM.fullmatch(text)
        return cls(int(found[1], 16), found[2].encode(), found[3]) if found else None

    def matches(self, password: bytes) -> bool:
        """Tell whether it is the hash of a password. Takes some 10 ms."""
        if len(password) > LONGEST_PASSWORD:
            return False
        return hmac.compare_digest(_sha_crypt(password, self.salt, self.rounds * 1000), self.digest)


def hash_sha2(password: str) -> str:
    """Return the stored form of a password, as CREATE USER … IDENTIFIED WITH caching_sha2_password makes it."""
    salt = "".join(secrets.choice(_ALPHABET) for _ in range(_SALT_LENGTH))
    return f"$A${_ROUNDS:03X}${salt}{_sha_crypt(password.encode(), salt.encode(), _ROUNDS * 1000)}"


def fast_digest(password: bytes) -> bytes:
    """Return what is kept of a password that was proven once: SHA256(SHA256(password))."""
    return _sha256(_sha256(password))


def proves_sha2(digest: bytes, scramble: bytes, response: bytes) -> bool:
    """Tell whether a response to `scramble` proves knowledge of the password that `fast_digest` made `digest` of."""
    padded = response.ljust(DIGEST_LENGTH, b"\0")[:DIGEST_LENGTH]
    once = _xor(padded, _sha256(digest + scramble))
    return hmac.compare_digest(_sha256(once), digest) and len(response) == DIGEST_LENGTH


def public_key(key: RSAPrivateKey) -> bytes:
    """Return the public half of a key as PEM."""
    pem = serialization.Encoding.PEM
    return key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)


def decrypt_password(key: RSAPrivateKey, scramble: bytes, encrypted: bytes) -> bytes:
    """Return the password that a client encrypted for us; b"" for bytes that are no such thing."""
    try:
        masked = key.decrypt(encrypted, _OAEP)
    except ValueError:
        return b""
    return bytes(a ^ b for a, b in zip(masked, cycle(scramble), strict=False)).removesuffix(b"\0")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha_crypt(password: bytes, salt: bytes, rounds: int) -> str:
    inner = _sha256(password + salt + password)
    start = password + salt + _stretched(inner, len(password))
    length = len(password)
    while length:
        start += inner if length & 1 else password
        length >>= 1
    current = _sha256(start)
    p = _stretched(_sha256(password * len(password)), len(password))
    s = _stretched(_sha256(salt * (16 + current[0])), len(salt))
    for number in range(rounds):
        odd = number & 1
        data = (p if odd else current) + (s if number % 3 else b"") + (p if number % 7 else b"")
        current = _sha256(data + (current if odd else p))
    return _printed(current)


def _stretched(digest: bytes, length: int) -> bytes:
    return (digest * (length // len(digest) + 1))[:length]


def _printed(digest: bytes) -> str:
    """Return a digest in the base 64 and the byte order of SHA-crypt."""
    text, a, b, c = "", 0, 10, 20
    for _ in range(10):
        text += _base64(digest[a] << 16 | digest[b] << 8 | digest[c], 4)
        a, b, c = c + 1, a + 1, b + 1
    return text + _base64(digest[31] << 8 | digest[30], 3)


def _base64(value: int, length: int) -> str:
    return "".join(_ALPHABET[value >> 6 * place & 63] for place in range(length))
