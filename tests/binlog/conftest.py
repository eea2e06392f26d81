"""Ends the sessions of each test, so that failures do not use up a server's connections."""

from collections.abc import Iterator

import pytest

from tests.binlog.capture import opened


@pytest.fixture(autouse=True)
def sessions_end() -> Iterator[None]:
    """Close what the test opened."""
    yield
    while opened:
        opened.pop().close()
