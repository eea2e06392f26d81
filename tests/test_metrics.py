"""The port for monitoring: what it says of real requests, and that docs and dashboard name what there is."""

import http.client
import json
import re
import socket
from collections.abc import Iterator

import pymysql
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.conftest import Shop
from tests.processes import HOST, PROJECT, free_port, wait_until
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
