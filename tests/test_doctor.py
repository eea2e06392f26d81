"""`inception doctor`: what it says of servers and accounts that are wrong in each way, and that what it says mends it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inception.doctor import backup_server, target
from inception.doctor.check import Check, State
from inception.doctor.grants import Grants
from inception.doctor.look import look_at_backup_server, look_at_target
from inception.server import Address
from inception.world import Tool
from tests.conftest import KINDS, demand
from tests.grants import documented
from tests.secrets import ACCOUNT, PASSWORD, unseen
from tests.servers import DatabaseServer, MariaDB, MySQL


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A server of its own, whose global variables may be changed."""
    demand(request.param, request.config)
    with KINDS[request.param]() as own:
        own.start()
        yield own


def _by_subject(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {f"{check.purpose}: {check.subject}": check for check in checks}


def _examine(address: Address) -> dict[str, Check]:
    return _by_subject(target.judge(look_at_target(address), Tool("/usr/bin/pt-online-schema-change", (3, 7, 1))))


def _examine_backup(address: Address) -> dict[str, Check]:
    return _by_subject(backup_server.judge(look_at_backup_server(address)))


def _not_fine(found: dict[str, Check], *but: str) -> dict[str, Check]:
    return {name: check for name, check in found.items() if check.state is not State.FINE and name not in but}


@pytest.mark.parametrize("examine", [_examine, _examine_backup])
def test_the_remedies_mend_all_that_is_wrong(
    server: DatabaseServer, examine: Callable[[Address], dict[str, Check]]
) -> None:
    account = server.create_user("poor", PASSWORD)
    with server.connect() as root:
        root.query("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
        wrong = _not_fine(examine(account), "connect: TLS")
        assert len(wrong) >= 5
        for check in wrong.values():
            root.query(check.remedy.rstrip(";"))
    assert _not_fine(examine(account), "connect: TLS") == {}


@pytest.mark.parametrize("name", ["audit: all", "execute: {kind}", "backup server: all"])
def test_the_documented_grants_are_what_is_needed(server: DatabaseServer, name: str) -> None:
    statements = documented(name.format(kind=server.kind))
    user = "inception_audit" if name.startswith("audit") else "inception"
    account = server.create_user(user, PASSWORD)
    with server.connect() as root:
        for statement in statements:
            root.query(statement)
    found = _examine_backup(account) if name.startswith("backup") else _examine(account)
    purposes = {"audit: all": ("check",), "backup server: all": ("backup",)}.get(name, ("check", "execute", "backup"))
    durable = ("innodb_flush_log_at_trx_commit", "sync_binlog")
    assert [
        each for each in _not_fine(found)
        if each.startswith(purposes) and not each.endswith(durable)
    ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "subject", "state"),
    [
        ({"log_bin": False}, "backup: binary log", State.MISSING),
        ({"binlog_format": "STATEMENT"}, "backup: binary log", State.MISSING),
        ({"binlog_row_image": "MINIMAL"}, "backup: binlog_row_image", State.MISSING),
        ({"read_only": "ON"}, "execute: read_only", State.MISSING),
        ({"sync_binlog": 100}, "execute: sync_binlog", State.DEGRADED),
        ({"binlog_expire_logs_seconds": 600}, "backup: binary log kept", State.DEGRADED),
        ({"log_bin_trust_function_creators": "OFF"}, "osc: log_bin_trust_function_creators", State.MISSING),
    ],
)
def test_a_server_that_is_set_up_wrongly(
    server: DatabaseServer, settings: dict[str, Any], subject: str, state: State
) -> None:
    grants = [each[6 : each.index(" TO ")] for each in documented(f"execute: {server.kind}")]
    with type(server)() as wrong:
        wrong.start(**settings)
        found = _examine(wrong.create_user("inception", PASSWORD, *grants))
    assert found[subject].state is state
    assert found[subject].remedy


@pytest.mark.server("mysql")
def test_what_assigning_gtids_needs(pytestconfig: pytest.Config) -> None:
    demand("mysql", pytestconfig)

    def look(address: Address) -> Check:
        found = target.judge(look_at_target(address), Tool(), assigns=True)
        return _by_subject(found)["execute: inception_assign_gtid"]

    with MySQL() as server:
        server.start(gtid_mode="ON", enforce_gtid_consistency="ON")
        account = server.create_user("poor", PASSWORD, "SELECT ON *.*")
        check = look(account)
        assert check.state is State.MISSING
        with server.connect() as root:
            root.query(check.remedy)
        assert look(account).state is State.FINE
        server.restart(gtid_mode="OFF", enforce_gtid_consistency="OFF")
        assert (look(account).state, look(account).detail) == (State.MISSING, "gtid_mode is OFF")
    with MariaDB() as other:
        assert look(other.start().address).detail == "MariaDB takes no GTIDs of ours"


def test_a_backup_server_that_takes_only_small_packets_or_nothing(server: DatabaseServer) -> None:
    with type(server)() as wrong:
        wrong.start(max_allowed_packet="1M", read_only=True)
        account = wrong.create_user("inception", PASSWORD, "ALL ON *.*")
        found = _examine_backup(account)
    assert found["backup: max_allowed_packet"].state is State.DEGRADED
    assert found["backup: read_only"].state is State.MISSING


def test_privileges_of_an_active_role_count(server: DatabaseServer) -> None:
    account = server.create_user("member", PASSWORD)
    with server.connect() as root:
        root.query("CREATE ROLE reader")
        root.query("GRANT SELECT ON *.* TO reader")
        root.query("GRANT reader TO member")
        for_role = "DEFAULT ROLE reader FOR" if server.kind == "mariadb" else "DEFAULT ROLE reader TO"
        root.query(f"SET {for_role} member")
    assert _examine(account)["check: SELECT"].state is State.FINE


def test_what_show_grants_says() -> None:
    grants = Grants.parse(
        [
            "GRANT SELECT, INSERT (`a`, `b`), REPLICATION SLAVE ON *.* TO `u`@`%`",
            "GRANT ALL PRIVILEGES ON `my``shop`.* TO `u`@`%` WITH GRANT OPTION",
            "GRANT UPDATE ON `shop`.`t` TO `u`@`%`",
            "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `u`@`%`",
            "GRANT PROXY ON ''@'' TO 'root'@'localhost'",
            "GRANT `reader`@`%` TO `u`@`%`",
            "GRANT BINLOG MONITOR ON *.* TO `u`@`%`",
        ]
    )
    assert grants.where("SELECT") == ("*.*",)
    assert grants.where("INSERT") == ("`my``shop`.*",)
    assert grants.where("UPDATE") == ("`my``shop`.*", "`shop`.`t`")
    assert grants.where("REPLICATION CLIENT") == ("*.*",)
    assert grants.missing("EXECUTE", "PROXY", "SELECT") == ()
    assert Grants.parse([]).missing("SELECT") == ("SELECT",)


# -- the command line ------------------------------------------------------------------------------------------


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run([sys.executable, "-m", "inception", *arguments], capture_output=True, text=True, timeout=60)
    unseen(done.stdout + done.stderr)
    return done


def _configuration(directory: Path, server: DatabaseServer, **source: object) -> str:
    given = {"host": "127.0.0.1", "port": server.port, "user": ACCOUNT, "password": PASSWORD, **source}
    path = directory / "inception.yaml"
    path.write_text(
        "inception_remote_backup_host: 127.0.0.1\n"
        f"inception_remote_backup_port: {server.port}\n"
        f"inception_remote_system_user: {ACCOUNT}\n"
        f"inception_remote_system_password: {PASSWORD}\n"
        f"sources: {json.dumps({'shop': given})}\n"
    )
    return str(path)


def test_the_command_prints_a_table_and_what_to_do(server: DatabaseServer, tmp_path: Path) -> None:
    done = _run("doctor", "--config", _configuration(tmp_path, server), "--inception-osc-bin-dir=/nowhere")
    assert done.returncode == 2, done.stderr
    assert "source shop" in done.stdout and "backup server" in done.stdout
    assert "missing: Install percona-toolkit" in done.stdout.replace("\n", " ")


def test_the_command_as_json(server: DatabaseServer, tmp_path: Path) -> None:
    tool = tmp_path / "pt-online-schema-change"
    tool.write_text("#!/bin/sh\necho pt-online-schema-change 3.7.1\n")
    tool.chmod(0o755)
    configuration = _configuration(tmp_path, server)
    done = _run("doctor", "--json", "--source=shop", "--config", configuration, f"--inception-osc-bin-dir={tmp_path}")
    found = json.loads(done.stdout)
    assert list(found) == ["source shop", "backup server"]
    assert done.returncode == 0, [each for checks in found.values() for each in checks if each["state"] == "missing"]


def test_a_server_that_does_not_answer_is_a_finding(server: DatabaseServer, tmp_path: Path) -> None:
    done = _run("doctor", "--config", _configuration(tmp_path, server, user="nobody"))
    assert done.returncode == 2
    assert "Access denied" in done.stdout


def test_a_configuration_that_cannot_be_used(tmp_path: Path) -> None:
    for arguments in (["--config", str(tmp_path / "none.yaml")], ["--source=shop"], []):
        done = _run("doctor", *arguments)
        assert done.returncode == 3
        assert done.stderr.startswith("Error: ")


def test_serve_can_only_check_its_configuration(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("port: 6669\n")
    bad.write_text("port: 6669\ntls_cert: nowhere.pem\ntls_key: nowhere.pem\n")
    assert _run("serve", "--check-config", "--config", str(good)).returncode == 0
    done = _run("serve", "--check-config", "--config", str(bad))
    assert done.returncode == 1
    assert "nowhere.pem" in done.stderr or "tls_cert" in done.stderr
