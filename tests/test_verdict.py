"""What became of a statement, decided from evidence: every branch once, as people would argue it."""

import pytest

from inception.batch.statement import Kind
from inception.begun import PREPARE, Begun
from inception.binlog.events import (
    Event,
    Position,
    QueryText,
    ServerStarted,
    StatementText,
    TransactionBegin,
    TransactionEnd,
    Unreadable,
)
from inception.binlog.find import Found, Search, find_statement
from inception.errors import BinlogError
from inception.schema.model import TableName
from inception.verdict import Effect, Evidence, Outcome, decide, effect_of

T, U = TableName("d", "t"), TableName("d", "u")
OLD = "CREATE TABLE `t` (\n  `id` int\n) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4"
MOVED = OLD.replace("=5", "=77")
NEW = OLD.replace("int\n", "bigint\n")
START, END = Position("log.000001", 100), Position("log.000001", 500)
FOUND = Found(END, "0-1-7", "its marker")
ROWS = Begun(3, PREPARE, "1_9_2", 9, Kind.UPDATE, "update t", start=START, tables=(T,), locked=True)
WITH_GTID = Begun(3, PREPARE, "1_9_2", 9, Kind.UPDATE, "update t", start=START, gtid="u:7")
ALTER = Begun(3, PREPARE, "1_9_2", 9, Kind.ALTER_TABLE, "alter table t", start=START, before={T: OLD})
CREATE = Begun(3, PREPARE, "1_9_2", 9, Kind.CREATE_TABLE, "create table t", start=START, before={T: None})
DROP = Begun(3, PREPARE, "1_9_2", 9, Kind.DROP_TABLE, "drop table t, u", start=START, before={T: OLD, U: OLD})
ONLINE = Begun(3, PREPARE, "1_9_2", 9, Kind.ALTER_TABLE, "alter table t", start=START, before={T: OLD}, tool=True)
YES, NO, UNKNOWN = Outcome.COMMITTED, Outcome.NOT_COMMITTED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("begun", "evidence", "outcome", "says"),
    [
        (ROWS, Evidence(unreachable="no route"), UNKNOWN, "could not be asked: no route"),
        (ROWS, Evidence(found=FOUND), YES, "recognised by its marker, up to log.000001:500"),
        (ROWS, Evidence(alive="connection 9"), UNKNOWN, "may still run: connection 9"),
        (ROWS, Evidence(alive="connection 9", found=FOUND), YES, "in the binary log"),
        (ROWS, Evidence(maybe_alive="Somebody is there"), UNKNOWN, "Somebody is there"),
        (ROWS, Evidence(), NO, "connection 9 is gone, and the binary log, read from log.000001:100 to its end"),
        (ROWS, Evidence(log_problem="purged."), UNKNOWN, "does not tell: purged."),
        (ROWS, Evidence(unsafe_tables=(T,)), UNKNOWN, "the engine of d.t keeps rows"),
        (ROWS, Evidence(relaxed=("sync_binlog=0",)), NO, "runs with sync_binlog=0"),
        (WITH_GTID, Evidence(gtid_executed=True, log_problem="purged."), YES, "u:7 is in gtid_executed"),
        (WITH_GTID, Evidence(gtid_executed=False, log_problem="purged."), NO, "u:7 is not in gtid_executed"),
        (WITH_GTID, Evidence(gtid_executed=False, alive="connection 9"), UNKNOWN, "may still run"),
        (ALTER, Evidence(now={T: MOVED}), NO, "does not have it"),
        (ALTER, Evidence(now={T: NEW}), YES, "nobody else changed them"),
        (ALTER, Evidence(now={T: NEW}, disturbed="ALTER TABLE t"), UNKNOWN, "Another session ran: ALTER TABLE t"),
        (ALTER, Evidence(now={T: NEW}, atomic_ddl=True), NO, "does not have it"),
        (ALTER, Evidence(now={T: NEW}, log_problem="purged."), YES, "the definition of d.t has changed"),
        (ALTER, Evidence(now={T: OLD}, log_problem="purged."), UNKNOWN, "is as it was"),
        (CREATE, Evidence(now={T: None}, log_problem="purged."), NO, "is as it was"),
        (CREATE, Evidence(now={T: NEW}, log_problem="purged."), YES, "has changed"),
        (DROP, Evidence(now={T: None, U: OLD}), UNKNOWN, "d.t has changed since, the definition of d.u is as it was"),
        (DROP, Evidence(now={T: None, U: None}), YES, "have changed"),
        (ONLINE, Evidence(now={T: NEW}, atomic_ddl=True), YES, "online schema change"),
        (ONLINE, Evidence(now={T: OLD}), NO, "nothing is left"),
        (ONLINE, Evidence(now={T: OLD}, left=("_t_new",)), UNKNOWN, "_t_new is there"),
    ],
)
def test_verdicts(begun: Begun, evidence: Evidence, outcome: Outcome, says: str) -> None:
    verdict = decide(begun, evidence)
    assert verdict.outcome is outcome
    assert says in verdict.reason.replace("`", "")


