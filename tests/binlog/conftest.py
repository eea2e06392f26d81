"""Every server that is there as the fixture `server`; and sessions end with their test."""

from collections.abc import Iterator

import pytest

from tests.binlog.capture import opened
from tests.installations import CACHE, Installation, why_not_fetched
from tests.servers import DatabaseServer, MariaDB, MySQL

_STAND_IN = {  # MySQL 8 as far as MySQL 9 can play it
    "gtid_mode": "OFF",
    "enforce_gtid_consistency": "OFF",
    "loose_innodb_native_foreign_keys": "ON",
    "binlog_row_metadata": "MINIMAL",
}
SERVERS: dict[str, tuple[type[DatabaseServer], str, dict[str, str]]] = {
    "mariadb": (MariaDB, "", {}),
    "mariadb, full metadata": (MariaDB, "", {"binlog_row_metadata": "FULL", "log_bin_compress": "ON"}),
    "mariadb, old times": (MariaDB, "", {"mysql56_temporal_format": "OFF", "binlog_checksum": "NONE"}),
    "mariadb-10.5": (MariaDB, "mariadb-10.5", {"binlog_row_metadata": "MINIMAL"}),
    "mariadb-11.8": (MariaDB, "mariadb-11.8", {}),
    "mysql": (MySQL, "mysql", {"binlog_row_metadata": "FULL"}),
    "mysql as 8": (MySQL, "mysql", {**_STAND_IN}),
}


@pytest.fixture(autouse=True)
def sessions_end() -> Iterator[None]:
    """Close what the test opened."""
    yield
    while opened:
        opened.pop().close()


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    kind, name, options = SERVERS[request.param]
    installation = Installation.unpacked(CACHE / name) if name else kind.find()
    if installation is None:
        pytest.skip(f"No {request.param}: {why_not_fetched(name) if name else kind.advice()}")
    with kind(installation=installation) as running:
        yield running.start(durable=False, **options)
