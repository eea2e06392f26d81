"""What the doctor says of servers and accounts of which one thing is wrong: that, as missing or degraded, and no more."""

from typing import Any

import pytest

from inception.doctor import target
from inception.doctor.check import Check, Facts, State
from inception.doctor.grants import Grants
from inception.doctor.look import look_at_target
from inception.errors import ServerError
from inception.server import Address, ServerVersion
from inception.world import Tool
from tests.examined import by_subject, examine, examine_backup, not_fine
from tests.grants import documented
from tests.processes import HOST, free_port
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer

FINE, DEGRADED, MISSING = State.FINE, State.DEGRADED, State.MISSING
_CHANGES, _TABLES = "INSERT, UPDATE, DELETE", "CREATE, ALTER, DROP, INDEX"
_ONLINE = "osc: SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, TRIGGER"
_OF_CHANGES = {f"execute: {_CHANGES}": MISSING, _ONLINE: MISSING}
_OF_TABLES = {f"execute: {_TABLES}": MISSING, _ONLINE: MISSING}
_WITHOUT = {
    "SELECT": {"check: SELECT": MISSING, _ONLINE: MISSING},
    "SHOW VIEW": {"check: SHOW VIEW": DEGRADED},
    "TRIGGER": {"check: TRIGGER": DEGRADED, _ONLINE: MISSING},
    "INSERT": _OF_CHANGES,
    "UPDATE": _OF_CHANGES,
    "DELETE": _OF_CHANGES,
    "CREATE": _OF_TABLES,
    "ALTER": _OF_TABLES,
    "DROP": _OF_TABLES,
    "INDEX": {f"execute: {_TABLES}": MISSING},
    "REFERENCES": {"execute: REFERENCES": DEGRADED},
    "CREATE VIEW": {"execute: CREATE VIEW": DEGRADED},
    "PROCESS": {"check: PROCESS": DEGRADED, "osc: PROCESS": MISSING},
    "REPLICATION SLAVE": {"backup: stream (REPLICATION SLAVE)": MISSING},
    "REPLICATION CLIENT": {"backup: position (REPLICATION CLIENT)": MISSING, "osc: REPLICATION CLIENT": MISSING},
    "BINLOG MONITOR": {"backup: position (BINLOG MONITOR)": MISSING},
    "SLAVE MONITOR": {"osc: SLAVE MONITOR": MISSING},
}
# what tests' servers are: fast rather than safe, and MariaDB without a certificate
_OF_TESTS = ("connect: TLS", "execute: sync_binlog", "execute: innodb_flush_log_at_trx_commit",
             "backup: innodb_flush_log_at_trx_commit", "osc: log_bin_trust_function_creators")  # fmt: skip


def _granted(kind: str, *blocks: str) -> list[tuple[list[str], str]]:
    """Return what blocks of the guide grant: privileges, and where."""
    grants = [each.removeprefix("GRANT ").partition(" TO ")[0] for block in blocks
              for each in documented(block.format(kind=kind)) if each.startswith("GRANT ")]  # fmt: skip
    return [(privileges.split(", "), place) for privileges, _, place in (each.partition(" ON ") for each in grants)]


def _account(server: DatabaseServer, *blocks: str, without: tuple[str, ...] = ()) -> Address:
    """Make an account with what the guide lists, without some privileges in all places or, as `X ON db.*`, in one."""
    granted = [(", ".join(each for each in privileges if each not in without and f"{each} ON {place}" not in without),
                place) for privileges, place in _granted(server.kind, *blocks)]  # fmt: skip
    return server.create_user("inception", PASSWORD, *(f"{names} ON {place}" for names, place in granted if names))


_EXECUTES = ("execute: {kind}", "osc: {kind}")


def test_every_privilege_of_the_guide_is_one_that_is_looked_for(own_server: DatabaseServer) -> None:
    found = {privilege for privileges, _ in _granted(own_server.kind, *_EXECUTES) for privilege in privileges}
    assert found == set(_WITHOUT) - (
        {"REPLICATION CLIENT"} if own_server.kind == "mariadb" else {"BINLOG MONITOR", "SLAVE MONITOR"}
    )


@pytest.mark.parametrize("privilege", _WITHOUT)
def test_an_account_without_one_privilege(own_server: DatabaseServer, privilege: str) -> None:
    account = _account(own_server, *_EXECUTES, without=(privilege,))
    wrong = _WITHOUT[privilege]
    if not any(privilege in privileges for privileges, _ in _granted(own_server.kind, *_EXECUTES)):
        wrong = {}  # one of the other kind of server
    found = examine(account)
    assert not_fine(found, *_OF_TESTS) == wrong
    assert all(privilege in found[name].remedy for name in wrong)