def test_a_table_that_was_not_there_is_no_part_of_a_drop() -> None:
    begun = Begun(1, PREPARE, "1_9_0", 9, Kind.DROP_TABLE, before={T: OLD, U: None})
    assert effect_of(begun, {T: None, U: None}) is Effect.WHOLE
    assert effect_of(begun, {T: OLD, U: None}) is Effect.NONE


# -- looking for the statement ---------------------------------------------------------------------------------

MARK, OTHER = "/* inception 1_9_2 */", "/* inception 1_9_1 */"
SEARCH = Search(MARK, 9, START, lambda text: "d.t" in text)


def transaction(thread_id: int | None, *inside: Event, undone: bool = False, end: int = 500) -> list[Event]:
    return [TransactionBegin("g", thread_id), *inside, TransactionEnd(Position("log.000001", end), undone)]


@pytest.mark.parametrize(
    ("events", "by"),
    [
        (transaction(9), "the id of its connection"),
        (transaction(None, StatementText(f"{MARK} update t")), "its marker"),
        (transaction(None, QueryText(9, "d", "DROP TABLE `t` /* generated by server */")), "the id of its connection"),
        (transaction(8, QueryText(8, "d", f"{MARK} alter table t")), "its marker"),
        (transaction(8), None),
        (transaction(9, undone=True), None),
        ([ServerStarted("log.000002"), *transaction(9)], None),
        ([ServerStarted("log.000001"), *transaction(9)], "the id of its connection"),
        ([ServerStarted("log.000002"), *transaction(9, StatementText(f"{MARK} update t"))], "its marker"),
        (transaction(9, QueryText(9, "d", "DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `x`")), None),
        ([*transaction(8, end=300), *transaction(9)], "the id of its connection"),
        (transaction(9, StatementText(f"{OTHER} update u")), None),
        (transaction(9, QueryText(9, "d", f"{OTHER} create table u (id int)")), None),
        (transaction(9, StatementText(f"{OTHER} update u"), StatementText(f"{MARK} update t")), "its marker"),
        (transaction(9, StatementText(f"{MARK} update t"), StatementText(f"{OTHER} update u")), "its marker"),
    ],
)
def test_looking_for_a_statement(events: list[Event], by: str | None) -> None:
    found, disturbed = find_statement(events, SEARCH)
    assert found == (None if by is None else Found(END, "g", by))
    assert disturbed == ""


def test_definition_changes_of_others_are_told() -> None:
    events = transaction(8, QueryText(8, "d", "alter table d.t add x int"))
    assert find_statement(events, SEARCH) == (None, "alter table d.t add x int")
    events = transaction(8, QueryText(8, "d", "DROP TABLE d.t /* generated by ddl recovery */"))
    assert find_statement(events, SEARCH) == (None, "")


def test_what_cannot_be_read_proves_nothing() -> None:
    with pytest.raises(BinlogError, match="of type 99"):
        find_statement([Unreadable("of type 99")], SEARCH)
