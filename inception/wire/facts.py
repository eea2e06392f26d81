"""What clients may ask at login: session functions and system variables. Values only, no SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from inception import __version__
from inception.answer import Value
from inception.errors import ServerError
from inception.wire.charset import shown_collation
from inception.wire.handler import Client, Note

# Drivers read the MySQL version they should behave for out of it.
SERVER_VERSION = f"8.0.36-inception-{__version__}"
VERSION_COMMENT = "Inception: audits and executes batches of SQL"

# What drivers of the common languages ask for when they connect; values as a MySQL 8.0 of default settings has them.
_VARIABLES: Mapping[str, Value] = {
    "auto_increment_increment": 1,
    "auto_increment_offset": 1,
    "autocommit": 1,
    "character_set_filesystem": "binary",
    "character_set_system": "utf8mb3",
    "default_storage_engine": "InnoDB",
    "have_openssl": "YES",
    "have_ssl": "YES",
    "identity": 0,
    "in_transaction": 0,
    "init_connect": "",
    "interactive_timeout": 28800,
    "last_insert_id": 0,
    "license": "MIT",
    "lower_case_file_system": "OFF",
    "lower_case_table_names": 0,
    "max_allowed_packet": 64 << 20,
    "max_connections": 1000,
    "net_buffer_length": 16384,
    "net_read_timeout": 30,
    "net_write_timeout": 60,
    "performance_schema": 0,
    "profiling": 0,
    "protocol_version": 10,
    "query_cache_size": 0,
    "query_cache_type": "OFF",
    "read_only": 0,
    "server_id": 0,
    "sql_auto_is_null": 0,
    "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
    "sql_safe_updates": 0,
    "super_read_only": 0,
    "system_time_zone": "UTC",
    "time_zone": "SYSTEM",
    "transaction_isolation": "REPEATABLE-READ",
    "transaction_read_only": 0,
    "tx_isolation": "REPEATABLE-READ",
    "tx_read_only": 0,
    "version": SERVER_VERSION,
    "version_comment": VERSION_COMMENT,
    "version_compile_machine": "",
    "version_compile_os": "Linux",
    "wait_timeout": 28800,
}
_SERVER_CHARSET = {"character_set_server": "utf8mb4", "character_set_database": "utf8mb4"}
_SERVER_COLLATION = "utf8mb4_general_ci"


@dataclass(frozen=True)
class ClientFacts:
    """What is true of one client now. `variables` are this server's own values, over those MySQL has by default.

    `notes` are what SHOW WARNINGS tells.
    """

    client: Client
    database: str | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)
    notes: Sequence[Note] = ()

    def all_variables(self) -> dict[str, Value]:
        """Return every variable there is, by name in lower case, sorted."""
        charset = self.client.charset
        of_session: dict[str, Value] = {
            **_SERVER_CHARSET,
            "character_set_client": charset.client.name,
            "character_set_connection": charset.client.name,
            "character_set_results": charset.results.name,
            "collation_connection": shown_collation(charset.client.collation_id),
            "collation_database": _SERVER_COLLATION,
            "collation_server": _SERVER_COLLATION,
            "error_count": sum(note.level == "Error" for note in self.notes),
            "pseudo_thread_id": self.client.connection_id,
            "warning_count": len(self.notes),
        }
        return dict(sorted({**_VARIABLES, **of_session, **self.variables}.items()))

    def variable(self, name: str) -> Value:
        """Return a variable's value; raises ServerError 1193 for one there is not."""
        variables = self.all_variables()
        if name.lower() not in variables:
            raise ServerError(1193, f"Unknown system variable '{name}'")
        return variables[name.lower()]

    def has_function(self, name: str) -> bool:
        """Tell whether `function` knows a function."""
        return name.lower() in _FUNCTIONS

    def function(self, name: str) -> Value:
        """Return the value of a function without arguments that `has_function` knows."""
        return _FUNCTIONS[name.lower()](self)


def _account(facts: ClientFacts) -> Value:
    return f"{facts.client.user}@{facts.client.host}"


_FUNCTIONS: Mapping[str, Callable[[ClientFacts], Value]] = {
    "database": lambda facts: facts.database,
    "schema": lambda facts: facts.database,
    "user": _account,
    "current_user": _account,
    "session_user": _account,
    "system_user": _account,
    "version": lambda facts: facts.variable("version"),
    "connection_id": lambda facts: facts.client.connection_id,
    "last_insert_id": lambda _: 0,
}