@pytest.mark.parametrize(
    ("privilege", "subject", "state"),
    [
        ("CREATE", "CREATE, INSERT, SELECT", MISSING),
        ("INSERT", "CREATE, INSERT, SELECT", MISSING),
        ("SELECT", "CREATE, INSERT, SELECT", MISSING),
        ("UPDATE ON `inception`.*", "UPDATE, DELETE on `inception`.*", MISSING),
        ("ALTER", "ALTER", DEGRADED),
        ("DELETE ON *.*", "DELETE", None),
    ],
)
def test_an_account_on_the_backup_server_without_one_privilege(
    own_server: DatabaseServer, privilege: str, subject: str, state: State | None
) -> None:
    found = examine_backup(_account(own_server, "backup server: all", without=(privilege,)))
    assert not_fine(found, *_OF_TESTS) == ({f"backup: {subject}": state} if state else {})


def test_an_account_that_may_delete_nothing_on_the_backup_server(own_server: DatabaseServer) -> None:
    found = examine_backup(_account(own_server, "backup server: all", without=("DELETE",)))
    assert not_fine(found, *_OF_TESTS) == {
        "backup: DELETE": DEGRADED,
        "backup: UPDATE, DELETE on `inception`.*": MISSING,
    }


@pytest.mark.parametrize(
    ("settings", "subject", "state"),
    [
        ({"log_bin": False}, "backup: binary log", MISSING),
        ({"binlog_format": "STATEMENT"}, "backup: binary log", MISSING),
        ({"server_id": 0}, "backup: binary log", {"mysql": MISSING}),
        ({"binlog_format": "MIXED"}, "backup: binlog_format", MISSING),
        ({"binlog_row_image": "MINIMAL"}, "backup: binlog_row_image", MISSING),
        ({"binlog_expire_logs_seconds": 600}, "backup: binary log kept", DEGRADED),
        ({"read_only": "ON"}, "execute: read_only", MISSING),
        ({"super_read_only": "ON"}, "execute: super_read_only", {"mysql": MISSING}),
        ({"sync_binlog": 100}, "execute: sync_binlog", DEGRADED),
        ({"innodb_flush_log_at_trx_commit": 2}, "execute: innodb_flush_log_at_trx_commit", DEGRADED),
        ({"log_bin_trust_function_creators": "OFF"}, "osc: log_bin_trust_function_creators", MISSING),
        ({"tls_version": ""}, "connect: TLS", {"mysql": DEGRADED}),
    ],
)
def test_a_server_that_is_set_up_wrongly(
    own_server: DatabaseServer, settings: dict[str, Any], subject: str, state: State | dict[str, State]
) -> None:
    expected = state.get(own_server.kind) if isinstance(state, dict) else state
    if expected is None:
        pytest.skip(f"{own_server.kind} knows no such state")
    right = {"durable": True, "log_bin_trust_function_creators": "ON"}
    with type(own_server)() as wrong:
        wrong.start(**{**right, **settings})
        account = _made_before(wrong) if settings.keys() & {"read_only", "super_read_only"} else None
        found = examine(account or _account(wrong, *_EXECUTES))
    if own_server.kind == "mariadb":  # it has no certificate
        found.pop("connect: TLS")
    assert not_fine(found) == {subject: expected}
    assert found[subject].remedy


def _made_before(server: DatabaseServer) -> Address:
    """Make the account on a server that takes no changes."""
    with server.connect() as root:
        variables = [name for name in ("super_read_only", "read_only") if root.variables(name)[name] == "ON"]
        for name in variables:
            root.query(f"SET GLOBAL {name} = OFF")
        account = _account(server, *_EXECUTES)
        for name in reversed(variables):
            root.query(f"SET GLOBAL {name} = ON")
    return account


@pytest.mark.parametrize(
    ("settings", "subject", "state"),
    [
        ({"max_allowed_packet": "1M"}, "backup: max_allowed_packet", DEGRADED),
        ({"read_only": "ON"}, "backup: read_only", MISSING),
        ({"innodb_flush_log_at_trx_commit": 0}, "backup: innodb_flush_log_at_trx_commit", DEGRADED),
    ],
)
def test_a_backup_server_that_is_set_up_wrongly(
    own_server: DatabaseServer, settings: dict[str, Any], subject: str, state: State
) -> None:
    with type(own_server)() as wrong:
        wrong.start(**{"durable": True, "max_allowed_packet": "16M", **settings})
        found = examine_backup(wrong.create_user("inception", PASSWORD, "ALL ON *.*"))
    assert not_fine(found, "connect: TLS") == {subject: state}
    assert found[subject].remedy


