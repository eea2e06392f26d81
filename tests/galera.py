"""A private Galera cluster of three MariaDB nodes on this machine, each on ports of its own.

No data is transferred between nodes: the first makes the cluster and is stopped, the others begin as copies of it, and
what has happened since (they have joined) is replayed to them. MariaDB calls a script for each transfer all the same;
ours only hands the position over.
"""

import os
import shutil
from pathlib import Path
from typing import Any, Self

from inception.sql import quote_text
from tests.installations import CACHE, why_not_fetched
from tests.processes import HOST, free_port, scratch_directory, wait_until
from tests.servers import MariaDB

_PROVIDERS = (Path("/usr/lib/galera/libgalera_smm.so"), CACHE / "galera/root/usr/lib/libgalera_smm.so")
_SCRIPT = Path(__file__).parent / "galera_sst"
_METHOD = "position"  # MariaDB runs wsrep_sst_<method>, which it looks for in PATH


def provider() -> Path | None:
    """Return Galera's library on this machine, or None."""
    return next((path for path in _PROVIDERS if path.exists()), None)


def advice() -> str:
    """Return why there is none, and how to get it."""
    return f"No library of Galera: install galera-4, or in .cache/galera: {why_not_fetched('galera')}"


class Cluster:
    """Nodes that are started and stopped together."""

    def __init__(self, library: Path, size: int = 3) -> None:
        self._library = library
        self._directory = scratch_directory()
        self.nodes = [MariaDB(self._directory / f"node{number}") for number in range(1, size + 1)]
        self._ports = [free_port() for _ in self.nodes]

    def start(self) -> Self:
        """Start the nodes one after the other, and return when all are in step. Raises ServerDied, TimeoutError."""
        programs = self._directory / "bin"
        programs.mkdir()
        (programs / f"wsrep_sst_{_METHOD}").symlink_to(_SCRIPT)
        for node in self.nodes:
            node.environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
        first, *others = self.nodes
        self._start(0)
        first.stop()  # which writes its position down
        for node in others:
            node.directory.mkdir()
            shutil.copytree(first.data, node.data, ignore=shutil.ignore_patterns("gvwstate.dat", "galera.cache"))
        for number in range(len(self.nodes)):
            self._start(number)
        return self

    def _start(self, number: int) -> None:
        node, joined = self.nodes[number], self._ports[:number]
        node.start(**self._options(node, self._ports[number], joined))
        wait_until(lambda: status(node, "wsrep_local_state_comment") == "Synced", 60)

    def _options(self, node: MariaDB, port: int, joined: list[int]) -> dict[str, Any]:
        provider_options = {
            "gmcast.listen_addr": f"tcp://{HOST}:{port}", "base_port": port, "ist.recv_addr": f"{HOST}:{free_port()}",
            "gcache.size": "32M", "gcs.fc_limit": 16,
        }  # fmt: skip
        return {
            "wsrep_on": "ON", "wsrep_provider": str(self._library), "wsrep_sst_method": _METHOD,
            "wsrep_cluster_address": "gcomm://" + ",".join(f"{HOST}:{each}" for each in joined),
            "wsrep_node_address": f"{HOST}:{port}", "wsrep_node_incoming_address": f"{HOST}:{node.port}",
            "innodb_autoinc_lock_mode": 2,
            "wsrep_provider_options": ";".join(f"{name}={value}" for name, value in provider_options.items()),
        }  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._directory, ignore_errors=True)


def status(node: MariaDB, name: str) -> str:
    """Return a status variable of a node."""
    with node.connect() as connection:
        return str(connection.query(f"SHOW GLOBAL STATUS LIKE {quote_text(name)}")[0][1])


def checksums(cluster: Cluster, table: str) -> list[str]:
    """Return CHECKSUM TABLE of a table on each node, once that has applied what was committed on any."""
    found = []
    for node in cluster.nodes:
        with node.connect() as connection:
            connection.query("SET SESSION wsrep_sync_wait = 15")
            found.append(str(connection.query(f"CHECKSUM TABLE {table}")[0][1]))
    return found
