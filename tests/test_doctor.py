"""`inception doctor`: what it says of servers and accounts that are wrong in each way, and that what it says mends it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inception.doctor.check import State
from inception.doctor.grants import Grants
from inception.server import Address
from tests.examined import Checks, examine, examine_backup, not_fine
from tests.grants import documented
from tests.secrets import ACCOUNT, PASSWORD, unseen
from tests.servers import DatabaseServer


@pytest.mark.parametrize("look", [examine, examine_backup])
def test_the_remedies_mend_all_that_is_wrong(own_server: DatabaseServer, look: Callable[[Address], Checks]) -> None:
    account = own_server.create_user("poor", PASSWORD)
    with own_server.connect() as root:
        root.query("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
        found = look(account)
        wrong = not_fine(found, "connect: TLS")
        assert len(wrong) >= 5
        for name in wrong:
            root.query(found[name].remedy.rstrip(";"))
    assert not_fine(look(account), "connect: TLS") == {}


@pytest.mark.parametrize("name", ["audit: all", "execute: {kind}", "backup server: all"])
def test_the_documented_grants_are_what_is_needed(own_server: DatabaseServer, name: str) -> None:
    statements = documented(name.format(kind=own_server.kind))
    user = "inception_audit" if name.startswith("audit") else "inception"
    account = own_server.create_user(user, PASSWORD)
    with own_server.connect() as root:
        for statement in statements:
            root.query(statement)
    found = examine_backup(account) if name.startswith("backup") else examine(account)
    purposes = {"audit: all": ("check",), "backup server: all": ("backup",)}.get(name, ("check", "execute", "backup"))
    durable = ("innodb_flush_log_at_trx_commit", "sync_binlog")
    assert [
        each for each in not_fine(found)
        if each.startswith(purposes) and not each.endswith(durable)
    ] == []  # fmt: skip


def test_privileges_of_an_active_role_count(own_server: DatabaseServer) -> None:
    account = own_server.create_user("member", PASSWORD)
    with own_server.connect() as root:
        root.query("CREATE ROLE reader")
        root.query("GRANT SELECT ON *.* TO reader")
        root.query("GRANT reader TO member")
        for_role = "DEFAULT ROLE reader FOR" if own_server.kind == "mariadb" else "DEFAULT ROLE reader TO"
        root.query(f"SET {for_role} member")
    assert examine(account)["check: SELECT"].state is State.FINE


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


def test_the_command_prints_a_table_and_what_to_do(own_server: DatabaseServer, tmp_path: Path) -> None:
    done = _run("doctor", "--config", _configuration(tmp_path, own_server), "--inception-osc-bin-dir=/nowhere")
    assert done.returncode == 2, done.stderr
    assert "source shop" in done.stdout and "backup server" in done.stdout
    assert "missing: Install percona-toolkit" in done.stdout.replace("\n", " ")


def test_the_command_as_json(own_server: DatabaseServer, tmp_path: Path) -> None:
    tool = tmp_path / "pt-online-schema-change"
    tool.write_text("#!/bin/sh\necho pt-online-schema-change 3.7.1\n")
    tool.chmod(0o755)
    configuration = _configuration(tmp_path, own_server)
    done = _run("doctor", "--json", "--source=shop", "--config", configuration, f"--inception-osc-bin-dir={tmp_path}")
    found = json.loads(done.stdout)
    assert list(found) == ["source shop", "backup server"]
    assert done.returncode == 0, [each for checks in found.values() for each in checks if each["state"] == "missing"]


def test_a_server_that_does_not_answer_is_a_finding(own_server: DatabaseServer, tmp_path: Path) -> None:
    done = _run("doctor", "--config", _configuration(tmp_path, own_server, user="nobody"))
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
