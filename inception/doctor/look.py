"""Asks a server what a diagnosis needs. Acts; writes nothing on the server."""

from contextlib import suppress
from dataclasses import replace

from inception.binlog.read import BinlogStream, Position, current_position
from inception.doctor.check import Facts
from inception.doctor.grants import Grants
from inception.errors import BinlogError, ServerError
from inception.mysql import Connection, connect
from inception.plan import session_settings
from inception.server import Address
from inception.sql import quote_text
from inception.world import Server

_TIMEOUT = 10.0  # seconds for an answer
_VARIABLES = (
    "log_bin", "server_id", "binlog_format", "binlog_row_image", "binlog_row_value_options",
    "binlog_transaction_compression", "log_bin_compress", "gtid_mode", "innodb_native_foreign_keys",
    "innodb_flush_log_at_trx_commit", "sync_binlog", "read_only", "super_read_only", "log_bin_trust_function_creators",
    "binlog_expire_logs_seconds", "expire_logs_days", "max_allowed_packet",
)  # fmt: skip


def look_at_target(address: Address) -> Facts:
    """Return what a target answers. Raises ServerError where it can't be reached or refuses the login."""
    facts, connection = _look(address)
    with connection:
        refused = dict(_refusals(connection, Server(facts.version, facts.variables)))
        if not facts.on("log_bin"):
            return replace(facts, refused=refused)
        return replace(facts, refused=refused, position=_position(connection), stream=_stream(address))


def look_at_backup_server(address: Address) -> Facts:
    """Return what a backup server answers. Raises ServerError where it can't be reached or refuses the login."""
    facts, connection = _look(address)
    connection.close()
    return facts


def _look(address: Address) -> tuple[Facts, Connection]:
    connection = connect(address, read_timeout=_TIMEOUT)
    try:
        user, _, host = str(connection.value("SELECT CURRENT_USER()")).rpartition("@")
        cipher = connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        facts = Facts(
            connection.version,
            f"{quote_text(user)}@{quote_text(host)}",
            connection.variables(*_VARIABLES),
            Grants.parse(_grants(connection)),
            encrypted=bool(cipher and cipher[0][1]),
        )
    except BaseException:
        connection.close()
        raise
    return facts, connection


def _grants(connection: Connection) -> list[str]:
    """Return the rows of SHOW GRANTS, with those of the active roles (MySQL has to be told their names)."""
    statement = "SHOW GRANTS"
    if not connection.version.mariadb:
        with suppress(ServerError):  # MySQL 5.7 has no roles
            if (roles := str(connection.value("SELECT CURRENT_ROLE()"))) != "NONE":
                statement += f" FOR CURRENT_USER() USING {roles}"
    return [str(row[0]) for row in connection.query(statement)]


def _refusals(connection: Connection, server: Server) -> list[tuple[str, str]]:
    """Try the session settings that an exact rollback needs; they end with the session."""
    refused = []
    for name, value in session_settings(server):
        try:
            connection.query(f"SET SESSION {name} = {quote_text(value)}")
        except ServerError as error:
            refused.append((name, error.message))
    return refused


def _position(connection: Connection) -> str:
    """Return why the end of the binary log can't be asked for, '' where it can."""
    try:
        current_position(connection)
    except (ServerError, BinlogError) as error:
        return error.message
    return ""


def _stream(address: Address) -> str:
    """Return why the binary log can't be read, '' where it can: from its first file, of which one packet is read."""
    try:
        BinlogStream(address, Position("", 4), timeout=_TIMEOUT).close()
    except (ServerError, BinlogError) as error:
        return error.message
    return ""
