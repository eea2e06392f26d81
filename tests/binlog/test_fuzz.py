"""Damaged logs: an error or statements, soon; and always an error where there are checksums."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inception.binlog.events import Event, Position, Rows
from inception.binlog.parse import Parser
from inception.binlog.rollback import rollback_writer
from inception.errors import BinlogError
from inception.schema.model import Table
from tests.binlog.capture import Session, table_of
from tests.binlog.test_types import PERMISSIVE, tables_of, types_of
from tests.conftest import KINDS, demand
from tests.servers import DatabaseServer

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))
GTIDS = (33, 34, 42, 162)
ROTATE = 4  # one that is made up has no checksum, so that none is demanded


class Log:
    """The events of a log, the definitions, and whether it has checksums. No dataclass, which would be printed whole."""

    def __init__(self, events: list[bytes], tables: dict[str, Table], checksums: bool) -> None:
        self.events, self.tables, self.checksums = events, tables, checksums


@pytest.fixture(
    scope="module", params=[(kind, checksum) for kind in KINDS for checksum in ("NONE", "CRC32")], ids="-".join
)
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The events of a log with rows of all types, and the definitions."""
    kind, checksum = request.param
    demand(kind, request.config)
    with KINDS[kind]() as server:
        server.start(binlog_checksum=checksum)
        yield Log(*recorded(server), checksum != "NONE")


def recorded(server: DatabaseServer) -> tuple[list[bytes], dict[str, Table]]:
    with server.database() as database:
        work = Session(server, database, PERMISSIVE)
        tables = list(tables_of(types_of(work)))
        for create, rows in tables:
            for statement in (create, *rows[:4]):
                work.connection.query(statement)
        for number in range(len(tables)):
            work.connection.query(f"UPDATE t{number} SET id = id + 50")
            work.connection.query(f"DELETE FROM t{number} WHERE id % 2")
        names = [f"t{number}" for number in range(len(tables))]
        if not work.connection.version.mariadb:
            record_parts(work, "parts")
            names.append("parts")
        definitions = {name: table_of(work.connection, name) for name in names}
    data, at, events = (server.data / "binlog.000001").read_bytes(), 4, []
    while at < len(data):
        size = int.from_bytes(data[at + 9 : at + 13], "little")
        if size < 40_000:
            events.append(data[at : at + size])
        at += size
    return events, definitions


def record_parts(work: Session, table: str) -> None:
    """Update parts of JSON values."""
    for statement in (
        f"CREATE TABLE {table} (id int primary key, j json, k json)",
        f"INSERT INTO {table} VALUES (1, JSON_OBJECT('a', 1, 'p', REPEAT('x', 300)), JSON_ARRAY(1, REPEAT('y', 300)))",
        "SET SESSION binlog_row_value_options = PARTIAL_JSON",
        f"UPDATE {table} SET j = JSON_SET(j, '$.a', 2, '$.b', 3), k = JSON_REMOVE(k, '$[0]')",
        f"UPDATE {table} SET k = JSON_SET(k, '$[5]', DATE'2024-01-01')",
    ):
        work.connection.query(statement)


def statements(events: list[bytes], tables: dict[str, Table]) -> Iterator[str | Event]:
    parser = Parser(Position("binlog.000001", 4))
    for data in events:
        for event in parser.feed(data):
            yield event
            if isinstance(event, Rows) and event.table.table in tables:
                yield from rollback_writer(tables[event.table.table], event.table)(event)


def test_what_is_not_damaged_is_read(log: Log) -> None:
    found = list(statements(log.events, log.tables))
    assert sum(isinstance(each, str) for each in found) > 100


PLACES = st.integers(0, 1 << 20)  # taken modulo what there is
CUTS = PLACES
FLIPS = st.lists(st.tuples(PLACES, st.integers(1, 255)), min_size=1, max_size=3)


@given(PLACES, PLACES, CUTS | FLIPS)
@settings(max_examples=EXAMPLES, deadline=5000, suppress_health_check=list(HealthCheck))
def test_damage(log: Log, begin: int, place: int, damage: int | list[tuple[int, int]]) -> None:
    begins = [at for at, event in enumerate(log.events) if event[4] in GTIDS]
    first = begins[begin % len(begins)]
    part = [log.events[0], *log.events[first : first + 6]]
    number = 1 + place % (len(part) - 1)
    damaged = bytearray(part[number])
    body = len(damaged) - 19
    if isinstance(damage, int):
        del damaged[19 + damage % body :]
        damaged[9:13] = len(damaged).to_bytes(4, "little")
    else:
        for at, flipped in damage:
            damaged[19 + at % body] ^= flipped
    changed = bytes(damaged) != part[number]
    part[number] = bytes(damaged)
    if not log.checksums or not changed:
        with suppress(BinlogError):
            list(statements(part, log.tables))
    elif damaged[4] != ROTATE:
        with pytest.raises(BinlogError):
            list(statements(part, log.tables))
