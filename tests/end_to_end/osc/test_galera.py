"""A Galera cluster of three nodes as the target: what goes online there, and what the other nodes have of it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from inception.osc.clean import trigger_names
from inception.schema.model import TableName
from tests import galera
from tests.end_to_end.osc.online import (
    PATIENCE,
    ROWS,
    SLOWLY,
    WAITING,
    Background,
    Online,
    Writers,
    pairs,
    running,
    running_with_triggers,
    same_rows,
)
from tests.galera import Cluster, checksums
from tests.servers import Gateway, MariaDB, wait_until

_WITHOUT_TRIGGERS = "did not make its triggers"
# Applying another node's CREATE TRIGGER while the table is written to, MariaDB 10.11 now and then reads the file of the
# triggers half written ("Trigger … has an error in its body", only in its log), and goes on without the trigger.
_ATTEMPTS = 20
_PAUSE = 0.05


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    library = galera.provider()
    if library is None:
        pytest.skip(galera.advice())
    with Cluster(library) as nodes:
        yield nodes.start()


@pytest.fixture(
    scope="module", params=[pytest.param(path, id=name) for name, path, kind in pairs() if kind == "mariadb"]
)
def clustered(request: pytest.FixtureRequest, cluster: Cluster, backup_server: MariaDB) -> Iterator[Online]:
    """A gateway that alters online on the first node, with each version of the tool."""
    directory: Path = request.param
    if not (directory / "pt-online-schema-change").exists():
        pytest.skip(f"no pt-online-schema-change in {directory}")
    with Gateway(
        inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup_server.port,
        inception_remote_system_user="root", inception_osc_min_table_size=0, inception_osc_bin_dir=directory,
        inception_osc_check_interval=1,
    ) as gateway:  # fmt: skip
        yield Online(gateway.start(), cluster.nodes[0], backup_server, slow=True)


def test_the_nodes_are_one_cluster(cluster: Cluster) -> None:
    assert [galera.status(node, "wsrep_cluster_size") for node in cluster.nodes] == ["3", "3", "3"]


def test_by_size_everything_that_is_not_instant_goes_online(clustered: Online) -> None:
    """NOCOPY, too, stops a cluster; what must be done natively gets a warning."""
    database = clustered.prepare(10, "chosen")
    use = f"use {database}; alter table chosen "
    assert clustered.check(f"{use} add b int;")[1].sqlsha1 == ""
    assert clustered.check(f"{use} drop index a;")[1].sqlsha1
    native = clustered.check(f"{use} add unique u (a);")[1]
    assert "blocks all writes on all nodes" in (native.errormessage or "") and not native.sqlsha1


def test_while_others_write_to_other_nodes_all_end_equal(clustered: Online, cluster: Cluster) -> None:
    database = clustered.prepare(ROWS)
    with cluster.nodes[0].connect() as first:
        first.query(f"CREATE TABLE {database}.mirror LIKE {database}.t")
        first.query(f"INSERT INTO {database}.mirror SELECT * FROM {database}.t")
    with contextlib.ExitStack() as stack:
        writers = [Writers(node, f"{database}.t", f"{database}.mirror", 1, _PAUSE) for node in cluster.nodes[1:]]
        for each in writers:
            stack.callback(each.stop)
        rows = clustered.alter(f"use {database}; alter table t modify a bigint not null, drop index a;")
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully", rows[1].errormessage
    assert rows[1].sqlsha1
    assert sum(each.written for each in writers) > 0
    assert len(set(checksums(cluster, f"{database}.t"))) == 1
    for node in cluster.nodes:
        there = Online(clustered.gateway, node, clustered.backup, slow=True)
        assert "`a` bigint(20) NOT NULL" in there.definition(database, "t")
        assert there.traces(database) == (["mirror", "t"], [], [])
        assert same_rows(node, f"{database}.t", f"{database}.mirror")
        assert galera.status(node, "wsrep_local_state_comment") == "Synced"


def test_where_a_node_has_not_made_the_triggers_it_is_ended(clustered: Online, cluster: Cluster) -> None:
    """Galera takes no notice of it: the changes of that node would be lost."""
    database = clustered.prepare(ROWS, "watched")
    [name, *_] = trigger_names(TableName(database, "watched"))
    with cluster.nodes[1].connect() as second:
        second.query("SET SESSION wsrep_sync_wait = 15")
        second.query(f"SELECT 1 FROM {database}.watched LIMIT 1")
        second.query("SET SESSION wsrep_on = OFF")
        second.query(f"CREATE TRIGGER {database}.{name} BEFORE INSERT ON {database}.other FOR EACH ROW SET @a = 1")
        rows = clustered.alter(f"use {database}; alter table watched modify a bigint not null;", *SLOWLY)
        second.query(f"DROP TRIGGER IF EXISTS {database}.{name}")
    assert rows[1].stagestatus == "Execute failed"
    assert f"Node 127.0.0.1:{cluster.nodes[1].port} {_WITHOUT_TRIGGERS}" in (rows[1].errormessage or "")
    for node in cluster.nodes:
        there = Online(clustered.gateway, node, clustered.backup, slow=True)
        assert there.traces(database) == (["watched"], [], [])
        assert "`a` int(11)" in there.definition(database, "watched")
    again = clustered.alter(f"use {database}; alter table watched modify a bigint not null;")
    assert again[1].stagestatus == "Execute Successfully\nBackup successfully", again[1].errormessage


def _slow_down(cluster: Cluster, database: str) -> None:
    """Have the third node apply each of many rows for a while, so that the others must wait for it."""
    _, second, third = cluster.nodes
    with second.connect() as connection:
        connection.query(f"CREATE TABLE {database}.load_ (id INT PRIMARY KEY AUTO_INCREMENT)")
    with third.connect() as connection:
        connection.query("SET SESSION wsrep_sync_wait = 15")
        connection.query(f"SELECT COUNT(*) FROM {database}.load_")
        connection.query("SET SESSION wsrep_on = OFF, GLOBAL slave_run_triggers_for_rbr = YES")
        connection.query(
            f"CREATE TRIGGER {database}.slow BEFORE INSERT ON {database}.load_ FOR EACH ROW DO SLEEP(0.05)"
        )
    with second.connect() as connection:
        for _ in range(60):
            connection.query(f"INSERT INTO {database}.load_ VALUES ()")
            connection.query("COMMIT")


def test_it_pauses_for_flow_control(clustered: Online, cluster: Cluster) -> None:
    """A node that cannot keep up is waited for, which is seen from elsewhere; then it goes on to its end."""
    database = clustered.prepare(20_000, "late")
    batch = Background(
        clustered, f"use {database}; alter table late modify a bigint not null;", "chunk_size = 10", "chunk_time = 0"
    )
    name = running(clustered, reached=1)
    _slow_down(cluster, database)
    wait_until(lambda: "Pausing because PXC Flow Control is active" in clustered.progress(name)[2], PATIENCE)
    rows = batch.rows(180)
    assert rows[1].stagestatus.startswith("Execute Successfully"), rows[1].errormessage
    assert len(set(checksums(cluster, f"{database}.late"))) == 1


def test_a_stop_leaves_nothing_on_any_node(clustered: Online, cluster: Cluster) -> None:
    database = clustered.prepare(3000, "ended")
    batch = Background(clustered, f"use {database}; alter table ended modify a bigint not null;", *WAITING)
    running_with_triggers(clustered)
    clustered.ask(f"inception stop alter '{running(clustered)}'")
    assert batch.rows()[1].stagestatus == "Execute Aborted"
    checksums(cluster, f"{database}.ended")  # asks each node once it has come that far
    for node in cluster.nodes:
        there = Online(clustered.gateway, node, clustered.backup, slow=True)
        assert there.traces(database) == (["ended"], [], [])
