"""The journal of a task: what is written of its statements is read as it was."""

from dataclasses import replace

from inception.batch.statement import Kind
from inception.begun import DONE, PREPARE, Begun, Chunk
from inception.binlog.events import Position
from inception.errors import ServerError
from inception.journal import Fact, appending, begun_fact, ended_fact, ranges_fact, replayed, text_fact
from inception.schema.model import TableName
from inception.verdict import Outcome
from tests.journals import T, begun, ran, statement

START, END = Position("binlog.000001", 4), Position("binlog.000002", 1 << 33)


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