def test_what_assigning_gtids_needs(own_server: DatabaseServer) -> None:
    def look() -> Check:
        return examine(account, inception_assign_gtid=True)["execute: inception_assign_gtid"]

    account = own_server.create_user("poor", PASSWORD, "SELECT ON *.*")
    if own_server.kind == "mariadb":
        assert (look().state, look().detail) == (MISSING, "MariaDB takes no GTIDs of ours")
        return
    assert look().state is MISSING
    with own_server.connect() as root:
        root.query(look().remedy)
    assert look().state is FINE
    with type(own_server)() as other:
        other.start(gtid_mode="OFF", enforce_gtid_consistency="OFF")
        account = other.create_user("poor", PASSWORD)
        assert (look().state, look().detail) == (MISSING, "gtid_mode is OFF")


# -- the version, the tool, the way there -----------------------------------------------------------------------


@pytest.mark.parametrize(("mariadb", "number", "state"), [
    (True, (10, 4, 34), DEGRADED), (True, (10, 5, 0), FINE), (False, (5, 6, 51), DEGRADED), (False, (5, 7, 0), FINE),
])  # fmt: skip
def test_an_old_version(mariadb: bool, number: tuple[int, int, int], state: State) -> None:
    facts = Facts(ServerVersion(mariadb, number), "'u'@'%'", {}, Grants.parse([]))
    assert by_subject(tuple(target.connecting(facts)))["connect: version"].state is state


def test_a_tool_that_cannot_ask_the_server_for_replicas(own_server: DatabaseServer) -> None:
    found = examine(own_server.address, Tool("/usr/bin/pt-online-schema-change", (3, 2, 1)))
    expected = FINE if own_server.kind == "mariadb" else DEGRADED
    assert found["osc: pt-online-schema-change"].state is expected


def test_no_tool(own_server: DatabaseServer) -> None:
    found = examine(own_server.address, Tool(problem="There is none in PATH. Install it."))
    assert found["osc: pt-online-schema-change"].state is MISSING
    assert found["osc: pt-online-schema-change"].remedy == "Install it."


def test_another_way_of_finding_replicas(own_server: DatabaseServer) -> None:
    for version in (3, 2, 1), (3, 7, 1):
        found = examine(
            _account(own_server, *_EXECUTES),
            Tool("/usr/bin/pt-online-schema-change", version),
            inception_osc_recursion_method="hosts",
        )
        asked = "osc: REPLICATION MASTER ADMIN"  # of MariaDB: from 3.7 on the tool does not know its word for it
        missing = {asked: MISSING} if own_server.kind == "mariadb" and version < (3, 7, 0) else {}
        but = (*_OF_TESTS, "osc: pt-online-schema-change")
        assert not_fine(found, *but) == missing


def test_nobody_there() -> None:
    with pytest.raises(ServerError, match="Can't connect"):
        look_at_target(Address(HOST, free_port(), "root"))


# -- managed services: nobody has SUPER, or what has taken its place --------------------------------------------

_KEPT = {
    "mariadb": "SUPER, BINLOG ADMIN, READ_ONLY ADMIN, CONNECTION ADMIN, REPLICATION MASTER ADMIN, FILE, SHUTDOWN",
    "mysql": "SUPER, SYSTEM_VARIABLES_ADMIN, SESSION_VARIABLES_ADMIN, BINLOG_ADMIN, CONNECTION_ADMIN, FILE, SHUTDOWN",
}


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"binlog_format": "ROW", "binlog_row_image": "FULL", "log_bin_trust_function_creators": 1}, {}),
        (
            {"binlog_format": "MIXED"},
            {"backup: binlog_format": MISSING, "osc: log_bin_trust_function_creators": MISSING},
        ),
    ],
)
def test_the_administrator_of_a_managed_service(
    own_server: DatabaseServer, parameters: dict[str, Any], wrong: dict[str, State]
) -> None:
    with type(own_server)() as service:
        service.start(durable=True, **parameters)
        account = service.create_user("master", PASSWORD, "ALL ON *.*")
        with service.connect() as root:
            root.query(f"REVOKE {_KEPT[own_server.kind]} ON *.* FROM master")
        found = examine(account)
    assert not_fine(found, "connect: TLS") == wrong
