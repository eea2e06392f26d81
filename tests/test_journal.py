"""What the row of a task keeps of its statements until they have rows of their own."""

from dataclasses import replace

import pytest

from inception.batch.options import Mode, Options
from inception.batch.statement import Kind
from inception.begun import PREPARE, Begun
from inception.begun_rows import read_begun
from inception.claim import claim, find_task
from inception.journal import Journal, journal_text, merged, moved, read_journal
from inception.own_tables import make_own_tables
from inception.progress_table import LeaseLost, ProgressTable
from tests.servers import DatabaseServer

BEGUN: Journal = {2: {"statement_digest": "d", "status": "PREPARE", "text": "a 'quoted' \\ text\n", "end_pos": None}}
ENDED: Journal = {2: {"status": "DONE", "end_pos": 7, "affected_rows": 3}}


def test_what_is_stored_is_read() -> None:
    assert read_journal(journal_text(BEGUN) or "") == BEGUN
    assert journal_text({}) is None
    assert read_journal("") == {}


def test_changes_come_after_what_is_there() -> None:
    both = merged(merged(BEGUN, ENDED), {3: {"status": "PREPARE"}})
    assert both[2] == {**BEGUN[2], **ENDED[2]}
    assert both[3] == {"status": "PREPARE"}


def test_statements_are_the_same_in_the_journal_and_in_rows(target: DatabaseServer) -> None:
    """Whatever is moved when, what is read of a task is the same."""
    journal = merged(
        merged(BEGUN, ENDED), {3: {"status": "PREPARE", "text": "next"}, 4: {"status": "", "text": "not yet"}}
    )
    with target.connect() as connection:
        connection.query("DROP DATABASE IF EXISTS inception")
        make_own_tables(connection)
        unmoved = read_begun(connection, "'x'", journal)
        for statement in moved(BEGUN, "'x'"):
            connection.query(statement)
        half = read_begun(connection, "'x'", merged(ENDED, {3: journal[3]}))
        for statement in moved(merged(ENDED, {3: journal[3]}), "'x'"):
            connection.query(statement)
        whole = read_begun(connection, "'x'", {})
        connection.query("DROP DATABASE inception")
    assert unmoved == half == whole
    assert [(each.number, each.status, each.affected_rows) for each in whole] == [(2, "DONE", 3), (3, "PREPARE", 0)]
    assert whole[0].text == "a 'quoted' \\ text\n"


def test_who_has_lost_the_task_writes_nothing_more(target: DatabaseServer) -> None:
    """The journal of the first owner is taken over; what it writes later is refused, also as it gives the task up."""
    options = Options(Mode.EXECUTE, "127.0.0.1", 3306, "root", sequence="lost")
    with target.connect() as old, target.connect() as new, target.connect() as observer:
        observer.query("DROP DATABASE IF EXISTS inception")
        late = ProgressTable(old, options, claim(old, options, "digest", 3)[0])
        late.prepare(Begun(1, PREPARE, "1_2_0", 2, Kind.UPDATE, "update 1"), "d")
        before = find_task(observer, "lost")
        assert before is not None
        observer.query("UPDATE inception.execute_task SET owner = 'gone:1 - - x', heartbeat = NOW() - INTERVAL 1 HOUR")
        owner, task = claim(new, replace(options, resume=True), "digest", 3)
        assert task is not None
        assert task.statements == before.statements
        heir = ProgressTable(new, options, owner)
        with pytest.raises(LeaseLost):
            late.prepare(Begun(2, PREPARE, "1_2_1", 2, Kind.UPDATE, "update 2"), "d")
        late.release(lambda: target.connect())
        heir.prepare(Begun(1, PREPARE, "1_3_0", 3, Kind.UPDATE, "update 1"), "d")
        heir.release(lambda: target.connect())
        after = find_task(observer, "lost")
        assert after is not None
        assert (after.owner, after.number, after.status) == ("", 1, "PREPARE")
        assert [(each.number, each.opid) for each in after.statements] == [(1, "1_3_0")]
        assert observer.query("SELECT number, opid, journal FROM inception.execute_statement JOIN "
                              "inception.execute_progress USING (task_sequence)") == [("1", "1_3_0", None)]  # fmt: skip
        observer.query("DROP DATABASE inception")
