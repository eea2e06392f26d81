"""What is kept of a task's statements: written around each, read as it was, and only by who holds the task."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from inception import progress_table
from inception.batch.options import Mode, Options
from inception.batch.statement import Kind, Statement, Use
from inception.begun import PREPARE, Chunk
from inception.claim import LEASE, Claim, claim, find_task
from inception.errors import CannotResume, SequenceBusy, ServerError
from inception.journal import appending, begun_fact, text_fact
from inception.ledger import Ledger
from inception.mysql import Connection
from inception.plan import Step, Undo
from inception.progress_table import LeaseLost, ProgressTable, batch_digest
from inception.ran import Ran
from inception.server import text_of
from tests.journals import begun, ran, statement, statements_of
from tests.servers import DatabaseServer, wait_until

OPTIONS = Options(Mode.EXECUTE, "127.0.0.1", 3306, "root", sequence="it's")


def use(number: int, **fields: object) -> Ran:
    text = Statement(number, "use there", Kind.USE, "d", form=Use("there"))
    return replace(Ran(Step(text, Undo.NONE, "home"), f"1_2_{number - 1}"), **fields)  # type: ignore[arg-type]


@pytest.fixture
def observer(target: DatabaseServer) -> Iterator[Connection]:
    with target.connect() as connection:
        connection.query("DROP DATABASE IF EXISTS inception")
        yield connection
        connection.query("DROP DATABASE IF EXISTS inception")


def table(
    connection: Connection, count: int = 3, options: Options = OPTIONS, taken: Claim | None = None
) -> ProgressTable:
    statements = [statement(number) for number in range(1, count + 1)]
    return ProgressTable(connection, options, statements, taken or claim(connection, options, "digest", count))


def desert(observer: Connection) -> None:
    """Let the owner of the task be gone."""
    observer.query("UPDATE inception.execute_task SET owner = 'gone:1 - - x', heartbeat = NOW() - INTERVAL 1 HOUR")


_TEXTS = (
    "".join(map(chr, range(0x500))),
    "\udc80\udcff\x00",
    "\U0001f600 字 \u2028",
    "it's \\' \\\" \n -- /* */",
    "x" * 2000,
)


@pytest.mark.parametrize("text", _TEXTS, ids=["low", "bytes", "wide", "quotes", "long"])
def test_any_text_is_read_as_it_was(target: DatabaseServer, observer: Connection, text: str) -> None:
    """Also bytes that are not in any character set, which stand in a text as surrogates."""
    with target.connect() as connection:
        progress = ProgressTable(connection, OPTIONS, [statement(1, text)], claim(connection, OPTIONS, "digest", 1))
        progress.prepare(begun(1), "d")
        progress.release(target.connect)
    assert statements_of(observer, "it's")[1].text == text[:1024]


def test_texts_are_written_before_their_statements_and_once(target: DatabaseServer, observer: Connection) -> None:
    with target.connect() as connection:
        progress = table(connection, count=120)
        for number in (1, 2, 51, 119, 120):
            progress.prepare(begun(number), "d")
        progress.release(target.connect)
    assert list(statements_of(observer, "it's")) == [1, 2, 51, 119, 120]
    facts = observer.query("SELECT facts FROM inception.execute_journal ORDER BY entry")
    assert [text_of(each).count('"begins"') for (each,) in facts] == [0, 50, 0, 50, 2, 0]


def test_the_row_is_what_is_asked_for(target: DatabaseServer, observer: Connection) -> None:
    with target.connect() as connection:
        progress = table(connection)
        told: list[Sequence[object]] = []
        writes: list[Callable[[], None]] = [
            lambda: progress.prepare(begun(1), "d"),
            lambda: progress.chunk(begun(1, chunk_rows=1), Chunk(1, PREPARE, 2, (), ("1",)), None),
            lambda: progress.prepare(begun(2), "e", ran(1)),
            lambda: progress.ended(ran(2, error=ServerError(1062, "Duplicate"), reason="Duplicate")),
            lambda: progress.prepare(begun(3), "e"),
            lambda: progress.ended(use(3)),
            lambda: progress.ended(use(3, error=ServerError(1049, "Unknown database"), reason="Unknown database")),
        ]
        for write in writes:
            write()
            told += observer.query("SELECT sequence, status, errcode, message, dbname FROM inception.execute_progress")
        progress.release(target.connect)
    assert told == [
        ("1", "PREPARE", "0", None, "d"),
        ("1", "PREPARE", "0", None, "d"),
        ("2", "PREPARE", "0", None, "e"),
        ("2", "ERROR", "1062", "Duplicate", "d"),
        ("3", "PREPARE", "0", None, "e"),
        ("3", "DONE", "0", None, "there"),
        ("3", "ERROR", "1049", "Unknown database", "d"),
    ]


def test_who_has_lost_the_task_writes_nothing_more(target: DatabaseServer, observer: Connection) -> None:
    """What the first owner wrote is taken over; what it writes later is refused, also as it gives the task up."""
    with target.connect() as old, target.connect() as new:
        late = table(old)
        late.prepare(begun(1), "d")
        before = find_task(observer, "it's")
        assert before is not None
        desert(observer)
        taken = claim(new, replace(OPTIONS, resume=True), "digest", 3)
        assert taken.task is not None
        assert taken.task.statements == before.statements
        heir = table(new, taken=taken)
        with pytest.raises(LeaseLost):
            late.prepare(begun(2), "d")
        with pytest.raises(LeaseLost):
            late.ended(ran(1))
        late.release(target.connect)
        held = find_task(observer, "it's")
        assert held is not None
        assert held.owner == taken.owner
        heir.prepare(begun(1, opid="1_3_0", connection_id=3), "d")
        heir.release(target.connect)
    after = find_task(observer, "it's")
    assert after is not None
    assert (after.owner, after.number, after.status) == ("", 1, "PREPARE")
    assert after.statements == (begun(1, opid="1_3_0", connection_id=3),)


def test_who_slept_while_the_sequence_was_begun_anew_writes_nothing_more(
    target: DatabaseServer, observer: Connection
) -> None:
    with target.connect() as old, target.connect() as new:
        late = table(old)
        late.prepare(begun(1), "d")
        late.ended(ran(1))
        desert(observer)
        heir = table(new)
        with pytest.raises(LeaseLost):
            late.prepare(begun(2), "d")
        heir.prepare(begun(1, opid="1_3_0"), "d")
        late.release(target.connect)
        heir.release(target.connect)
    assert [each.opid for each in statements_of(observer, "it's").values()] == ["1_3_0"]


def test_who_takes_a_task_waits_for_what_is_being_written(target: DatabaseServer, observer: Connection) -> None:
    """A write that has begun, and is committed while another process takes the task, is not overlooked."""
    with target.connect() as old, target.connect() as new:
        late = table(old)
        late.prepare(begun(1), "d")
        desert(observer)
        old.query("UPDATE inception.execute_progress SET sequence = 2")
        taken: list[Claim] = []
        thread = threading.Thread(target=lambda: taken.append(claim(new, replace(OPTIONS, resume=True), "digest", 3)))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        old.query(appending("'it''s'", 3, [begun_fact(begun(2)), text_fact(statement(2))]))
        old.query("COMMIT")
        thread.join(10)
        late.release(target.connect)
    assert taken[0].task is not None
    assert [each.number for each in taken[0].task.statements] == [1, 2]


def test_a_heartbeat_that_fails_is_not_the_last(
    target: DatabaseServer, observer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_table, "BEAT", 0.01)
    with target.connect() as connection:
        progress = table(connection)
        observer.query("RENAME TABLE inception.execute_task TO inception.away")
        time.sleep(0.2)
        observer.query("RENAME TABLE inception.away TO inception.execute_task")
        observer.query("UPDATE inception.execute_task SET heartbeat = NOW() - INTERVAL 1 HOUR")
        young = "SELECT 1 FROM inception.execute_task WHERE heartbeat > NOW() - INTERVAL 1 MINUTE"
        wait_until(lambda: observer.query(young))
        progress.release(target.connect)


def test_who_has_lost_the_task_keeps_it_for_nobody(
    target: DatabaseServer, observer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_table, "BEAT", 0.01)
    with target.connect() as connection:
        late = table(connection)
        desert(observer)
        claim(observer, OPTIONS, "digest", 3)
        observer.query("UPDATE inception.execute_task SET heartbeat = NOW() - INTERVAL 1 HOUR")
        time.sleep(0.2)
        task = find_task(observer, "it's")
        late.release(target.connect)
    assert task is not None
    assert task.age > LEASE


def test_the_age_of_a_heartbeat_when_the_clocks_go_back(target: DatabaseServer, observer: Connection) -> None:
    """A zone whose clocks go back an hour at a moment; a heartbeat a minute before it is read a minute after."""
    moment = 1_700_000_000
    with target.connect() as connection:
        table(connection).release(target.connect)
    observer.query("SET sql_log_bin = 0")
    observer.query(f"UPDATE inception.execute_task SET heartbeat = FROM_UNIXTIME({moment - 60})")
    observer.query("INSERT INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (77, 'N')")
    observer.query("INSERT INTO mysql.time_zone_name VALUES ('Autumn', 77)")
    observer.query("INSERT INTO mysql.time_zone_transition_type VALUES (77, 0, 7200, 1, 'S'), (77, 1, 3600, 0, 'W')")
    observer.query(f"INSERT INTO mysql.time_zone_transition VALUES (77, 0, 0), (77, {moment}, 1)")
    try:
        observer.query("SET time_zone = 'Autumn'")
        observer.query(f"SET timestamp = {moment + 60}")
        task = find_task(observer, "it's")
    finally:
        for name in ("time_zone", "time_zone_name", "time_zone_transition_type", "time_zone_transition"):
            observer.query(f"DELETE FROM mysql.{name} WHERE Time_zone_id = 77")
    assert task is not None
    assert task.age == 120


def test_a_row_that_was_removed_ends_it(target: DatabaseServer, observer: Connection) -> None:
    with target.connect() as connection:
        progress = table(connection)
        progress.prepare(begun(1), "d")
        observer.query("DELETE FROM inception.execute_progress")
        with pytest.raises(LeaseLost):
            progress.prepare(begun(2), "d")
        progress.release(target.connect)


def test_what_cannot_be_written_leaves_nothing(target: DatabaseServer, observer: Connection) -> None:
    """The row is as it was where the journal can't be written, and both are once it can."""
    with target.connect() as connection:
        progress = table(connection)
        progress.prepare(begun(1), "d")
        observer.query("RENAME TABLE inception.execute_journal TO inception.away")
        with pytest.raises(ServerError):
            progress.prepare(begun(2), "d")
        assert observer.query("SELECT sequence FROM inception.execute_progress FOR UPDATE NOWAIT") == [("1",)]
        observer.query("RENAME TABLE inception.away TO inception.execute_journal")
        progress.prepare(begun(2), "d")
        assert observer.query("SELECT sequence FROM inception.execute_progress") == [("2",)]
        progress.release(target.connect)


