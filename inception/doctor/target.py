"""Judges what a target answered: one function for each purpose it serves. Pure.

Privileges are those of the manuals of MySQL and MariaDB for the statements that each purpose runs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inception.doctor.check import Check, Facts, Purpose, State, privileges, writable
from inception.gtids import needed_privileges, why_not_assigned
from inception.osc.command import PROGRAM, replica_privileges, replicas_are_seen
from inception.plan import why_not_backed_up
from inception.world import Server, Tool

_FINE, _DEGRADED, _MISSING = State.FINE, State.DEGRADED, State.MISSING
_SHORT_LOG = 3600 * 24  # seconds for which the binary log should be kept: who resumes or flashes back needs it


def judge(facts: Facts, tool: Tool, values: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return what is to say of a target.

    `tool` is what there is of pt-online-schema-change on this machine; `values` are the variables in force for it.
    """
    assigning = assigning_gtids(facts) if values["inception_assign_gtid"] else ()
    online = altering_online(facts, tool, values["inception_osc_recursion_method"])
    return (*connecting(facts), *checking(facts), *executing(facts), *assigning, *backing_up(facts), *online)


def connecting(facts: Facts) -> Iterator[Check]:
    """Judge the version and the way there."""
    purpose, version = Purpose.CONNECT, facts.version
    oldest = (10, 5, 0) if version.mariadb else (5, 7, 0)
    known = version.number >= oldest
    advice = f"older than {'.'.join(map(str, oldest[:2]))}: what is found there is not tested"
    yield Check(purpose, "version", _FINE if known else _DEGRADED, f"{version}" + ("" if known else f", {advice}"))
    if facts.encrypted:
        yield Check(purpose, "TLS", _FINE, "the connection is encrypted")
    else:
        yield Check(purpose, "TLS", _DEGRADED, "the connection is not encrypted", "Give the server a certificate.")


def checking(facts: Facts) -> Iterator[Check]:
    """Judge what an audit looks at."""
    check = Purpose.CHECK
    yield privileges(facts, check, _MISSING, "the audit can't see tables without it", "SELECT")
    unseen = "the audit takes views for tables without columns"
    yield privileges(facts, check, _DEGRADED, unseen, "SHOW VIEW")
    yield privileges(facts, check, _DEGRADED, "the audit can't see triggers without it", "TRIGGER")
    yield privileges(facts, check, _DEGRADED, "who blocks an ALTER can't be told", "PROCESS")


def executing(facts: Facts) -> Iterator[Check]:
    """Judge what the statements of a batch need."""
    purpose = Purpose.EXECUTE
    yield privileges(facts, purpose, _MISSING, "row changes are refused", "INSERT", "UPDATE", "DELETE")
    yield privileges(facts, purpose, _MISSING, "changes of tables are refused", "CREATE", "ALTER", "DROP", "INDEX")
    yield privileges(facts, purpose, _DEGRADED, "foreign keys can't be added", "REFERENCES")
    yield privileges(facts, purpose, _DEGRADED, "views can't be made", "CREATE VIEW")
    yield writable(facts, purpose, "the server takes no changes")
    yield from _durability(facts, "what a crash of the server loses can't be told from what was never done")


def assigning_gtids(facts: Facts) -> Iterator[Check]:
    """Judge what inception_assign_gtid needs: without it nothing is executed."""
    purpose, subject = Purpose.EXECUTE, "inception_assign_gtid"
    server = Server(facts.version, facts.variables)
    reason = why_not_assigned(server)
    if reason and facts.version.mariadb:
        remedy = "Give the source `assign_gtid: off`, in Inception's configuration."
        yield Check(purpose, subject, _MISSING, "MariaDB takes no GTIDs of ours", remedy)
    elif reason:
        remedy = "Set gtid_mode to ON, step by step (enforce_gtid_consistency first): see MySQL's manual."
        yield Check(purpose, subject, _MISSING, f"gtid_mode is {facts.variables.get('gtid_mode')}", remedy)
    elif not any(facts.grants.where(name) for name in needed_privileges(server)):
        names = " or ".join(needed_privileges(server))
        detail = f"none of {names} granted: the session may not set gtid_next"
        yield Check(purpose, subject, _MISSING, detail, facts.grant(needed_privileges(server)[0]))
    else:
        yield Check(purpose, subject, _FINE, "the session may set gtid_next")


def _durability(facts: Facts, consequence: str) -> Iterator[Check]:
    for name in ("innodb_flush_log_at_trx_commit", "sync_binlog"):
        value = facts.variables.get(name)
        if name == "sync_binlog" and not facts.on("log_bin"):
            continue
        if value == "1":
            yield Check(Purpose.EXECUTE, name, _FINE, "1")
        else:
            yield Check(Purpose.EXECUTE, name, _DEGRADED, f"{value}: {consequence}", f"SET GLOBAL {name} = 1;")


