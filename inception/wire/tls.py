"""TLS of one connection as bytes in and bytes out, and what a server needs for it. No sockets, no files.

Not asyncio's start_tls: it loses what a client sends between its SSLRequest and our switch to TLS.
"""

import contextlib
import ssl
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Security:
    """What secures logins: `context` for TLS (None: not offered), `password_key` for passwords sent without TLS.

    `require_secure_transport`: only clients that came by TLS or a unix socket may log in.
    """

    context: ssl.SSLContext | None = None
    password_key: RSAPrivateKey | None = None
    require_secure_transport: bool = False


class TlsLayer:
    """The server's end of TLS on one connection. Every method raises ssl.SSLError where the client breaks it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._established = False

    def decrypt(self, data: bytes) -> bytes:
        """Take what arrived and return what it says; b"" while the handshake is under way."""
        self._incoming.write(data)
        plain = bytearray()
        try:
            if not self._established:
                self._tls.do_handshake()
                self._established = True
            while chunk := self._tls.read(_CHUNK):
                plain += chunk
        except ssl.SSLWantReadError:
            pass
        return bytes(plain)

    def encrypt(self, data: bytes | bytearray) -> bytes:
        """Return what to send for data of ours. The handshake must be over."""
        if data:
            self._tls.write(data)
        return self.to_send()

    def to_send(self) -> bytes:
        """Return what TLS itself has to send: its part of the handshake, alerts."""
        return self._outgoing.read()

    def farewell(self) -> bytes:
        """Return what ends TLS properly, so that the client knows that nothing was cut off."""
        with contextlib.suppress(ssl.SSLError, ValueError):  # the client need not answer
            self._tls.unwrap()
        return self.to_send()
