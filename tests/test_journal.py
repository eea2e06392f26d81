"""What is kept of a task's statements: written around each, read as it was, and only by who holds the task."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from inception.batch.options import Mode, Options
from inception.batch.statement import Kind, Statement
from inception.begun import DONE, PREPARE, Begun, Chunk
from inception.binlog.events import Position
from inception.claim import Claim, claim, find_task
from inception.errors import ServerError
from inception.journal import Fact, appending, begun_fact, ended_fact, ranges_fact, replayed, text_fact
from inception.mysql import Connection
from inception.plan import Step, Undo
from inception.progress_table import LeaseLost, ProgressTable
from inception.ran import Ran
from inception.schema.model import TableName
from inception.server import text_of
from inception.verdict import Outcome
from tests.journals import statements_of
from tests.servers import DatabaseServer

OPTIONS = Options(Mode.EXECUTE, "127.0.0.1", 3306, "root", sequence="it's")
START, END = Position("binlog.000001", 4), Position("binlog.000002", 1 << 33)
T = TableName("d", "t")


def statement(number: int, text: str = "update d.t set a = 1") -> Statement:
    return Statement(number, text, Kind.UPDATE, "d", changes=(T,))


def begun(number: int, **fields: object) -> Begun:
    kept = Begun(number, PREPARE, f"1_2_{number - 1}", 2, Kind.UPDATE, statement(number).text, tables=(T,))
    return replace(kept, **fields)  # type: ignore[arg-type]


def ran(number: int, **fields: object) -> Ran:
    return replace(Ran(Step(statement(number), Undo.ROWS, "home"), f"1_2_{number - 1}"), **fields)  # type: ignore[arg-type]


def read(*facts: Fact) -> tuple[Begun, ...]:
    """Write facts, each as an entry, and read them."""
    return replayed(written(fact) for fact in (text_fact(statement(1)), *facts))


def written(*facts: Fact) -> str:
    """Return an entry as it is stored, out of the statement that stores it."""
    literal = appending("''", 1, facts).partition("VALUES ('', 1, '")[2].removesuffix("')")
    return literal.replace("''", "'").replace("\\\\", "\\")


def test_what_was_begun_is_read() -> None:
    whole = begun(
        1, start=START, gtid="u:1", before={T: "CREATE …\n'\\", TableName("d", "new"): None}, locked=True, tool=True
    )
    assert read(begun_fact(whole)) == (whole,)
    assert read(begun_fact(begun(1))) == (begun(1),)


def test_how_it_ended_is_read() -> None:
    of = begun(1, start=START)
    done = ran(1, affected_rows=3, seconds=0.25, end=END, gtid="0-1-9", after={T: "CREATE"})
    assert read(begun_fact(of), ended_fact(done)) == (
        replace(of, status=DONE, affected_rows=3, seconds=0.25, end=END, gtid="0-1-9", after={T: "CREATE"}),
    )
    failed = ran(1, error=ServerError(1062, "Duplicate"), reason="Duplicate", end=END)
    assert read(begun_fact(of), ended_fact(failed)) == (
        replace(of, status="ERROR", errno=1062, message="Duplicate", end=END),
    )
    lost = ran(1, affected_rows=None, reason="lost", outcome=Outcome.UNKNOWN)
    assert read(begun_fact(of), ended_fact(lost)) == (replace(of, affected_rows=None, message="lost"),)


def test_one_that_was_never_begun_is_known_by_its_end() -> None:
    [kept] = read(ended_fact(ran(1, reason="Not sent", sent=False)))
    assert (kept.status, kept.text, kept.kind, kept.message) == ("ERROR", statement(1).text, Kind.UPDATE, "Not sent")


def test_nothing_holds_of_an_earlier_attempt_but_its_ranges() -> None:
    first = Chunk(1, PREPARE, 2, (), ("10",), START)
    done = replace(first, status=DONE, affected_rows=0, end=END, gtid="0-1-2", seconds=0.5)
    second = Chunk(2, PREPARE, 2, ("10",), ("20", "x'"), END)
    of = begun(1, start=START, chunk_rows=10, chunk_key="PRIMARY(a)", chunk_last=("99",))
    facts = [begun_fact(of), ranges_fact(of, first), ranges_fact(of, done, second)]
    assert read(*facts) == (replace(of, chunks=(done, second)),)
    partly = ran(1, error=ServerError(3024, "too long"), reason="too long", chunk=replace(second, status="ERROR"))
    [kept] = read(*facts, ended_fact(partly))
    assert (kept.status, kept.errno, kept.chunks) == ("ERROR", 3024, (done, replace(second, status="ERROR")))
    again = begun(1, opid="1_9_0", connection_id=9)
    assert read(*facts, ended_fact(partly), begun_fact(again)) == (
        replace(again, chunk_rows=10, chunk_key="PRIMARY(a)", chunk_last=("99",), chunks=kept.chunks),
    )


# -- on a server -----------------------------------------------------------------------------------------------


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
        assert observer.query("SELECT sequence FROM inception.execute_progress") == [("1",)]
        observer.query("RENAME TABLE inception.away TO inception.execute_journal")
        progress.prepare(begun(2), "d")
        assert observer.query("SELECT sequence FROM inception.execute_progress") == [("2",)]
        progress.release(target.connect)


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
