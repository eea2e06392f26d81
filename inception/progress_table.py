"""execute_progress on the backup server, and what is kept beside it: the truth about a task, around each statement.

`execute_progress` has one row per task, for people. `execute_task` says who works on the task (a lease), and
`execute_journal` what is known of its statements (journal.py), so that a crash leaves nothing to guess. The row changes
and the journal grows in one commit and one packet, only while the task is still ours.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import attrgetter
from uuid import uuid4

from inception.batch.options import Options
from inception.batch.statement import Statement, Use
from inception.begun import DONE, PREPARE, Begun, Chunk
from inception.claim import Claim
from inception.errors import ConnectionLost, InceptionError, ServerError
from inception.gtids import highest
from inception.journal import (
    LONGEST_TEXT,
    Fact,
    appending,
    begun_fact,
    digest_of,
    ended_fact,
    ranges_fact,
    status_of,
    text_fact,
)
from inception.mysql import Connection
from inception.own_tables import DATABASE
from inception.ran import Ran
from inception.sql import quote_text, quote_value

Value = int | str | None
BEAT = 3.0  # seconds between two heartbeats
_TEXTS_AT_ONCE = 50
_GTIDS = f"`{DATABASE}`.`assigned_gtids`"
_TAKEN = 1062  # ER_DUP_ENTRY: somebody else has appended to the journal


class LeaseLost(ServerError):
    """Somebody else has taken the task over: nothing more may be done for it here."""

    def __init__(self) -> None:
        super().__init__(2506, "another server has taken this sequence over, or its row was removed")


def batch_digest(statements: Iterable[Statement], charset: str) -> str:
    """Return the digest of a whole batch: of the same texts, each in the same database, in the same character set."""
    parts = (f"{each.database}\0{each.text}" for each in statements)
    return digest_of("\0\0".join((charset, *parts)))


class ProgressTable:
    """The rows of one task that is ours. Every method returns only when its change is committed.

    They raise ServerError where it is not; LeaseLost where the task is no longer ours.
    """

    def __init__(self, connection: Connection, options: Options, statements: Sequence[Statement], claim: Claim) -> None:
        """Write for a task of so many statements that was claimed. `connection` is used by two threads in turn."""
        self._connection = connection
        connection.allow_several()
        connection.query("SET autocommit = 0")
        self._statements = statements
        self._described = 0  # number of the last statement whose text is in the journal
        self._entry = claim.entry  # the last one of the journal
        self._shown: dict[str, Value] = {}  # what the task's row is known to be
        self._key = quote_text(options.sequence)
        self._owner = quote_text(claim.owner)
        self._numbers = "", ""  # of GTIDs: their UUID, and the statement that takes the next number
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._beating.start()

    def assign_gtids(self, options: Options, executed: str) -> None:
        """Make ready to give GTIDs to statements on a target whose gtid_executed this is.

        Each target has a UUID of its own here, whatever gateway works on it, and numbers without gaps but for
        statements that failed: so each adds one entry to its gtid_executed. Numbers that the target has are passed
        over, should this server have forgotten them.
        """
        host, port = quote_text(options.host), int(options.port)
        where = f"WHERE `target_host` = {host} AND `target_port` = {port}"
        with self._transaction() as connection:
            made = f"{host}, {port}, '{uuid4()}'"
            connection.query(f"INSERT IGNORE INTO {_GTIDS} (`target_host`, `target_port`, `uuid`) VALUES ({made})")
            uuid = str(connection.value(f"SELECT `uuid` FROM {_GTIDS} {where} FOR UPDATE"))
            last = highest(executed, uuid)
            connection.query(f"UPDATE {_GTIDS} SET `last` = GREATEST(`last`, {last}) {where}")
        self._numbers = uuid, f"UPDATE {_GTIDS} SET `last` = LAST_INSERT_ID(`last` + 1) {where}"

    def next_gtid(self) -> str:
        """Return a GTID that no other statement gets, counted for good."""
        uuid, count = self._numbers
        with self._transaction() as connection:
            return f"{uuid}:{connection.execute(count).insert_id}"

    def prepare(self, begun: Begun, database: str, ended: Ran | None = None) -> None:
        """Write that a statement is about to be sent; in the same commit how the one before it ended."""
        shown: dict[str, Value] = {
            "sequence": begun.number,
            "status": PREPARE,
            "errcode": 0,
            "message": None,
            "dbname": database,
        }
        self._append(begun.number, shown, *([ended_fact(ended)] if ended else []), begun_fact(begun))

    def chunk(self, begun: Begun, chunk: Chunk, before: Chunk | None) -> None:
        """Write that a range of a statement is about to be sent; in the same commit how the one before it ended."""
        chunks = [chunk] if before is None else [before, chunk]
        self._append(begun.number, {"status": PREPARE}, ranges_fact(begun, *chunks))

    def ended(self, ran: Ran) -> None:
        """Write how a statement ended, on its own: nothing follows at once."""
        statement, status = ran.step.statement, status_of(ran)
        done = status == DONE
        database = statement.form.database if isinstance(statement.form, Use) and done else statement.database
        shown: dict[str, Value] = {
            "sequence": statement.number,
            "status": status,
            "errcode": ran.error.errno if ran.error and not done else 0,
            "message": None if done else ran.reason[:LONGEST_TEXT],
            "dbname": database,
        }
        self._append(statement.number, shown, ended_fact(ran))

    def release(self, reconnect: Callable[[], Connection]) -> None:
        """Give the task up: its work has ended. Never raises; a lease that cannot be given up expires.

        `reconnect` makes another connection, for where this one is broken.
        """
        self._released.set()
        self._beating.join()
        try:
            self._give_up(self._connection)
        except ServerError:
            with suppress(InceptionError), reconnect() as fresh:
                self._give_up(fresh)

    def _give_up(self, connection: Connection) -> None:
        connection.query(
            f"UPDATE `{DATABASE}`.`execute_task` SET `owner` = '' "
            f"WHERE `task_sequence` = {self._key} AND `owner` = {self._owner}"
        )
        connection.query("COMMIT")

    def _append(self, number: int, shown: dict[str, Value], *facts: Fact) -> None:
        """Change the task's row, and append facts of a statement to its journal, in one commit; only while the task is
        ours. What the row has already is not written again.
        """
        changes = shown.items() - self._shown.items()
        sets = ", ".join(f"`{name}` = {quote_value(value)}" for name, value in changes)
        row = (
            f"UPDATE `{DATABASE}`.`execute_progress` SET {sets or '`update_time` = CURRENT_TIMESTAMP'} "
            f"WHERE `task_sequence` = {self._key}"
        )
        texts = self._texts(number)
        entry = appending(self._key, self._entry + 1, [*texts, *facts])
        with self._lock:
            try:
                changed, *_ = self._connection.execute_together(row, entry, "COMMIT")
            except ServerError as error:
                self._roll_back()
                if error.errno == _TAKEN:
                    raise LeaseLost from None
                raise
        if not changed and not self._is_there():
            raise LeaseLost
        self._entry += 1
        self._shown |= shown
        if texts:
            self._described = texts[-1]["text"]

    def _texts(self, number: int) -> list[Fact]:
        """Return the texts of a statement and some that follow, where they are not in the journal yet: with each
        statement by itself it takes longer to write them.
        """
        if number <= self._described:
            return []
        first = bisect_left(self._statements, number, key=attrgetter("number"))
        return [text_fact(each) for each in self._statements[first : first + _TEXTS_AT_ONCE]]

    def _is_there(self) -> bool:
        """Tell whether the task has its row: a change to what it is already changes none."""
        with self._transaction() as connection:
            return bool(
                connection.query(f"SELECT 1 FROM `{DATABASE}`.`execute_progress` WHERE `task_sequence` = {self._key}")
            )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock:
            try:
                yield self._connection
                self._connection.query("COMMIT")
            except ServerError:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        with suppress(ServerError):
            self._connection.query("ROLLBACK")

    def _beat(self) -> None:
        """Keep the lease while a statement takes its time. A beat that fails is missed, and another one may not fail;
        of a connection that is lost the next write will tell.
        """
        while not self._released.wait(BEAT):
            try:
                with self._transaction() as connection:
                    connection.query(
                        f"UPDATE `{DATABASE}`.`execute_task` SET `heartbeat` = CURRENT_TIMESTAMP(3) "
                        f"WHERE `task_sequence` = {self._key} AND `owner` = {self._owner}"
                    )
            except ConnectionLost:
                return
            except ServerError:
                continue
