"""Fixtures: a wire server per test, stopped at its end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inception.wire.limits import Limits
from tests.wire.support import RawClient, Running

Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server; its limits are given by name."""
    started: list[Running] = []

    def begin(users: dict[str, str] | None = None, socket_path: Path | None = None, **limits: float) -> Running:
        started.append(Running(users or {}, Limits(**limits), socket_path))  # type: ignore[arg-type]
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
