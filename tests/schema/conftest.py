"""`workshop`: an empty database on each kind of server, one for all tests of this directory."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.schema.workshop import Workshop
from tests.servers import DatabaseServer


@pytest.fixture(scope="session")
def open_workshops() -> Iterator[tuple[ExitStack, dict[str, Workshop]]]:
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def workshop(target: DatabaseServer, open_workshops: tuple[ExitStack, dict[str, Workshop]]) -> Workshop:
    stack, workshops = open_workshops
    if target.kind not in workshops:
        connection = stack.enter_context(target.connect())
        connection.query("CREATE DATABASE workshop CHARACTER SET utf8mb4")  # goes with its server
        workshops[target.kind] = Workshop(target.kind, connection, "workshop")
    workshops[target.kind].clear()
    return workshops[target.kind]
