"""A node of a Galera cluster as the target: a cluster of one, from the distribution's package galera-4."""

import contextlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.osc.online import Online
from tests.servers import Gateway, MariaDB, wait_until

PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")


@pytest.fixture
def node() -> Iterator[MariaDB]:
    if not PROVIDER.exists():
        pytest.skip("Galera's library is not here: install galera-4")
    if shutil.which("pt-online-schema-change") is None:
        pytest.skip("percona-toolkit is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        group = probe.getsockname()[1]
    with MariaDB() as server:
        server.start(
            wsrep_on="ON", wsrep_provider=str(PROVIDER), wsrep_cluster_address="gcomm://", wsrep_sst_method="skip",
            wsrep_node_address="127.0.0.1", innodb_autoinc_lock_mode=2,
            wsrep_provider_options=f"gmcast.listen_addr=tcp://127.0.0.1:{group};gcache.size=8M",
        )  # fmt: skip
        wait_until(lambda: _synced(server), 30)
        yield server


def _synced(server: MariaDB) -> bool:
    with server.connect() as connection:
        return connection.query("SHOW STATUS LIKE 'wsrep_local_state_comment'")[0][1] == "Synced"


def test_by_size_everything_that_is_not_instant_goes_online(node: MariaDB, backup_server: MariaDB) -> None:
    """NOCOPY, too, stops a cluster; the tool takes --max-flow-ctl; a native ALTER gets a warning."""
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(Gateway(inception_osc_min_table_size=0))
        online = Online(gateway.start(), node, backup_server, slow=False)
        database = online.prepare(3000, "clustered")
        use = f"use {database}; alter table clustered "
        assert online.check(f"{use} add b int;")[1].sqlsha1 == ""
        checked = online.check(f"{use} drop index a;")[1]
        assert checked.sqlsha1
        native = online.check(f"{use} add unique u (a);")[1]
        assert "blocks all writes on all nodes" in (native.errormessage or "") and not native.sqlsha1
        rows = online.alter(f"{use} modify a bigint not null;", options="--disable-remote-backup;")
        assert rows[1].stagestatus == "Execute Successfully", rows[1].errormessage
        assert rows[1].sqlsha1
        assert online.traces(database) == (["clustered"], [], [])
