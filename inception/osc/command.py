"""How pt-online-schema-change is called: a job, a target, the variables → arguments, option file, environment. Pure.

No shell reads any of it, and the password stands in the option file alone. Facts: the tool's manual and source of
versions 3.2.1 and 3.7.1, the option file of MariaDB Connector/C, which the tool's driver uses; each was tried.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inception.osc.job import Job
from inception.schema.model import TableName
from inception.server import Address, Tls
from inception.world import Server, Tool

PROGRAM = "pt-online-schema-change"
LOCK_WAIT = 5  # seconds that the tool waits for a metadata lock, with everybody else who uses the table behind it
_TRIES = 12  # how often it tries again, 5 s apart
_FLOW_CONTROL = 10  # percent of the time that a Galera cluster may pause for flow control
_LONGEST_ARGUMENT = 128 * 1024 - 4096  # MAX_ARG_STRLEN of Linux, and some room
_PASSED_ON = ("PATH", "PERL5LIB", "LD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True)
class Files:
    """Private files of one run: `options` has the account, the tool sleeps while `pause` exists."""

    options: str
    pause: str


def arguments(
    tool: Tool, job: Job, address: Address, server: Server, values: Mapping[str, Any], files: Files
) -> list[str]:
    """Return the tool's argument vector, itself included. `values` are the variables of the batch."""
    return [
        tool.path,
        "--config=/dev/null",  # must be the first; what the machine's files say is not our variables'
        "--execute", "--statistics", "--no-version-check", "--progress=time,1", "--charset=utf8mb4",
        *_variables(values),
        *(["--print"] if values["inception_osc_print_sql"] and _may_print(tool, job) else []),
        *_foreign_keys(job, values["inception_osc_alter_foreign_keys_method"]),
        f"--recursion-method={recursion_method(tool, server, values['inception_osc_recursion_method'])}",
        f"--set-vars={','.join(_session(server))}",
        f"--tries=create_triggers:{_TRIES}:5,drop_triggers:{_TRIES}:5,swap_tables:{_TRIES}:5",
        *([f"--max-flow-ctl={_FLOW_CONTROL}"] if is_galera(server) else []),
        f"--pause-file={files.pause}",
        f"--new-table-name={_new_name(job)}",
        f"--alter={job.alter}",
        ",".join(_source(job.table, address, files)),
    ]  # fmt: skip


