"""Fixtures: a wire server per test, stopped at its end."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from inception.settings.accounts import User
from inception.wire.certificates import prepare
from inception.wire.limits import Limits
from inception.wire.tls import Security
from tests.wire.support import RawClient, Running

Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server; its limits are given by name."""
    started: list[Running] = []

    def begin(
        users: Mapping[str, User] | None = None,
        socket_path: Path | None = None,
        security: Security | None = None,
        **limits: float,
    ) -> Running:
        started.append(Running(users or {}, Limits(**limits), socket_path, security))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for server in started:
        server.stop()


@pytest.fixture
def server(start: Start) -> Running:
    return start()


@pytest.fixture
def raw(server: Running) -> Iterator[RawClient]:
    """A raw client of `server`, logged in."""
    client = server.raw()
    assert client.login()[0] == 0
    yield client
    client.close()


@pytest.fixture(scope="session")
def security(tmp_path_factory: pytest.TempPathFactory) -> Security:
    """What a server makes for itself at its first start."""
    return prepare(tmp_path_factory.mktemp("state"))
