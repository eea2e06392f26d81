"""The packets of login and of COM_CHANGE_USER: greeting out, response in. No I/O, no passwords checked.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
"""

from dataclasses import dataclass, field

from inception.wire.auth import NATIVE_PLUGIN
from inception.wire.charset import Charset, charset_of_collation
from inception.wire.codecs import (
    Capabilities,
    CharacterSet,
    ServerStatus,
    make_auth_switch_request,
    make_handshake_v10,
)
from inception.wire.framing import FatalError

# What this server can do. Not offered: TLS, compression, LOCAL INFILE, session tracking, query attributes.
CAPABILITIES = (
    Capabilities.CLIENT_LONG_PASSWORD
    | Capabilities.CLIENT_FOUND_ROWS
    | Capabilities.CLIENT_LONG_FLAG
    | Capabilities.CLIENT_CONNECT_WITH_DB
    | Capabilities.CLIENT_ODBC
    | Capabilities.CLIENT_IGNORE_SPACE
    | Capabilities.CLIENT_PROTOCOL_41
    | Capabilities.CLIENT_INTERACTIVE
    | Capabilities.CLIENT_TRANSACTIONS
    | Capabilities.CLIENT_SECURE_CONNECTION
    | Capabilities.CLIENT_MULTI_STATEMENTS
    | Capabilities.CLIENT_MULTI_RESULTS
    | Capabilities.CLIENT_PS_MULTI_RESULTS
    | Capabilities.CLIENT_PLUGIN_AUTH
    | Capabilities.CLIENT_CONNECT_ATTRS
    | Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA
    | Capabilities.CLIENT_DEPRECATE_EOF
)


@dataclass(frozen=True)
class LoginRequest:
    """What a client wants to be logged in as. `plugin` None: it did not say, which means mysql_native_password."""

    capabilities: int
    charset: Charset
    user: str
    auth_response: bytes = field(repr=False)
    database: str | None
    plugin: str | None


def greeting(version: str, connection_id: int, scramble: bytes) -> bytes:
    """Return the first packet of a connection."""
    packet: bytes = make_handshake_v10(
        capabilities=CAPABILITIES,
        server_charset=CharacterSet.utf8mb4,
        server_version=version,
        connection_id=connection_id & 0xFFFFFFFF,
        auth_data=scramble + b"\0",
        status_flags=ServerStatus.SERVER_STATUS_AUTOCOMMIT,
        auth_plugin_name=NATIVE_PLUGIN,
    )
    return packet


def switch_to_native(scramble: bytes) -> bytes:
    """Return the request to answer `scramble` by mysql_native_password, whatever the client started with."""
    packet: bytes = make_auth_switch_request(CharacterSet.utf8mb4, NATIVE_PLUGIN, scramble + b"\0")
    return packet


def parse_login(packet: bytes | bytearray) -> LoginRequest:
    """Read a HandshakeResponse41.

    Raises FatalError 1043 for anything else: an older protocol, an SSLRequest (TLS is not offered), garbage.
    """
    fields = _Fields(packet)
    capabilities = fields.uint(4)
    if not capabilities & Capabilities.CLIENT_PROTOCOL_41 or capabilities & Capabilities.CLIENT_SSL:
        raise _bad_handshake()
    fields.uint(4)  # the client's own packet limit
    charset = charset_of_collation(fields.uint(1))
    fields.take(23)
    user = charset.decode(fields.until_null())
    response = _auth_response(fields, capabilities)
    with_database = capabilities & Capabilities.CLIENT_CONNECT_WITH_DB and fields.left
    database = charset.decode(fields.until_null()) if with_database else ""
    with_plugin = capabilities & Capabilities.CLIENT_PLUGIN_AUTH and fields.left
    plugin = charset.decode(fields.until_null()) if with_plugin else None
    return LoginRequest(capabilities, charset, user, response, database or None, plugin)


def _auth_response(fields: "_Fields", capabilities: int) -> bytes:
    if capabilities & Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA:
        return fields.take(fields.length())
    if capabilities & Capabilities.CLIENT_SECURE_CONNECTION:
        return fields.take(fields.uint(1))
    return fields.until_null()


def parse_change_user(packet: bytes | bytearray, capabilities: int, charset: Charset) -> LoginRequest:
    """Read the payload of COM_CHANGE_USER from a client with these capabilities and this character set.

    Its response is not read: the connection always sends a new challenge. Raises FatalError 1043 for garbage.
    """
    fields = _Fields(packet)
    user = charset.decode(fields.until_null())
    if capabilities & Capabilities.CLIENT_SECURE_CONNECTION:
        fields.take(fields.uint(1))
    else:
        fields.until_null()
    database = charset.decode(fields.until_null()) if fields.left else ""
    if fields.left >= 2:
        charset = charset_of_collation(fields.uint(2))
    return LoginRequest(capabilities, charset, user, b"", database or None, None)


def _bad_handshake() -> FatalError:
    return FatalError(1043, "Bad handshake", "08S01")


class _Fields:
    """Reads fields off a packet; every read past its end is a bad handshake."""

    def __init__(self, packet: bytes | bytearray) -> None:
        self._data = bytes(packet)
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, length: int) -> bytes:
        if length > self.left:
            raise _bad_handshake()
        self._at += length
        return self._data[self._at - length : self._at]

    def uint(self, length: int) -> int:
        return int.from_bytes(self.take(length), "little")

    def length(self) -> int:
        first = self.uint(1)
        if first < 0xFB:
            return first
        widths = {0xFC: 2, 0xFD: 3, 0xFE: 8}
        if first not in widths:
            raise _bad_handshake()
        return self.uint(widths[first])

    def until_null(self) -> bytes:
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise _bad_handshake()
        text = self.take(end - self._at)
        self._at += 1
        return text
