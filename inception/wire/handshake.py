"""The packets of login and of COM_CHANGE_USER: greeting out, response in. No I/O, no passwords checked.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
"""

from dataclasses import dataclass, field

from inception.charset import Charset
from inception.wire.charset import charset_of_collation
from inception.wire.codecs import (
    Capabilities,
    CharacterSet,
    ServerStatus,
    make_auth_switch_request,
    make_handshake_v10,
)
from inception.wire.fields import Fields
from inception.wire.framing import FatalError
from inception.wire.native import NATIVE_PLUGIN
from inception.wire.sha2 import SHA2_PLUGIN

# What this server can do; TLS comes on top where it has a certificate. Not offered: compression, LOCAL INFILE, session
# tracking, query attributes.
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


_SSL_REQUEST_LENGTH = 32


@dataclass(frozen=True)
class LoginRequest:
    """What a client wants to be logged in as. `plugin` is whose response `auth_response` is, None if it is nobody's."""

    capabilities: int
    charset: Charset
    user: str
    auth_response: bytes = field(repr=False)
    database: str | None
    plugin: str | None


def greeting(version: str, connection_id: int, scramble: bytes, *, tls: bool) -> bytes:
    """Return the first packet of a connection; `tls`: offer it."""
    packet: bytes = make_handshake_v10(
        capabilities=CAPABILITIES | (Capabilities.CLIENT_SSL if tls else 0),
        server_charset=CharacterSet.utf8mb4,
        server_version=version,
        connection_id=connection_id & 0xFFFFFFFF,
        auth_data=scramble + b"\0",
        status_flags=ServerStatus.SERVER_STATUS_AUTOCOMMIT,
        auth_plugin_name=SHA2_PLUGIN,
    )
    return packet


def switch_request(plugin: str, scramble: bytes) -> bytes:
    """Return the request to answer `scramble` by a plugin, whatever the client started with."""
    packet: bytes = make_auth_switch_request(CharacterSet.utf8mb4, plugin, scramble + b"\0")
    return packet


def more_data(data: bytes) -> bytes:
    """Return the packet that carries data of the plugin."""
    return b"\x01" + data


def is_ssl_request(packet: bytes | bytearray) -> bool:
    """Tell whether a client's first packet asks for TLS: the head of a login, without the user."""
    return len(packet) == _SSL_REQUEST_LENGTH and bool(packet[1] & Capabilities.CLIENT_SSL >> 8)


def parse_login(packet: bytes | bytearray) -> LoginRequest:
    """Read a HandshakeResponse41.

    Raises FatalError 1043 for anything else: an older protocol, garbage.
    """
    fields = Fields(packet, bad_handshake)
    capabilities = fields.uint(4)
    if not capabilities & Capabilities.CLIENT_PROTOCOL_41:
        raise bad_handshake()
    fields.uint(4)  # the client's own packet limit
    charset = charset_of_collation(fields.uint(1))
    fields.take(23)
    user = charset.decode(fields.until_null())
    response = _auth_response(fields, capabilities)
    with_database = capabilities & Capabilities.CLIENT_CONNECT_WITH_DB and fields.left
    database = charset.decode(fields.until_null()) if with_database else ""
    with_plugin = capabilities & Capabilities.CLIENT_PLUGIN_AUTH and fields.left
    plugin = charset.decode(fields.until_null()) if with_plugin else NATIVE_PLUGIN
    return LoginRequest(capabilities, charset, user, response, database or None, plugin)


def _auth_response(fields: Fields, capabilities: int) -> bytes:
    if capabilities & Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA:
        return fields.text()
    if capabilities & Capabilities.CLIENT_SECURE_CONNECTION:
        return fields.take(fields.uint(1))
    return fields.until_null()


def parse_change_user(packet: bytes | bytearray, capabilities: int, charset: Charset) -> LoginRequest:
    """Read the payload of COM_CHANGE_USER from a client with these capabilities and this character set.

    Its response is not read: it answers the challenge of the greeting again. Raises FatalError 1043 for garbage.
    """
    fields = Fields(packet, bad_handshake)
    user = charset.decode(fields.until_null())
    if capabilities & Capabilities.CLIENT_SECURE_CONNECTION:
        fields.take(fields.uint(1))
    else:
        fields.until_null()
    database = charset.decode(fields.until_null()) if fields.left else ""
    if fields.left >= 2:
        charset = charset_of_collation(fields.uint(2))
    return LoginRequest(capabilities, charset, user, b"", database or None, None)


def bad_handshake() -> FatalError:
    """Return the error that ends a login that cannot be understood."""
    return FatalError(1043, "Bad handshake", "08S01")