def test_what_could_not_be_written_is_told_and_nothing_is_written_behind_it(
    target: DatabaseServer, observer: Connection
) -> None:
    """Else a later row would hide that the outcome of the statement before it is not known."""
    row = "SELECT sequence, status FROM inception.execute_progress"
    with target.connect() as connection:
        progress = table(connection)
        ledger = Ledger(progress)
        assert ledger.begin(begun(1), "d") == ([], "")
        observer.query("RENAME TABLE inception.execute_journal TO inception.away")
        [alone] = Ledger(progress).settle(ran(1))
        of_range = ledger.chunk(begun(1, chunk_rows=1), Chunk(1, PREPARE, 2, (), ("1",)), None)
        ledger.keep(ran(1))
        [before], problem = ledger.begin(begun(2), "d")
        observer.query("RENAME TABLE inception.away TO inception.execute_journal")
        assert ledger.settle(ran(2, reason="Not sent", sent=False))[0].reason == "Not sent"
        assert observer.query(row) == [("1", "PREPARE")]
        progress.release(target.connect)
    for told in (problem, before.unwritten, alone.unwritten, of_range):
        assert "could not be written to execute_progress" in told


def test_many_begin_at_once(target: DatabaseServer, observer: Connection) -> None:
    """Tasks that are taken at the same time, new ones and others, do not get into each other's way."""
    problems: list[Exception] = []

    def use(number: int) -> None:
        try:
            with target.connect() as connection:
                for _ in range(5):
                    progress = table(connection, options=replace(OPTIONS, sequence=f"task {number}"))
                    progress.prepare(begun(1), "d")
                    progress.prepare(begun(2), "d", ran(1))
                    progress.ended(ran(2))
                    progress.release(target.connect)
                    connection.query("SET autocommit = 1")
        except Exception as error:
            problems.append(error)

    claim(observer, OPTIONS, "digest", 0)  # makes the tables
    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert observer.query("SELECT COUNT(*) FROM inception.execute_progress WHERE status = 'DONE'") == [("8",)]


