"""Gateways that alter online whatever can be: each version of the tool there is, on each kind of server."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.osc.online import LONG, NEWER, Online, pairs
from tests.servers import Gateway, MariaDB


@pytest.fixture(
    scope="session",
    params=[
        pytest.param((path, kind), id=f"{name}-{kind}", marks=pytest.mark.server(kind)) for name, path, kind in pairs()
    ],
)
def online(request: pytest.FixtureRequest, backup_server: MariaDB) -> Iterator[Online]:
    """A gateway that alters every table online, with one version of the tool on one kind of server."""
    directory, kind = request.param
    if not (directory / "pt-online-schema-change").exists():
        pytest.skip(
            f"no pt-online-schema-change in {directory}: {'run `python -m tests.fetch percona-toolkit`' if directory == NEWER else 'install percona-toolkit'}"
        )
    settings = {
        "inception_remote_backup_host": "127.0.0.1", "inception_remote_backup_port": backup_server.port,
        "inception_remote_system_user": "root", "inception_osc_min_table_size": 0,
        "inception_osc_bin_dir": directory, "inception_osc_check_interval": 1,
    }  # fmt: skip
    with Gateway(**settings) as gateway:
        yield Online(gateway.start(), request.getfixturevalue(kind), backup_server, slow=LONG or directory != NEWER)
