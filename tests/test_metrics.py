"""The port for monitoring: what it says of real requests, and that docs and dashboard name what there is."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from inception.gateway.metrics import Metrics
from inception.osc.command import PROGRAM
from inception.wire.native import hash_native
from tests.end_to_end.conftest import Row, Shop
from tests.processes import HOST, PROJECT, free_port, wait_until
from tests.secrets import PASSWORD
from tests.servers import Gateway, MariaDB

_TABLE = "create table t (id int unsigned not null comment 'k', primary key (id)) engine=InnoDB comment='t';"


@pytest.fixture(scope="module")
def watched(mariadb: MariaDB) -> Iterator[Shop]:
    """A gateway of its own, whose counters nobody else moves, and a backup server that has nothing yet."""
    with MariaDB() as backup:
        backup.start()
        with Gateway(
            metrics_port=free_port(), inception_remote_backup_host=HOST, inception_remote_backup_port=backup.port,
            inception_remote_system_user="root",
        ) as gateway:  # fmt: skip
            gateway.start()
            yield Shop(gateway, mariadb, backup)


def _get(gateway: Gateway, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, int(str(gateway.settings["metrics_port"])), timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _samples(gateway: Gateway) -> dict[str, float]:
    """Return every sample, as name{label=value,…}."""
    found = {}
    for family in text_string_to_metric_families(_get(gateway, "/metrics")[1]):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_a_rollback_that_was_never_stored_is_said_so(watched: Shop) -> None:
    with pytest.raises(pymysql.MySQLError, match="No rollback is stored under '1_2_3'"):
        watched.ask(f"{watched.source('')} inception rollback '1_2_3'")


def test_requests_statements_findings_and_rollbacks_are_counted(watched: Shop, database: str) -> None:
    watched.check(f"use {database}; create table bad (id int); insert into nowhere values (1);")
    watched.execute(f"use {database}; {_TABLE}")
    rows = watched.execute(f"use {database}; insert into t (id) values (1), (2); insert into t (id) values (1);")
    inserted = rows[1].sequence
    watched.ask(f"{watched.source('')} inception rollback {inserted}")
    found = _samples(watched.gateway)
    assert found["inception_requests_total{kind=check,result=errors}"] == 1
    assert found["inception_requests_total{kind=execute,result=errors}"] == 1
    assert found["inception_requests_total{kind=rollback,result=clean}"] == 1
    assert found["inception_request_seconds_count{kind=execute}"] == 2
    assert found["inception_statements_total{result=failed}"] == 1
    assert found["inception_backups_total{result=stored}"] == 3  # the rollback itself, too
    assert found["inception_rolled_back_rows_total{}"] == 2
    assert found["inception_findings_total{rule=primary_key}"] == 1
    assert found["inception_requests_running{}"] == 0
    assert found["inception_workers_idle{}"] >= 1
    wait_until(lambda: _samples(watched.gateway)["inception_connections{}"] == 0)  # the last one says good-bye


def test_a_request_that_is_refused_is_counted(watched: Shop) -> None:
    with pytest.raises(pymysql.MySQLError, match="no source 'nowhere'"):
        watched.ask("/*--source=nowhere;--enable-check;*/ inception_magic_start; select 1; inception_magic_commit;")
    assert _samples(watched.gateway)["inception_requests_total{kind=check,result=refused}"] == 1


def test_what_runs_what_waits_and_who_is_connected(watched: Shop, database: str) -> None:
    with watched.target.connect(database=database) as target, contextlib.ExitStack() as clients:
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int)")
        target.query("INSERT INTO t VALUES (1, 0)")
        watched.ask("inception set inception_max_running_per_target = 1")
        target.query("BEGIN")
        target.query("UPDATE t SET a = 1")
        batch = f"update {database}.t set a = 2 where id = 1;"
        running = [threading.Thread(target=watched.execute, args=(batch, "--disable-backup;")) for _ in range(2)]
        for each in running:
            each.start()
        for _ in range(3):
            clients.enter_context(contextlib.closing(watched.client()))

        def standing() -> list[float]:
            found = _samples(watched.gateway)
            return [found[f"inception_{name}{{}}"] for name in ("requests_running", "requests_waiting", "connections")]

        try:
            wait_until(lambda: standing() == [1, 1, 5])
        finally:
            target.query("COMMIT")
            for each in running:
                each.join(20)
            watched.ask("inception set inception_max_running_per_target = 0")
    wait_until(lambda: standing() == [0, 0, 0])


@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="percona-toolkit is not installed")
def test_online_schema_changes_are_counted(watched: Shop, database: str) -> None:
    with watched.target.connect(database=database) as target:
        target.query("CREATE TABLE t (id int PRIMARY KEY)")
    settings = ["min_table_size = 0", "max_thread_running = 1"]  # the tool's own question is one: it waits
    alter = f"use {database}; alter table t modify id bigint not null comment 'k';"
    answers: list[list[Row]] = []

    def run() -> None:
        ours = "".join(f"inception set session inception_osc_{each};" for each in settings)
        answers.append(watched.execute(ours + alter, "--disable-backup;"))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: _samples(watched.gateway)["inception_schema_changes_running{}"] == 1, 30)
    [name] = {cell for row in watched.ask("inception get osc processlist") for cell in row if str(cell)[:1] == "*"}
    watched.ask(f"inception stop alter '{name}'")
    thread.join(60)
    settings.pop()
    run()
    found = _samples(watched.gateway)
    assert found["inception_schema_changes_running{}"] == 0
    assert found["inception_schema_changes_total{result=aborted}"] == 1, answers
    assert found["inception_schema_changes_total{result=executed}"] == 1, answers


def test_a_login_that_is_refused_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "inception.yaml"
    path.write_text(f"users: {{u: {{password_hash: '{hash_native(PASSWORD)}'}}}}\n")
    with Gateway(config=path, metrics_port=free_port()) as gateway:
        gateway.start()
        assert _samples(gateway)["inception_logins_refused_total{}"] == 0
        with pytest.raises(pymysql.MySQLError, match="Access denied"):
            pymysql.connect(host=HOST, port=gateway.port, user="u", password="wrong")
        assert _samples(gateway)["inception_logins_refused_total{}"] == 1


def test_a_backup_server_that_is_down_is_no_reason_not_to_be_ready(mariadb: MariaDB, database: str) -> None:
    with Gateway(
        metrics_port=free_port(), inception_remote_backup_host=HOST, inception_remote_backup_port=free_port(),
        inception_remote_system_user="root",
    ) as gateway:  # fmt: skip
        shop = Shop(gateway.start(), mariadb, mariadb)
        assert shop.check(f"use {database};")[0].errlevel == 0
        with pytest.raises(pymysql.MySQLError) as caught:
            shop.execute(f"use {database}; {_TABLE}")
        assert caught.value.args[0] == 2521
        assert _get(gateway, "/readyz") == (200, "ready\n")
        assert _samples(gateway)["inception_requests_total{kind=execute,result=error}"] == 1


def test_a_server_that_drains_lives_and_is_not_ready(mariadb: MariaDB, database: str) -> None:
    with Gateway(metrics_port=free_port(), shutdown_grace=60) as gateway, mariadb.connect(database=database) as target:
        shop = Shop(gateway.start(), mariadb, mariadb)
        target.query("CREATE TABLE t (id int PRIMARY KEY, a int)")
        target.query("INSERT INTO t VALUES (1, 0)")
        target.query("BEGIN")
        target.query("UPDATE t SET a = 1")
        batch = f"update {database}.t set a = 2 where id = 1;"
        answers: list[list[Row]] = []
        thread = threading.Thread(target=lambda: answers.append(shop.execute(batch, "--disable-backup;")))
        thread.start()
        wait_until(lambda: _samples(gateway)["inception_requests_running{}"] == 1)
        os.kill(gateway.pid, signal.SIGTERM)
        wait_until(lambda: _get(gateway, "/readyz") == (503, "not ready\n"))
        assert _get(gateway, "/healthz")[0] == 200
        assert "inception_requests_running 1.0" in _get(gateway, "/metrics")[1]
        target.query("COMMIT")
        thread.join(30)
        assert answers[0][0].stagestatus == "Execute Successfully"
        wait_until(lambda: not gateway.alive, 30)


def test_health_and_readiness(watched: Shop) -> None:
    assert _get(watched.gateway, "/healthz") == (200, "alive\n")
    assert _get(watched.gateway, "/readyz") == (200, "ready\n")
    assert _get(watched.gateway, "/etc/passwd")[0] == 404


def test_garbage_on_the_port_harms_nobody(watched: Shop) -> None:
    port = int(str(watched.gateway.settings["metrics_port"]))
    for garbage in (b"\x16\x03\x01\x00\xff" * 40, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", b""):
        with socket.create_connection((HOST, port), timeout=10) as client:
            client.sendall(garbage)
    assert _get(watched.gateway, "/healthz")[0] == 200


@pytest.mark.parametrize("file", ["docs/operations.md", "deploy/grafana.json"])
def test_documents_name_the_metrics_that_there_are(watched: Shop, file: str) -> None:
    text = (PROJECT / file).read_text()
    there = {family.name for family in text_string_to_metric_families(_get(watched.gateway, "/metrics")[1])}
    named = {re.sub("_(total|bucket)$", "", name) for name in re.findall(r"\binception_[a-z_]+\b", text)}
    if file.endswith(".json"):
        json.loads(text)
        assert named <= there
    else:
        assert there <= named


def test_the_dashboard_names_labels_that_there_are() -> None:
    there = [each for each in Metrics().registry._collector_to_names if isinstance(each, MetricWrapperBase)]
    labels = {each._name: {*each._labelnames, "le"} for each in there}
    dashboard = json.loads((PROJECT / "deploy" / "grafana.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) > 10
    for expression in asked:
        [name] = re.findall(r"inception_\w+", expression)
        named = re.findall(r"(\w+)=\"", expression) + re.findall(
            r"\w+", " ".join(re.findall(r"by \((.*?)\)", expression))
        )
        assert set(named) <= labels.get(re.sub("_(total|bucket)$", "", name), set()), expression
