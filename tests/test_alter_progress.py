"""How far an ALTER TABLE has come: by what servers showed of real ones, and watched on real ones."""

import threading
from collections.abc import Iterator

import pytest

from inception.batch.options import Mode, Options
from inception.facts.online_ddl import Foreseen
from inception.facts.online_ddl import Work as Way
from inception.gateway.tasks import Task
from inception.gateway.turns import Turn
from inception.mysql import Connection, connect
from inception.native import watch
from inception.native.alter_progress import AlterProgress, Look
from inception.native.watch import subject_of, watched
from inception.progress import Control, Progress, State, Work
from inception.schema.model import TableName
from tests.servers import DatabaseServer, MariaDB, MySQL, Option

COPY = Foreseen(Way.COPY, "COPY")
REBUILD = Foreseen(Way.REBUILD, "INPLACE")


def percents(progress: AlterProgress, looks: list[Look]) -> list[float | None]:
    return [progress.take(look, 0.5 * (number + 1)).percent for number, look in enumerate(looks)]


def test_a_copy_is_a_straight_line() -> None:
    """MySQL: rows copied of all rows."""
    progress = AlterProgress(COPY, 0)
    work = progress.take(Look(32500, 130000, "rows"), 10)
    assert work == Work(32500, 130000, "rows", 25.0, 30.0)


def test_pages_pass_their_first_estimate() -> None:
    """MySQL 9.7, a rebuild of 131,072 rows: the estimate follows the counter; 100 % is never shown."""
    shown = [(4532, 4532), (5729, 5729), (6718, 6718), (7340, 7340), (99999, 99999)]
    found = percents(AlterProgress(REBUILD, 0), [Look(done, total, "pages") for done, total in shown])
    assert found == sorted(found, key=lambda each: each or 0)
    assert found[0] is not None and 50 < found[0] < 70
    assert found[-1] == 97.0


def test_a_figure_never_falls() -> None:
    """A thread that ends takes its counter with it."""
    found = percents(
        AlterProgress(REBUILD, 0), [Look(900, 1000, "pages"), Look(100, 1000, "pages"), Look(910, 1000, "pages")]
    )
    assert found[1] == found[0]
    assert found == sorted(found, key=lambda each: each or 0)


def test_mariadb_copies_in_two_stages() -> None:
    """The first, rows, is told; the second, indexes, stands at 0 while the file grows."""
    looks = [
        Look(509, 1000, "thousandths", 1, 2, 81920),
        Look(971, 1000, "thousandths", 1, 2, 81920),
        Look(0, 1000, "thousandths", 2, 2, 81920),
        Look(0, 1000, "thousandths", 2, 2, 16777216),
        Look(0, 1000, "thousandths", 2, 2, 28311552),
    ]
    found = [round(each or 0) for each in percents(AlterProgress(COPY, 32505856), looks)]
    assert found == [23, 44, 45, 73, 93]


def test_a_rebuild_that_only_the_file_tells_of() -> None:
    progress = AlterProgress(REBUILD, 40_000_000)
    assert progress.take(Look(size=10_000_000), 2) == Work(10_000_000, 40_000_000, "bytes", 25.0, 6.0)
    assert progress.take(Look(size=60_000_000), 3).percent == 97.0
    assert progress.take(Look(size=60_000_000), 3).remaining is None


def test_estimating_is_said() -> None:
    nothing = AlterProgress(Foreseen(Way.INDEX, "NOCOPY"), 30_000_000)
    assert nothing.take(Look(), 5) == Work(estimating=True)
    sticks = AlterProgress(COPY, 0)
    assert not sticks.take(Look(50, 100, "rows"), 1).estimating
    assert not sticks.take(Look(50, 100, "rows"), 3).estimating
    assert sticks.take(Look(50, 100, "rows"), 4.5) == Work(50, 100, "rows", 50.0, None, estimating=True)
    assert not sticks.take(Look(60, 100, "rows"), 5).estimating


def test_a_request_has_come_as_far_as_its_statement() -> None:
    assert Progress(State.EXECUTING, 1, 4, work=Work(percent=60.0)).percent == 40
    assert Progress(State.EXECUTING, 1, 4).percent == 25
    assert Progress(State.BACKUP, 4, 4, work=Work(percent=10.0)).percent == 100


