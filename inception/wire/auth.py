"""Who may log in, and the exchange that proves it, for both password plugins. No sockets, no layout of packets.

The exchange is MySQL's: a client answers the challenge of the greeting with the plugin it likes; where that is not the
one its user has, it is asked to switch. caching_sha2_password is fast for a password that was proven here before, else
the client gives the password itself: inside TLS or a unix socket as it is, elsewhere encrypted with our public key.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from inception.settings.accounts import User
from inception.wire.native import DIGEST_LENGTH as NATIVE_LENGTH
from inception.wire.native import NATIVE_PLUGIN, hash_native, native_digest, proves_native
from inception.wire.sha2 import (
    SHA2_PLUGIN,
    StoredHash,
    decrypt_password,
    fast_digest,
    hash_sha2,
    proves_sha2,
    public_key,
)

SCRAMBLE_LENGTH = 20
_FAST_DONE, _GIVE_PASSWORD = b"\x03", b"\x04"
_ASK_FOR_KEY = b"\x02"
_NO_PASSWORD = (b"", b"\0")  # how clients say that they have none

# MySQL's own choice: no NUL, which ends the scramble for some clients, and no '$', which separates in stored hashes.
_SCRAMBLE_BYTES = bytes(byte for byte in range(1, 128) if byte != ord("$"))


def new_scramble() -> bytes:
    """Return a fresh challenge of 20 bytes."""
    return bytes(secrets.choice(_SCRAMBLE_BYTES) for _ in range(SCRAMBLE_LENGTH))


class Dialogue(Protocol):
    """One client that is logging in. `secure`: nobody else reads what it sends."""

    @property
    def secure(self) -> bool:
        """Whether it came by TLS or a unix socket."""

    async def tell(self, data: bytes) -> None:
        """Send data of the plugin."""

    async def ask(self, data: bytes) -> bytes:
        """Send data of the plugin and return the client's reply."""

    async def switch(self, plugin: str, scramble: bytes) -> bytes:
        """Ask for an answer to a new challenge by another plugin and return it."""


@dataclass(frozen=True)
class Claim:
    """What a client says at first: its user, and its plugin's response to `scramble`; plugin None: ask for both."""

    user: str
    plugin: str | None
    scramble: bytes
    response: bytes


class Accounts:
    """Users and the stored hashes of their passwords. Without any user every login is accepted, as an admin's."""

    def __init__(self, users: Mapping[str, User], password_key: RSAPrivateKey | None = None) -> None:
        self._users = users
        self._key = password_key
        self._proven: dict[str, bytes] = {}  # user: fast_digest of the password
        # Unknown users are treated like this one: neither the packets nor the time taken tell them apart.
        self._nobody = User("", hash_native(secrets.token_hex()), "", hash_sha2(secrets.token_hex()))
        self._hashing = asyncio.Lock()  # full proofs are work: one at a time, off the loop

    async def role(self, claim: Claim, dialogue: Dialogue) -> str | None:
        """Return the role of a user who proves to be it; None for anybody else."""
        if not self._users:
            if claim.plugin == SHA2_PLUGIN and claim.response not in _NO_PASSWORD:
                await dialogue.tell(_FAST_DONE)
            return "admin"
        found = self._users.get(claim.user)
        user = found or self._nobody
        claim = await self._with_own_plugin(claim, user, dialogue)
        proves = self._native if claim.plugin == NATIVE_PLUGIN else self._sha2
        proven = await proves(claim, user, dialogue)
        return found.role if proven and found is not None else None

    async def _with_own_plugin(self, claim: Claim, user: User, dialogue: Dialogue) -> Claim:
        plugin = _plugin(claim.plugin, user, dialogue.secure)
        if plugin == claim.plugin:
            return claim
        scramble = new_scramble()
        return Claim(claim.user, plugin, scramble, await dialogue.switch(plugin, scramble))

    async def _native(self, claim: Claim, user: User, _: Dialogue) -> bool:
        stored = bytes.fromhex(user.password_hash[1:]) if user.password_hash else secrets.token_bytes(NATIVE_LENGTH)
        return proves_native(stored, claim.scramble, claim.response)

    async def _sha2(self, claim: Claim, user: User, dialogue: Dialogue) -> bool:
        if claim.response in _NO_PASSWORD:
            return False
        digest = self._proven.get(user.name)
        if digest is not None and proves_sha2(digest, claim.scramble, claim.response):
            await dialogue.tell(_FAST_DONE)
            return True
        password = await self._given_password(claim.scramble, dialogue)
        async with self._hashing:
            right = await asyncio.to_thread(_is_password, user, password)
        if right:
            self._proven[user.name] = fast_digest(password)
        return right

    async def _given_password(self, scramble: bytes, dialogue: Dialogue) -> bytes:
        reply = await dialogue.ask(_GIVE_PASSWORD)
        if dialogue.secure:
            return reply.removesuffix(b"\0")
        if self._key is None:
            return b""
        if reply == _ASK_FOR_KEY:
            reply = await dialogue.ask(public_key(self._key))
        return decrypt_password(self._key, scramble, reply)


def _plugin(wanted: str | None, user: User, secure: bool) -> str:
    """Return the plugin to prove a user with: what the client wants, where the user has a hash for it.

    A password that is given in full inside TLS can be checked against either hash: MySQL 9 clients know no other way.
    """
    if not user.password_sha2:
        return SHA2_PLUGIN if wanted == SHA2_PLUGIN and secure else NATIVE_PLUGIN
    return NATIVE_PLUGIN if wanted == NATIVE_PLUGIN and user.password_hash else SHA2_PLUGIN


def _is_password(user: User, password: bytes) -> bool:
    if not password:
        return False
    stored = StoredHash.parse(user.password_sha2)
    if stored is not None:
        return stored.matches(password)
    return bool(user.password_hash) and secrets.compare_digest(
        native_digest(password), bytes.fromhex(user.password_hash[1:])
    )