def backing_up(facts: Facts) -> Iterator[Check]:
    """Judge what the rollback of row changes is read from."""
    purpose = Purpose.BACKUP
    reason = why_not_backed_up(Server(facts.version, facts.variables))
    if reason is not None:
        what, _, remedy = reason.removesuffix("; or execute with --disable-remote-backup.").partition(": ")
        yield Check(purpose, "binary log", _MISSING, what, f"{remedy.capitalize()}, in the server's configuration.")
        return
    compressed = ", its events are compressed (log_bin_compress)" if facts.on("log_bin_compress") else ""
    yield Check(purpose, "binary log", _FINE, f"on, server_id {facts.variables['server_id']}{compressed}")
    yield from _of_session(facts)
    yield from _of_reading(facts)
    yield _kept(facts)


def _of_session(facts: Facts) -> Iterator[Check]:
    wanted = "BINLOG ADMIN" if facts.version.mariadb else "SESSION_VARIABLES_ADMIN"
    if not facts.version.mariadb and facts.version.number < (8, 0, 14):
        wanted = "SUPER"
    for name, why in facts.refused.items():
        remedy = f"{facts.grant(wanted)} Or set {name} globally."
        yield Check(
            Purpose.BACKUP, name, _MISSING, f"{facts.variables.get(name)}, and the session may not: {why}", remedy
        )
    if not facts.refused:
        yield Check(Purpose.BACKUP, "session settings", _FINE, "full row images, or the session may set them")


def _of_reading(facts: Facts) -> Iterator[Check]:
    monitor = "BINLOG MONITOR" if facts.version.mariadb else "REPLICATION CLIENT"
    for subject, privilege, problem in (
        ("position", monitor, facts.position),
        ("stream", "REPLICATION SLAVE", facts.stream),
    ):
        if problem:
            yield Check(Purpose.BACKUP, f"{subject} ({privilege})", _MISSING, problem, facts.grant(privilege))
        else:
            yield Check(Purpose.BACKUP, f"{subject} ({privilege})", _FINE, "can be read")


def _kept(facts: Facts) -> Check:
    """Judge how long the binary log is kept; 0 is for ever."""
    subject = "binary log kept"
    seconds = facts.number("binlog_expire_logs_seconds")
    if seconds is None:  # MySQL 5.7, MariaDB before 10.6
        seconds = (facts.number("expire_logs_days") or 0) * 86400
    if 0 < seconds < _SHORT_LOG:
        detail = f"{seconds} s: what is longer ago can't be resolved after a crash, nor flashed back"
        return Check(Purpose.BACKUP, subject, _DEGRADED, detail, "SET GLOBAL binlog_expire_logs_seconds = 604800;")
    return Check(Purpose.BACKUP, subject, _FINE, f"{seconds / 86400:g} days" if seconds else "until purged by hand")


def altering_online(facts: Facts, tool: Tool, recursion_method: str) -> Iterator[Check]:
    """Judge what pt-online-schema-change needs (its manual; MySQL's and MariaDB's on CREATE TRIGGER, error 1419)."""
    purpose = Purpose.OSC
    yield _tool(facts, tool)
    wanted = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRIGGER")
    yield privileges(facts, purpose, _MISSING, "the tool is refused", *wanted)
    yield from _replicas(facts, tool, recursion_method)
    if not facts.on("log_bin"):
        return
    trusted = facts.on("log_bin_trust_function_creators") or facts.grants.where("SUPER")
    name = "log_bin_trust_function_creators"
    if trusted:
        yield Check(purpose, name, _FINE, "triggers may be made while the binary log is on")
    else:
        detail = "OFF: without SUPER no trigger can be made while the binary log is on"
        yield Check(purpose, name, _MISSING, detail, f"SET GLOBAL {name} = ON;")


def _replicas(facts: Facts, tool: Tool, recursion_method: str) -> Iterator[Check]:
    for one_of in replica_privileges(tool, Server(facts.version, facts.variables), recursion_method):
        held = next((each for each in one_of if facts.grants.where(each)), one_of[0])
        yield privileges(facts, Purpose.OSC, _MISSING, "the tool looks for replicas", held)


def _tool(facts: Facts, tool: Tool) -> Check:
    if tool.problem:
        what, _, remedy = tool.problem.partition(". ")
        return Check(Purpose.OSC, PROGRAM, _MISSING, what, remedy)
    found = f"{'.'.join(map(str, tool.version))}, {tool.path}"
    if not replicas_are_seen(tool, Server(facts.version, facts.variables)):
        detail = f"{found}: it can't ask this server for its replicas, and does not wait for them"
        return Check(Purpose.OSC, PROGRAM, _DEGRADED, detail, "Install version 3.7 or later of percona-toolkit.")
    return Check(Purpose.OSC, PROGRAM, _FINE, found)
