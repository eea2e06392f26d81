"""--batch-rows: what is cut off, stopped or throttled between two ranges of a key."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from inception.begun import Chunk
from inception.binlog.read import current_position
from inception.mysql import Connection
from inception.pace import replicas_of
from tests.end_to_end.conftest import Row
from tests.end_to_end.cut import Cut
from tests.end_to_end.ranges import FAST, TABLES, fill
from tests.end_to_end.test_rollback import roll_back
from tests.journals import statements_of
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL, wait_until


class Walked(Cut):
    """Rows 1 to 100 changed in ranges of ten, cut off in the middle: every row tells how often it was changed."""

    statement = "update t set a = a + 1 where id > 0"

    def make(self) -> None:
        with self.target.connect() as target:
            target.query("DROP DATABASE IF EXISTS d")
            target.query("CREATE DATABASE d")
        with self.target.connect(database="d") as target:
            fill(target, *TABLES["number"], 100)
        self.before = self.checksum("d", "t", "m")

    def submit_it(self, settings: str = FAST) -> None:
        """Begin to execute."""
        self.batch = f"{settings}use d; {self.statement}; insert into m (id) values (1000);"
        self.more = "--batch-rows=10;"
        self.rows: list[Row] = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def begin(self, middle: str = "", blocked: str = "", *tables: str) -> Connection:
        """Execute until the fifth range waits for a lock; return the session that holds it."""
        self.make()
        self.blocker.query("BEGIN")
        self.blocker.query("SELECT * FROM d.t WHERE id = 45 FOR UPDATE")
        self.submit_it()
        wait_until(lambda: self.states() == ["DONE"] * 4 + ["PREPARE"])
        wait_until(lambda: self.waits(self.blocker, "update t"))
        return self.blocker

    def _run(self) -> None:
        with contextlib.suppress(pymysql.MySQLError):
            self.rows = self.execute(self.batch, f"--sequence={self.name};{self.more}")

    def chunks(self) -> tuple[Chunk, ...]:
        with self.backup.connect() as backup:
            found = statements_of(backup, self.name)
        return found[2].chunks if 2 in found else ()

    def states(self) -> list[str]:
        return [chunk.status for chunk in self.chunks()]

    def told(self, key: str) -> Any:
        """Return what the status says, '' before there is one."""
        with contextlib.suppress(pymysql.MySQLError):
            return self.status()[key]
        return ""

    def kill_waiting(self) -> None:
        [number] = [row[0] for row in self.blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
        self.blocker.query(f"KILL {number!s}")

    def judge(self, rows: list[Row]) -> None:
        """All rows have been changed once, and what is stored restores the start."""
        assert [row.errlevel for row in rows] == [0, 1, 0], rows
        assert rows[1].Affected_rows == 100
        assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
        with self.target.connect(database="d") as target:
            assert target.query("SELECT COUNT(*) FROM t JOIN m USING (id) WHERE t.a = m.a + 1") == [("100",)]
        self.undo(rows)
        assert self.checksum("d", "t", "m") == self.before


@pytest.fixture
def walked(
    gateway: Gateway, target: DatabaseServer, backup_server: MariaDB, request: pytest.FixtureRequest
) -> Iterator[Walked]:
    shop = Walked(gateway, target, backup_server)
    shop.name = f"{request.node.name}-{os.getpid()}"
    with target.connect() as shop.blocker:
        yield shop


def test_what_is_written_while_it_runs(walked: Walked) -> None:
    blocker = walked.begin()
    status = walked.status()
    assert (status["finished"], status["total"], status["workUnit"]) == (40, 100, "rows")
    assert status["progress"] == "40.00 %"
    assert [(chunk.after, chunk.upto, chunk.affected_rows) for chunk in walked.chunks()[3:]] == [
        (("30",), ("40",), 10), (("40",), ("50",), None),
    ]  # fmt: skip
    assert walked.progress() == ("2", "PREPARE")
    with walked.backup.connect() as backup:
        begun = statements_of(backup, walked.name)[2]
    assert (begun.chunk_rows, begun.chunk_last) == (10, ("100",))
    [line] = [row for row in walked.ask("inception get processlist") if "update t" in str(row)]
    assert int(line[-1]) == 46  # of three statements one and 40 %
    blocker.query("ROLLBACK")
    walked.thread.join(30)
    walked.judge(walked.rows)


def _goes_on(walked: Walked) -> None:
    walked.kill_workers()
    walked.blocker.query("ROLLBACK")


def _undone(walked: Walked) -> None:
    walked.kill_workers()
    walked.kill_waiting()
    walked.blocker.query("ROLLBACK")


def _killed(walked: Walked) -> None:
    [line] = [row for row in walked.ask("inception get processlist") if "update t" in str(row)]
    walked.ask(f"inception kill {line[0]}")
    walked.thread.join(10)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    assert walked.rows[1].Affected_rows == 40
    assert walked.rows[2].stage == "CHECKED"
    walked.blocker.query("ROLLBACK")


def _connection_lost(walked: Walked) -> None:
    walked.kill_waiting()
    walked.thread.join(30)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    walked.blocker.query("ROLLBACK")


def _failed(walked: Walked) -> None:
    with walked.target.connect() as other:
        other.query("SET SESSION lock_wait_timeout = 100")
        [number] = [row[0] for row in walked.blocker.query("SHOW FULL PROCESSLIST") if "inception" in str(row[7])]
        other.query(f"KILL QUERY {number!s}")
    walked.thread.join(30)
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    walked.blocker.query("ROLLBACK")


def _gateway_gone(walked: Walked) -> None:
    """Its worker ends behind the range that runs."""
    walked.gateway.kill()
    walked.gateway.start()
    walked.blocker.query("ROLLBACK")


@pytest.mark.parametrize("cut", [_goes_on, _undone, _killed, _connection_lost, _failed, _gateway_gone])
def test_it_is_taken_up_behind_the_last_range(walked: Walked, cut: Callable[[Walked], None]) -> None:
    walked.begin()
    cut(walked)
    wait_until(lambda: walked.status()["outcome"] == "partly committed")
    wait_until(lambda: walked.status()["stage"] == "Stopped")
    rows = walked.resume()
    walked.judge(rows)
    assert walked.status()["stage"] == "Finished"


def test_it_goes_on_in_ranges_without_the_option(walked: Walked) -> None:
    """What is left is less than the option says, and it is not given any more: still nothing runs twice."""
    walked.begin()
    _killed(walked)
    walked.more = "--batch-rows=90;"
    walked.judge(walked.resume())
    assert [(chunk.number, chunk.after, chunk.upto) for chunk in walked.chunks()[5:]] == [(6, ("40",), ("100",))]


def test_another_key_is_not_walked_on(walked: Walked) -> None:
    walked.begin()
    _killed(walked)
    with walked.target.connect(database="d") as target:
        target.query("ALTER TABLE t MODIFY id varchar(20)")
    row = walked.resume()[1]
    assert row.stagestatus.startswith("Execute failed")
    assert "Its first ranges were of another key" in str(row.errormessage)


def test_a_definition_that_others_change_ends_it(walked: Walked) -> None:
    walked.make()
    walked.submit_it("inception set session inception_chunk_pause = 1000; ")
    wait_until(lambda: len(walked.chunks()) == 1)
    with walked.target.connect(database="d") as target:
        target.query("ALTER TABLE t ADD COLUMN z int")
    walked.thread.join(60)
    assert "The definition of d.t was changed meanwhile" in str(walked.rows[1].errormessage)


def test_a_range_is_not_sent_without_its_progress(walked: Walked) -> None:
    walked.make()
    walked.submit_it("inception set session inception_chunk_pause = 1000; ")
    with walked.target.connect(database="d") as target, walked.backup.connect() as backup:
        changed = "SELECT COUNT(*) FROM t JOIN m USING (id) WHERE t.a = m.a + 1"
        wait_until(lambda: target.value(changed) == "10")  # the first range; it rests now
        backup.query(f"DELETE FROM inception.execute_progress WHERE task_sequence = '{walked.name}'")
        walked.thread.join(60)
        assert "Not sent: its progress could not be written" in str(walked.rows[1].errormessage)
        assert target.value(changed) == "10"


def test_a_rest_is_interrupted(walked: Walked) -> None:
    walked.make()
    walked.submit_it("inception set session inception_chunk_pause = 60000; ")
    wait_until(lambda: walked.told("finished") == 10)
    [line] = [row for row in walked.ask("inception get processlist") if "update t" in str(row)]
    walked.ask(f"inception kill {line[0]}")
    walked.thread.join(30)
    assert not walked.thread.is_alive()
    assert walked.rows[1].stagestatus == "Execute failed\nBackup successfully"
    walked.batch = walked.batch.replace("60000", "0")
    walked.judge(walked.resume())


def test_it_waits_while_the_target_is_busy(walked: Walked) -> None:
    """Readers of the binary log run, too: so there is some room in the limit."""
    walked.make()
    asleep = "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'"

    def sleep() -> None:
        with walked.target.connect() as other:
            other.query_ignoring("SELECT SLEEP(100)", 1317)

    sleepers = [threading.Thread(target=sleep, daemon=True) for _ in range(6)]
    for each in sleepers:
        each.start()
    wait_until(lambda: len(walked.blocker.query(asleep)) == 6)
    walked.submit_it(f"{FAST}inception set session inception_chunk_max_threads_running = 6; ")
    wait_until(lambda: str(walked.told("waiting")).startswith("throttled: Threads_running is"))
    assert walked.states() == ["PREPARE"]
    for (number,) in walked.blocker.query(asleep):
        walked.blocker.query(f"KILL QUERY {number!s}")
    for each in (*sleepers, walked.thread):
        each.join(60)
    walked.judge(walked.rows)


def test_changes_by_others_between_the_ranges_are_conflicts(walked: Walked) -> None:
    """Row 5 was changed behind its range, row 95 before its own."""
    walked.begin()
    with walked.target.connect(database="d") as other:
        other.query("UPDATE t SET b = 'theirs' WHERE id IN (5, 95)")
    walked.blocker.query("ROLLBACK")
    walked.thread.join(30)
    [refused] = roll_back(walked, walked.rows[1])
    assert "1 of the rows of d.t have changed since; nothing was applied" in str(refused.errormessage)
    [undone] = roll_back(walked, walked.rows[1], options="--force;")
    assert undone.stagestatus.startswith("Execute Successfully")
    with walked.target.connect(database="d") as target:
        assert target.query("SELECT id FROM t JOIN m USING (id) WHERE t.a <> m.a") == []


@pytest.fixture
def alone(gateway: Gateway, backup_server: MariaDB, request: pytest.FixtureRequest) -> Iterator[Walked]:
    """With a target that nobody else uses."""
    with MariaDB() as target:
        shop = Walked(gateway, target.start(server_id=71, report_host="127.0.0.1"), backup_server)
        shop.name = f"{request.node.name}-{os.getpid()}"
        with target.connect() as shop.blocker:
            yield shop


def test_ranges_whose_binary_log_is_gone_keep_the_rollback_they_have(alone: Walked) -> None:
    alone.begin()
    _killed(alone)
    stored = alone.rollback_of(alone.rows[1:2])
    alone.blocker.query("FLUSH BINARY LOGS")

    def purged() -> bool:  # a file that somebody still reads is kept
        *_, last = alone.blocker.query("SHOW BINARY LOGS")
        alone.blocker.query(f"PURGE BINARY LOGS TO '{last[0]!s}'")
        return len(alone.blocker.query("SHOW BINARY LOGS")) == 1

    wait_until(purged)
    rows = alone.resume()
    assert rows[1].stagestatus == "Execute Successfully\nBackup failed"
    assert "binary log" in str(rows[1].errormessage)
    assert len(stored) == 40
    assert alone.rollback_of(rows[1:2]) == stored
    with alone.target.connect(database="d") as target:
        assert target.query("SELECT COUNT(*) FROM t JOIN m USING (id) WHERE t.a = m.a + 1") == [("100",)]


@pytest.mark.parametrize("kind", [MariaDB, pytest.param(MySQL, marks=pytest.mark.server("mysql"))])
def test_it_waits_for_replicas(
    kind: type[DatabaseServer], gateway: Gateway, backup_server: MariaDB, request: pytest.FixtureRequest
) -> None:
    mysql = kind is MySQL
    stop, start = ("STOP REPLICA SQL_THREAD", "START REPLICA") if mysql else ("STOP SLAVE SQL_THREAD", "START SLAVE")
    with kind() as target, kind() as replica:
        walked = Walked(gateway, target.start(), backup_server)
        walked.name = f"{request.node.name}-{os.getpid()}"
        replica.start(report_host="127.0.0.1", **({} if mysql else {"log_slave_updates": True}))
        with target.connect() as walked.blocker, replica.connect() as follower:
            where = f"_HOST='127.0.0.1', {{0}}_PORT={target.port}, {{0}}_USER='root', {{0}}_PASSWORD=''"
            word = "SOURCE" if mysql else "MASTER"
            file, offset = str(current_position(walked.blocker)).split(":")
            log = f", {word}_LOG_FILE='{file}', {word}_LOG_POS={offset}" + (
                ", GET_SOURCE_PUBLIC_KEY=1" if mysql else ""
            )
            change = "CHANGE REPLICATION SOURCE TO" if mysql else "CHANGE MASTER TO"
            follower.query(f"{change} {word}{where.format(word)}{log}")
            follower.query(start)
            follower.query(stop)
            wait_until(lambda: bool(replicas_of(walked.blocker)))
            walked.make()
            walked.submit_it()
            wait_until(lambda: "does not apply" in str(walked.told("waiting")))
            assert walked.states() == ["PREPARE"]
            follower.query(start)
            walked.thread.join(60)
            walked.judge(walked.rows)
            follower.query("STOP REPLICA" if mysql else "STOP SLAVE")