def test_the_status_says_that_no_time_can_be_told() -> None:
    options = Options(Mode.EXECUTE, host="h", port=1)
    sticks = Progress(State.EXECUTING, 0, 1, work=Work(900, 1000, "pages", 90.0, estimating=True))
    told = Task(1, options, "", Turn("h:1", "", has_come=True), sticks).status(5.0).whole
    assert (told["progress"], told["remainSeconds"]) == ("90.00 %", None)
    assert str(told["reason"]).startswith("estimating")
    known = Progress(State.EXECUTING, 0, 1, work=Work(1, 4, "rows", 25.0, 30.0))
    told = Task(1, options, "", Turn("h:1", "", has_come=True), known).status(5.0).whole
    assert (told["progress"], told["remainSeconds"], told["reason"]) == ("25.00 %", 30, "")


# -- on servers ------------------------------------------------------------------------------------------------

SHOWING: dict[str, dict[str, Option]] = {
    "mysql": {"performance_schema": "ON", "performance_schema_consumer_events_stages_current": "ON"},
    "mysql, no stages": {},
    "mariadb": {},
}


@pytest.fixture(scope="module", params=SHOWING)
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    kind = MySQL if request.param.startswith("mysql") else MariaDB
    if kind.find() is None:
        pytest.skip(kind.advice())
    with kind() as running:
        running.start(durable=False, **SHOWING[request.param])
        with running.connect() as connection:
            connection.query("CREATE DATABASE d")
            connection.query("USE d")
            connection.query(
                "CREATE TABLE t (id int auto_increment primary key, a varchar(100), b int, c varchar(100))"
            )
            connection.query("INSERT INTO t (a, b, c) VALUES (uuid(), 1, repeat('x', 80))")
            for _ in range(16):
                connection.query("INSERT INTO t (a, b, c) SELECT uuid(), rand() * 1000, repeat('y', 80) FROM t")
        yield running


def seen_during(
    connection: Connection, statement: str, foreseen: Foreseen, monkeypatch: pytest.MonkeyPatch
) -> list[Work]:
    """Run a statement under watch, looking often; return what was told."""
    monkeypatch.setattr(watch, "_FIRST_LOOK", 0.0)
    monkeypatch.setattr(watch, "_LOOKS_EVERY", 0.02)
    monkeypatch.setattr(watch, "_LEAST_REST", 0)
    told: list[Progress] = []
    subject = subject_of(connection, TableName("d", "t"), foreseen)
    with watched(Control(told.append), connection.address, connection.thread_id, subject):
        connection.query(statement)
    return [each.work for each in told if each.work is not None]


@pytest.mark.parametrize(
    ("statement", "foreseen"),
    [("ALTER TABLE t FORCE, ALGORITHM=INPLACE", REBUILD), ("ALTER TABLE t FORCE, ALGORITHM=COPY", COPY)],
)
def test_a_table_that_is_altered(
    server: DatabaseServer, statement: str, foreseen: Foreseen, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[float] = []
    with connect(server.address, database="d") as connection:
        for _ in range(20):  # on a busy machine it may be over before the first look
            works = seen_during(connection, statement, foreseen, monkeypatch)
            if found := [work.percent for work in works if work.percent is not None]:
                break
    assert found, "nothing was shown"
    assert found == sorted(found)
    assert 0 < found[-1] < 100


def test_whoever_waits_for_a_lock_says_so(server: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with connect(server.address, database="d") as connection, connect(server.address, database="d") as other:
        other.query("BEGIN")
        other.query("SELECT COUNT(*) FROM t WHERE id = 1")
        ending = threading.Timer(0.5, lambda: other.query("COMMIT"))
        ending.start()
        works = seen_during(connection, "ALTER TABLE t COMMENT 'x'", COPY, monkeypatch)
        ending.join()
    waiting = [work.waiting for work in works if work.waiting]
    told = server.kind == "mysql" and performance_schema(server) == "ON"
    assert waiting[0].startswith(f"blocked by connection {other.thread_id} (root@" if told else "blocked")


def performance_schema(server: DatabaseServer) -> object:
    """Return whether the server's performance_schema is on."""
    with connect(server.address) as connection:
        return connection.value("SELECT IF(@@performance_schema, 'ON', 'OFF')")