def _variables(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield an option for each variable that is one of the tool's."""

    def value(name: str) -> Any:
        return values[f"inception_osc_{name}"]

    yield f"--chunk-size={value('chunk_size')}"
    yield f"--chunk-size-limit={value('chunk_size_limit'):g}"
    yield f"--chunk-time={value('chunk_time'):g}"
    yield f"--check-interval={value('check_interval')}"
    yield f"--max-lag={value('max_lag')}"
    for kind in ("critical", "max"):
        connected, running = value(f"{kind}_thread_connected"), value(f"{kind}_thread_running")
        yield f"--{kind}-load=Threads_connected={connected},Threads_running={running}"
    for name in ("drop_new_table", "drop_old_table", "check_replication_filters", "check_alter"):
        yield f"--{'' if value(name) else 'no-'}{name.replace('_', '-')}"


def _may_print(tool: Tool, job: Job) -> bool:
    """Versions before 3.7 die of printing a character beyond Latin-1."""
    return job.plain or tool.version >= (3, 7, 0)


def _foreign_keys(job: Job, method: str) -> list[str]:
    if method != "none":
        return [f"--alter-foreign-keys-method={method}"]
    return ["--alter-foreign-keys-method=none", "--force"] if job.referenced and job.force else []


def recursion_method(tool: Tool, server: Server, wanted: str) -> str:
    """Return the way of looking for replicas that comes nearest to what is wanted and that the tool can go.

    Before 3.7 it knows none of the words of MySQL 8.4, from 3.7 on not MariaDB's word for listing replicas.
    """
    if wanted == "none" or not replicas_are_seen(tool, server):
        return "none"
    return "processlist" if wanted == "hosts" and server.version.mariadb and tool.version >= (3, 7, 0) else wanted


def replicas_are_seen(tool: Tool, server: Server) -> bool:
    """Tell whether the tool can ask this server for replicas, and replicas for their lag."""
    return tool.version >= (3, 7, 0) or server.version.mariadb or server.version.number < (8, 4, 0)


def replica_privileges(tool: Tool, server: Server, wanted: str) -> tuple[tuple[str, ...], ...]:
    """Return what the account needs for the tool's looks at replicas: of each tuple one of these privileges.

    As the servers refused them: before 3.7 the tool does not ask whether its own server is a replica.
    """
    mariadb = server.version.mariadb
    needed = [("SLAVE MONITOR", "SUPER") if mariadb else ("REPLICATION CLIENT", "SUPER")]
    by_method = {"processlist": "PROCESS", "hosts": "REPLICATION MASTER ADMIN" if mariadb else "REPLICATION SLAVE"}
    method = by_method.get(recursion_method(tool, server, wanted))
    return (*(needed if tool.version >= (3, 7, 0) else ()), *([(method,)] if method else ()))


def is_galera(server: Server) -> bool:
    """Tell whether the target is a node of a Galera cluster."""
    return (server.variables.get("wsrep_on") or "").upper() in ("ON", "1")


def _session(server: Server) -> Iterator[str]:
    """Yield what the tool's sessions set. It reads EXPLAIN as a table, which MySQL 9 no longer gives by itself."""
    yield f"lock_wait_timeout={LOCK_WAIT}"
    if not server.version.mariadb and server.version.number >= (9, 0, 0):
        yield "explain_format=TRADITIONAL"


def _new_name(job: Job) -> str:
    """Return the new table's name; the tool itself puts the old one's in place of the first `%T`."""
    return "_%T_new" if job.new_name == f"_{job.table.name}_new" else job.new_name


def _source(table: TableName, address: Address, files: Files) -> Iterator[str]:
    parts = {
        "F": files.options,
        "h": _by_network(address.host),
        "P": str(address.port),
        "D": table.database,
        "t": table.name,
    }
    for key, value in parts.items():
        yield f"{key}={value.replace(',', chr(92) + ',')}"


def _by_network(host: str) -> str:
    """Return a host's name as the tool's driver takes it for one of the network.

    By "localhost", in lower case, it means the Unix socket of this machine, which may be another server's. Names of
    hosts, in certificates too, are the same in either case.
    """
    return "LOCALHOST" if host == "localhost" else host


# -- the option file and the environment -----------------------------------------------------------------------


def option_file(address: Address) -> str:
    """Return the text of the option file with the account, and how the connection is secured."""
    lines = ["[client]", f"user={_quoted(address.user)}", f"password={_quoted(address.password)}", *_tls(address.tls)]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _tls(tls: Tls) -> Iterator[str]:
    if tls.mode == "off":
        return
    yield "ssl-enforce=1"  # use it where the server offers it
    if tls.mode == "verify_identity":
        yield "ssl-verify-server-cert=1"  # with this it is required, too
    for name in ("ca", "cert", "key"):
        if value := getattr(tls, name):
            yield f"ssl-{name}={_quoted(value)}"


def environment(home: str) -> dict[str, str]:
    """Return the tool's environment. `home` is a directory without files that it would read."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, "HOME": home, "LC_ALL": "C.UTF-8", "PERL_UNICODE": "A"}  # A: its arguments are UTF-8


# -- what the tool cannot --------------------------------------------------------------------------------------


def cannot(tool: Tool, job: Job, tls: Tls) -> Iterator[str]:
    """Yield why the tool cannot do a job whatever the target says, each a sentence."""
    for what, name in (("database", job.table.database), ("table", job.table.name)):
        yield from _unspeakable(tool, what, name)
    if len(job.alter.encode("utf-8", "surrogateescape")) > _LONGEST_ARGUMENT:
        yield "The statement is too long for its command line (124 KB)."
    if not _is_text(job.alter):
        yield "The statement has bytes that are no text, or a NUL character."
    if tls.mode == "verify_ca":
        yield (
            "--ssl=verify_ca: its driver checks a certificate together with the server's name or not at all; "
            "use verify_identity."
        )


def _unspeakable(tool: Tool, what: str, name: str) -> Iterator[str]:
    bad = sorted(set(name) & set("'\\\n" + (";" if what == "database" else "")))
    if bad:
        yield f"It cannot work on a {what} whose name contains {' '.join(map(repr, bad))}."
    elif tool.version < (3, 7, 0) and any(character > "\xff" for character in name):
        shown = ".".join(map(str, tool.version))
        yield f"Version {shown} cannot work on the {what} name '{name}', which has characters beyond Latin-1: use 3.7."


def _is_text(text: str) -> bool:
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text
