"""Every variable of the server itself: what it is called, what it may be, what it means. Those of rules are theirs."""

from inception.settings.variables import Kind, Scope, Secret, Value, Variable

_G, _S, _R = Scope.GLOBAL, Scope.SESSION, Scope.READ_ONLY
_MIB = 2**20
MOST_BATCH_ROWS = 1_000_000
"""What --batch-rows may be, which no variable gives."""


def _of(
    name: str,
    scope: Scope,
    kind: Kind,
    default: Value,
    text: str,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
) -> Variable:
    return Variable(name, scope, kind, default, low, high, (), text, unit)


def _choice(name: str, scope: Scope, default: str, text: str, *choices: str) -> Variable:
    return Variable(name, scope, Kind.CHOICE, default, None, None, choices, text)


_BOOL, _INT, _FLOAT, _TEXT, _PATH, _SECRET = Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.TEXT, Kind.PATH, Kind.SECRET
_OSC = "inception_osc_"

_SERVER = (
    _of("port", _R, _INT, 6669, "Where clients connect.", 1, 65535),
    _of("socket", _R, _PATH, "", "The unix socket where clients connect; empty: none."),
    _of("bind_address", _R, _TEXT, "127.0.0.1", "The address to listen on; * means all, which needs users."),
    _of("auto_commit", _G, _BOOL, False, "Accepted for clients that set it; has no effect."),
    _of("general_log", _G, _BOOL, True, "Log every request, passwords masked, texts cut at 4 KB."),
    _of("general_log_file", _G, _PATH, "stderr", "Where the log goes; reopened on SIGHUP."),
    _of("audit_log_file", _R, _PATH, "", "Where a line is written before and after each execution; empty: nowhere."),
    _choice("log_format", _R, "console", "How a line of the log looks: a text or a JSON object.", "console", "json"),
    _of("max_connections", _G, _INT, 1000, "Clients at a time; further ones get error 1040.", 1, 100_000),
    _of("max_allowed_packet", _G, Kind.BYTES, 64 * _MIB, "Larger requests get error 1153.", 1024, 1024 * _MIB),
    _of(
        "request_memory",
        _G,
        Kind.BYTES,
        1024 * _MIB,
        "What the requests of all clients may hold in memory together; at least max_allowed_packet.",
        _MIB,
    ),
    _of("wait_timeout", _G, _INT, 28800, "Clients that are idle for so long are closed.", 1, 31_536_000, unit="s"),
    _of("shutdown_grace", _G, _INT, 10, "How long running requests may go on after SIGTERM.", 0, 86400, unit="s"),
    _of("metrics_port", _R, _INT, 0, "Where /metrics, /healthz and /readyz are, by HTTP; 0: nowhere.", 0, 65535),
    _of("metrics_address", _R, _TEXT, "127.0.0.1", "The address of metrics_port; who reaches it needs no password."),
    _of("inception_max_running_per_target", _G, _INT, 0, "Batches that run at a time on one target; 0: any number.", 0),
    _of("inception_max_running_per_user", _G, _INT, 0, "Batches that run at a time for one user; 0: any number.", 0),
    _of("inception_max_waiting", _G, _INT, 1000, "Batches that may wait for their turn; 0: any number.", 0),
    _of("inception_workers", _R, _INT, 16, "Batches that run at a time; further ones wait their turn.", 1, 1000),
)
_TRANSPORT = (
    _of("state_directory", _R, _PATH, "", "Where the server keeps keys it made; empty: systemd's, or the user's own."),
    _of("tls_cert", _R, _PATH, "", "The certificate for clients that use TLS, PEM; empty: a self-signed one is made."),
    _of("tls_key", _R, _PATH, "", "The private key of tls_cert, PEM, not encrypted."),
    _of("tls_ca", _R, _PATH, "", "What certificates of clients are checked against, PEM; empty: not at all."),
    _of("tls_require_client_certificate", _R, _BOOL, False, "Only clients with a certificate of tls_ca may log in."),
    _of("require_secure_transport", _R, _BOOL, False, "Only clients that use TLS or the unix socket may log in."),
)
_ACCOUNTS = (
    _of("inception_remote_backup_host", _R, _TEXT, "", "The backup server's host; empty: there is none."),
    _of("inception_remote_backup_port", _R, _INT, 0, "The backup server's port.", 0, 65535),
    _of("inception_remote_system_user", _R, _TEXT, "", "The account on the backup server."),
    _of("inception_remote_system_password", _R, _SECRET, Secret(), "The password of the account on the backup server."),
    _of("inception_user", _R, _TEXT, "", "The account for batches that give none; such batches may only audit."),
    _of("inception_password", _R, _SECRET, Secret(), "The password of inception_user."),
)
_AUDIT = (
    _of("inception_read_only", _G, _BOOL, False, "Execute requests stop after the audit."),
    _of("inception_rule_directory", _R, _PATH, "", "Where your own rules are, a Python file each; empty: none."),
    _of(
        "inception_resume_kill",
        _G,
        _BOOL,
        False,
        "A statement that still runs on the target when its task is resumed is killed; OFF: it is waited for.",
    ),
    _of(
        "inception_assign_gtid",
        _G,
        _BOOL,
        False,
        "Send the statements of a task under GTIDs of our own (MySQL with GTIDs), so that the target itself refuses to "
        "run one twice; a source may say otherwise (assign_gtid).",
    ),
    _of("inception_enable_sql_statistic", _G, _BOOL, True, "Write inception.statistic on the backup server."),
    _of(
        "inception_explain_rate",
        _G,
        _INT,
        1000,
        "How many EXPLAINs a second a target is asked at most, by all batches together; 0: none, so no estimates.",
        0,
        100_000,
    ),
)
_ALTER = (
    _of(
        "inception_scratch_database",
        _G,
        _TEXT,
        "",
        "A database on the target where an audit may try an ALTER TABLE on an empty copy of the table, where it is not "
        "known how it will run; empty: an audit writes nothing on the target.",
    ),
    _of(
        "inception_assert_algorithm",
        _S,
        _BOOL,
        True,
        "Send an ALTER TABLE with the ALGORITHM and LOCK that are foreseen, so that the target refuses rather than do "
        "more than that.",
    ),
    _of(
        "inception_lock_wait_timeout",
        _S,
        _INT,
        5,
        "How long a definition change waits for a metadata lock before it gives way (lock_wait_timeout).",
        1,
        31_536_000,
        unit="s",
    ),
    _of("inception_lock_wait_retries", _S, _INT, 5, "How many times more it is tried, after random pauses.", 0, 1000),
    _choice(
        "inception_kill_blockers",
        _G,
        "off",
        "Whose connection is killed for it: nobody's, or of those that hold the lock and are idle in a transaction.",
        *("off", "idle"),
    ),
)
_CHUNKS = (
    _of(
        "inception_chunk_pause",
        _S,
        _INT,
        50,
        "Rest between two ranges of a row change that runs in ranges of a key (--batch-rows).",
        0,
        60_000,
        unit="ms",
    ),
    _of(
        "inception_chunk_max_lag",
        _S,
        _INT,
        3,
        "The next range waits while a replica is later than that; 0: replicas are not looked at.",
        0,
        86_400,
        unit="s",
    ),
    _of(
        "inception_chunk_max_threads_running",
        _S,
        _INT,
        80,
        "The next range waits while Threads_running of the target is above that; 0: it is not looked at.",
        0,
        100_000,
    ),
)
_UPKEEP = (
    _of(
        "inception_purge_days",
        _G,
        _INT,
        0,
        "Once a day rollback and ended tasks of this age are removed from the backup server; 0: never.",
        0,
        36500,
        unit="days",
    ),
)
_SCHEMA_CHANGE = (
    _of(_OSC + "on", _G, _BOOL, True, "Alter large tables by online schema change."),
    _of(_OSC + "bin_dir", _R, _PATH, "", "Where pt-online-schema-change is; empty: in PATH."),
    _of(
        _OSC + "min_table_size",
        _S,
        _INT,
        16,
        "A table of this size or more is altered by online schema change; 0: whenever it is of use.",
        0,
        unit="MB",
    ),
    _of(_OSC + "chunk_size", _S, _INT, 1000, "--chunk-size: rows to copy at a time.", 1),
    _of(_OSC + "chunk_size_limit", _S, _FLOAT, 4.0, "--chunk-size-limit: skip chunks so many times larger.", 0),
    _of(_OSC + "chunk_time", _S, _FLOAT, 1.0, "--chunk-time: how long copying a chunk should take.", 0, unit="s"),
    _of(_OSC + "check_interval", _S, _INT, 5, "--check-interval: pause between looks at the lag.", 0, unit="s"),
    _of(_OSC + "max_lag", _S, _INT, 3, "--max-lag: wait while a replica is later than that.", 0, unit="s"),
    _of(_OSC + "critical_thread_connected", _S, _INT, 1000, "--critical-load Threads_connected: give up above.", 1),
    _of(_OSC + "critical_thread_running", _S, _INT, 80, "--critical-load Threads_running: give up above.", 1),
    _of(_OSC + "max_thread_connected", _S, _INT, 1000, "--max-load Threads_connected: wait above.", 1),
    _of(_OSC + "max_thread_running", _S, _INT, 80, "--max-load Threads_running: wait above.", 1),
    _of(_OSC + "drop_new_table", _S, _BOOL, True, "--[no]drop-new-table: drop the new table if copying fails."),
    _of(_OSC + "drop_old_table", _S, _BOOL, True, "--[no]drop-old-table: drop the old table at the end."),
    _of(_OSC + "check_replication_filters", _S, _BOOL, True, "--[no]check-replication-filters: stop if there are any."),
    _of(_OSC + "check_alter", _S, _BOOL, True, "--[no]check-alter: look for dangerous changes first."),
    _choice(
        _OSC + "recursion_method",
        _S,
        "processlist",
        "--recursion-method: how to find replicas.",
        *("processlist", "hosts", "dsn=", "none"),
    ),
    _choice(
        _OSC + "alter_foreign_keys_method",
        _S,
        "none",
        "--alter-foreign-keys-method: how to keep foreign keys that refer to the table.",
        *("auto", "none", "rebuild_constraints", "drop_swap"),
    ),
    _of(_OSC + "print_sql", _G, _BOOL, True, "--print: show the tool's SQL."),
    _of(_OSC + "print_none", _G, _BOOL, True, "Show the tool's output only when it fails."),
)
CORE: tuple[Variable, ...] = _SERVER + _UPKEEP + _TRANSPORT + _ACCOUNTS + _AUDIT + _ALTER + _CHUNKS + _SCHEMA_CHANGE
