"""A target that takes TLS alone: the tool checks its certificate, or says in the audit that it cannot."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inception.osc.command import Files, arguments, environment, option_file
from inception.osc.job import Job
from inception.osc.tool import find_tool
from inception.rule import rule_levels, rule_variables
from inception.schema.model import TableName
from inception.server import Address, Tls
from inception.settings import Settings
from inception.world import Server
from tests.end_to_end.osc.online import Online
from tests.secrets import awkward
from tests.servers import DatabaseServer
from tests.wire.authority import Authority

SECRET = awkward("s3cr et")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "own")


@pytest.fixture(scope="module")
def secured(online: Online, authority: Authority) -> Iterator[Online]:
    """A server of the same kind whose certificate is for localhost and 127.0.0.1, with an account that needs TLS."""
    certificate, key = authority.issue("server", "localhost", "127.0.0.1")
    with type(online.target)() as target:
        assert isinstance(target, DatabaseServer)
        target.start(ssl_ca=authority.ca, ssl_cert=certificate, ssl_key=key)
        target.create_user("tls", SECRET, "ALL ON *.*")
        with target.connect() as connection:
            connection.query("ALTER USER tls@'%' REQUIRE SSL")
        yield Online(online.gateway, target, online.backup, slow=online.slow)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_target_is_known_by_its_certificate(secured: Online, authority: Authority, host: str) -> None:
    database = secured.prepare(100, "private")
    account = {"host": host, "user": "tls", "password": SECRET, "ssl": "verify_identity", "ssl-ca": authority.ca}
    rows = secured.alter(f"use {database}; alter table private modify a bigint not null;", **account)
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully", rows[1].errormessage
    assert rows[1].sqlsha1
    assert "bigint" in secured.definition(database, "private")


def test_what_the_driver_cannot_check_is_refused_in_the_audit(secured: Online, authority: Authority) -> None:
    database = secured.prepare(100, "half")
    account = {"user": "tls", "password": SECRET, "ssl": "verify_ca", "ssl-ca": authority.ca}
    rows = secured.submit("--enable-check;", f"use {database}; alter table half modify a bigint not null;", **account)
    assert rows[1].errlevel == 2
    assert "--ssl=verify_ca: its driver checks a certificate together with the server's name or not at all" in (
        rows[1].errormessage or ""
    )


@pytest.mark.parametrize("wrong", ["another authority", "another host", "no TLS"])
def test_the_tool_itself_refuses_another_server(
    secured: Online, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    """Also where the target has been exchanged since the gateway has looked at it."""
    tls = Tls("verify_identity", authority.ca)
    if wrong == "another authority":
        tls = replace(tls, ca=Authority(tmp_path / "other").ca)
    with type(secured.target)() as other:
        certificate, key = authority.issue("other", "db.example" if wrong == "another host" else "127.0.0.1")
        options = {"ssl_ca": authority.ca, "ssl_cert": certificate, "ssl_key": key}
        other.start(**(_without_tls(other) if wrong == "no TLS" else options))
        address = Address("127.0.0.1", other.port, "root", tls=tls)
        said = _run(secured, address, tmp_path)
    assert "Cannot connect to MySQL" in said
    assert any(text in said for text in ("SSL connection error", "TLS/SSL error", "SSL is required")), said


def _without_tls(server: DatabaseServer) -> dict[str, object]:
    return {"tls_version": ""} if server.kind == "mysql" else {"skip_ssl": True}


def _run(online: Online, address: Address, home: Path) -> str:
    """Return what the tool says to an address, called as the worker calls it."""
    account = home / "account.cnf"
    account.write_text(option_file(address))
    tool = find_tool(str(online.gateway.settings["inception_osc_bin_dir"]))
    with online.target.connect() as target:
        server = Server(target.version)
    job = Job("*", TableName("mysql", "user"), "", "force")
    values = Settings(rule_variables(), shipped=rule_levels()).snapshot()
    command = arguments(tool, job, address, server, values, Files(str(account), str(home / "pause")))
    done = subprocess.run(command, capture_output=True, text=True, env=environment(str(home)), timeout=60)
    assert done.returncode
    return done.stdout + done.stderr
