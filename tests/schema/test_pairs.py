"""Pairs of actions in one ALTER TABLE on every server that is there: `diff` restores the table exactly.

A few of them, drawn by chance, with all tests; with PAIRS=all (`make pairs`) every pair, on the older and the newer
MariaDB too. What a server refuses is no pair. In which order a server puts unique indexes when one of a pair makes a
column NOT NULL, and the other one another column NULL, is not foreseen.
"""

import os
import random
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations

import pytest

from inception.errors import ServerError
from tests.conftest import KINDS, demand
from tests.installations import CACHE, Installation, why_not_fetched
from tests.schema.alters import BASE, CHILD, ON_BASE, ON_CHILD, ON_SPREAD, SPREAD
from tests.schema.test_alters_on_servers import alter_and_take_back
from tests.schema.workshop import Workshop
from tests.servers import DatabaseServer

EVERY = os.environ.get("PAIRS") == "all"
SAMPLE = 25  # pairs of each table, where not every one is wanted
TABLES = {"base": (BASE, ON_BASE), "child": (CHILD, ON_CHILD), "spread": (SPREAD, ON_SPREAD)}
SERVERS = ("mariadb", "mariadb-10.5", "mariadb-11.8", "mysql") if EVERY else ("mariadb", "mysql")


@pytest.fixture(scope="module", params=SERVERS)
def opened(request: pytest.FixtureRequest) -> Iterator[Workshop]:
    kind = request.param.partition("-")[0]
    demand(kind, request.config)
    unpacked = Installation.unpacked(CACHE / request.param)
    if "-" in request.param and unpacked is None:
        pytest.skip(f"No {request.param}: {why_not_fetched(request.param)}")
    with KINDS[kind](installation=unpacked if "-" in request.param else None) as server:
        yield from opened_on(server.start(), kind)


def opened_on(server: DatabaseServer, kind: str) -> Iterator[Workshop]:
    with closing(server.connect()) as connection:
        connection.query("CREATE DATABASE pairs CHARACTER SET utf8mb4")
        yield Workshop(kind, connection, "pairs")


def pairs_of(actions: list[str]) -> list[tuple[str, str]]:
    """Return pairs of different actions."""
    found = list(combinations(actions, 2))
    return found if EVERY else random.Random(5).sample(found, min(SAMPLE, len(found)))


@pytest.mark.parametrize("table", TABLES)
def test_pairs(opened: Workshop, table: str) -> None:
    body, actions = TABLES[table]
    restored, wrong = 0, []
    for pair in pairs_of(actions):
        both = ", ".join(sorted(pair, key=lambda each: "partition" in each))
        opened.clear()
        opened.query(f"CREATE TABLE t {body}")
        try:
            opened.query(f"ALTER TABLE t {both}")
        except ServerError:
            continue
        opened.clear()
        opened.query(f"CREATE TABLE t {body}")
        try:
            alter_and_take_back(opened, both, ordered=False)
        except Exception as error:
            wrong.append(f"{both}: {error!r}"[:1000])
        restored += 1
    print(f"{opened.kind} {opened.connection.version.number}, {table}: {restored} pairs")
    assert not wrong, "\n".join(wrong)
    assert restored