def test_only_the_same_batch_for_the_same_target_is_resumed(target: DatabaseServer, observer: Connection) -> None:
    with target.connect() as connection:
        table(connection).release(target.connect)
    again = replace(OPTIONS, resume=True)
    for other, digest, says in (
        (replace(again, port=3307), "digest", "not for this target"),
        (replace(again, host="127.0.0.2"), "digest", "not for this target"),
        (again, "another", "another text"),
        (replace(again, sequence="never"), "digest", "nothing to resume"),
    ):
        with pytest.raises(CannotResume, match=says):
            claim(observer, other, digest, 3)
    taken = claim(observer, again, "digest", 3)
    assert taken.task is not None


def test_a_batch_is_the_same_with_its_databases_and_in_its_character_set() -> None:
    batch = [statement(1), statement(2)]
    digests = {
        batch_digest(batch, "utf8mb4"),
        batch_digest(batch, "latin1"),
        batch_digest(batch[:1], "utf8mb4"),
        batch_digest([batch[0], replace(batch[1], database="e")], "utf8mb4"),
        batch_digest([batch[0], statement(2, "update d.t set a = 2")], "utf8mb4"),
    }
    assert len(digests) == 5
    assert batch_digest([statement(1), statement(2)], "utf8mb4") in digests


def test_a_name_that_the_backup_server_takes_for_another(target: DatabaseServer, observer: Connection) -> None:
    """Names that differ in case alone have one row. The session on the target is found by the name as it was written:
    by another one a statement that still runs would be taken for gone, and sent again.
    """
    other = replace(OPTIONS, sequence="It's")
    with target.connect() as connection:
        progress = table(connection)
        progress.prepare(begun(1), "d")
        with pytest.raises(SequenceBusy, match=r"'it's' is running"):
            claim(observer, other, "digest", 3)
        progress.release(target.connect)
    with pytest.raises(SequenceBusy, match=r"'it's' began statement 1"):
        claim(observer, other, "digest", 3)
    with pytest.raises(CannotResume, match="'it's'"):
        claim(observer, replace(other, resume=True), "digest", 3)
    assert named(observer, "It's") == "it's"
    observer.query("UPDATE inception.execute_progress SET status = 'DONE'")
    claim(observer, other, "digest", 3)
    assert named(observer, "it's") == "It's"


def named(observer: Connection, name: str) -> str:
    found = find_task(observer, name)
    return found.name if found else ""
