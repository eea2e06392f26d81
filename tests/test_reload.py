"""SIGHUP: what can change does, what cannot is said, and a configuration that can't be used changes nothing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from inception.settings import Settings
from inception.wire.native import hash_native
from tests.processes import HOST, wait_until
from tests.secrets import PASSWORD
from tests.servers import Gateway

_USER = "{{password_hash: '{}', role: {}}}"


class _Server:
    """A gateway whose configuration is written anew."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "inception.yaml"
        self.write("admin", "")
        self.gateway = Gateway(config=self.path)

    def write(self, role: str, more: str) -> None:
        user = _USER.format(hash_native(PASSWORD), role)
        self.path.write_text(f"users: {{u: {user}}}\n{more}\n")

    def reload(self, said: str) -> None:
        before = self.gateway.log.count(said)
        os.kill(self.gateway.pid, signal.SIGHUP)
        wait_until(lambda: self.gateway.log.count(said) > before)

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        with (
            pymysql.connect(host=HOST, port=self.gateway.port, user="u", password=PASSWORD) as client,
            client.cursor() as cursor,
        ):
            cursor.execute(text)
            return list(cursor.fetchall())

    def value(self, name: str) -> str:
        return str(self.ask(f"inception get variables '{name}'")[0][1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_Server]:
    it = _Server(tmp_path)
    with it.gateway.start():
        yield it


def test_variables_levels_users_and_sources_are_taken_over(server: _Server) -> None:
    source = f"sources: {{shop: {{host: {HOST}, port: 1, user: u}}}}"
    server.write("audit", f"wait_timeout: 77\nlevels: {{dml_limit: 0}}\n{source}")
    server.reload("the configuration was read again: 1 users, 1 sources")
    assert server.value("wait_timeout") == "77"
    assert server.ask("inception get levels 'dml_limit'")[0][1] == "0"
    with pytest.raises(pymysql.MySQLError, match="needs a user of role admin"):
        server.ask("inception set wait_timeout = 5")
    with pytest.raises(pymysql.MySQLError, match="Can't connect"):
        server.ask("/*--source=shop;--check;*/ inception_magic_start; select 1; inception_magic_commit;")


def test_what_was_set_stays_and_what_needs_a_restart_is_said(server: _Server) -> None:
    server.ask("inception set wait_timeout = 66")
    server.write("admin", "wait_timeout: 77\nmax_connections: 55\ninception_workers: 3")
    server.reload("in force only after a restart: inception_workers")
    assert [server.value(name) for name in ("wait_timeout", "max_connections", "inception_workers")] == [
        "66",
        "55",
        "16",
    ]


@pytest.mark.parametrize("wrong", ["no_such_variable: 1", "wait_timeout: none", "users: {"])
def test_a_wrong_configuration_changes_nothing(server: _Server, wrong: str) -> None:
    server.write("audit", f"max_connections: 55\n{wrong}")
    server.reload("the configuration is not taken over, the old one holds")
    assert server.value("max_connections") == "1000"
    server.ask("inception set wait_timeout = 5")  # still an admin


def test_users_cannot_be_done_away_with(server: _Server) -> None:
    server.path.write_text("max_connections: 55\n")
    server.reload("that would let everybody in")
    with pytest.raises(pymysql.MySQLError, match="Access denied"):
        pymysql.connect(host=HOST, port=server.gateway.port, user="nobody")
    assert server.value("max_connections") == "1000"


def test_levels_that_were_set_stay() -> None:
    from inception.rule import rule_levels

    settings, fresh = Settings(shipped=rule_levels()), Settings(shipped=rule_levels())
    settings.set_level("dml_limit", "0")
    fresh.set_level("dml_limit", "2")
    fresh.set_level("dml_orderby", "2")
    assert settings.adopt(fresh) == []
    assert (int(settings.levels["dml_limit"]), int(settings.levels["dml_orderby"])) == (0, 2)
