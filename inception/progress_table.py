"""execute_progress on the backup server, and what is kept beside it: the truth about a task, around each statement.

`execute_progress` has one row per task, for people, and what is known of its last statements (journal.py); those before
have rows in `execute_statement`, so that a crash leaves nothing to guess. `execute_task` says who works on the task (a
lease). All is changed in one commit and one packet, only while the task is still ours.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from inception.batch.options import Options
from inception.batch.statement import Statement, Use
from inception.begun import DONE, ERROR, PREPARE, Begun, Chunk, bound_text, definitions_text, names_text
from inception.errors import InceptionError, ServerError
from inception.gtids import highest
from inception.journal import Journal, Value, journal_text, merged, moved
from inception.mysql import Connection
from inception.own_tables import DATABASE
from inception.ran import Ran
from inception.sql import quote_text, quote_value

BEAT = 3.0  # seconds between two heartbeats
_LONGEST_MESSAGE = 1024
_GTIDS = f"`{DATABASE}`.`assigned_gtids`"
_NOT_NULL = 1048  # ER_BAD_NULL_ERROR
_LONGEST_JOURNAL = 2048  # characters, after which statements are moved to rows of their own


class LeaseLost(ServerError):
    """Somebody else has taken the task over: nothing more may be done for it here."""

    def __init__(self) -> None:
        super().__init__(2506, "another server has taken this sequence over, or its row was removed")


def digest_of(text: str) -> str:
    """Return the SHA-256 of a statement's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def batch_digest(statements: Iterable[Statement], charset: str) -> str:
    """Return the digest of a whole batch: of the same texts, each in the same database, in the same character set."""
    parts = (f"{each.database}\0{each.text}" for each in statements)
    return digest_of("\0\0".join((charset, *parts)))


@dataclass(frozen=True)
class Ending:
    """How a statement ended."""

    ran: Ran

    @property
    def status(self) -> str:
        """What is written for it: PREPARE still where it may or may not have taken effect."""
        if self.ran.outcome_unknown:
            return PREPARE
        return DONE if self.ran.committed else ERROR


class ProgressTable:
    """The rows of one task that is ours. Every method returns only when its change is committed.

    They raise ServerError where it is not; LeaseLost where the task is no longer ours.
    """

    def __init__(self, connection: Connection, options: Options, owner: str) -> None:
        """Write for a task that was claimed (claim.py) under `owner`. `connection` is used by two threads in turn."""
        self._connection = connection
        connection.allow_several()
        self._journal: Journal = {}
        self._in_doubt = False  # a write has failed: what the journal is there is not known here
        self._key = quote_text(options.sequence)
        self._owner = quote_text(owner)
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
        with self._lock:
            made = f"{host}, {port}, '{uuid4()}'"
            self._connection.query(
                f"INSERT IGNORE INTO {_GTIDS} (`target_host`, `target_port`, `uuid`) VALUES ({made})"
            )
            uuid = str(self._connection.value(f"SELECT `uuid` FROM {_GTIDS} {where}"))
            last = highest(executed, uuid)
            self._connection.query(f"UPDATE {_GTIDS} SET `last` = GREATEST(`last`, {last}) {where}")
        self._numbers = uuid, f"UPDATE {_GTIDS} SET `last` = LAST_INSERT_ID(`last` + 1) {where}"

    def next_gtid(self) -> str:
        """Return a GTID that no other statement gets, counted for good."""
        uuid, count = self._numbers
        with self._lock:
            return f"{uuid}:{self._connection.execute(count).insert_id}"

    def prepare(self, begun: Begun, database: str, ended: Ending | None = None) -> None:
        """Write that a statement is about to be sent; in the same commit how the one before it ended."""
        shown: dict[str, Value] = {
            "sequence": begun.number,
            "status": PREPARE,
            "errcode": 0,
            "message": None,
            "dbname": database,
        }
        new: dict[str, Value] = {
            "statement_digest": digest_of(begun.text),
            "status": PREPARE, "kind": begun.kind.value, "text": begun.text[:_LONGEST_MESSAGE],
            "tables": names_text(begun.tables), "opid": begun.opid, "connection_id": begun.connection_id,
            "locked": int(begun.locked), "tool": int(begun.tool), "gtid": begun.gtid, "end_file": None, "end_pos": None,
            "start_file": begun.start.file if begun.start else None,
            "start_pos": begun.start.offset if begun.start else None,
            "definitions_before": definitions_text(begun.before), "definitions_after": None,
        }  # fmt: skip
        self._update(shown, {begun.number: new, **_ended(ended)}, _chunk_ended(self._key, ended))

    def chunk(self, begun: Begun, chunk: Chunk, before: Chunk | None) -> None:
        """Write that a range of a statement is about to be sent; in the same commit how the one before it ended."""
        new: dict[str, Value] = {
            "chunks": chunk.number, "chunk_rows": begun.chunk_rows, "chunk_key": begun.chunk_key,
            "chunk_last": bound_text(begun.chunk_last),
        }  # fmt: skip
        rows = [_chunk_row(self._key, begun.number, chunk)]
        if before is not None:
            rows.append(_chunk_row(self._key, begun.number, before))
        self._update({"status": PREPARE}, {begun.number: new}, rows)

    def ended(self, ending: Ending) -> None:
        """Write how a statement ended, on its own: nothing follows at once."""
        ran, statement, done = ending.ran, ending.ran.step.statement, ending.status == DONE
        database = statement.form.database if isinstance(statement.form, Use) else statement.database
        shown: dict[str, Value] = {
            "sequence": statement.number,
            "status": ending.status,
            "errcode": ran.error.errno if ran.error and not done else 0,
            "message": None if done else ran.reason[:_LONGEST_MESSAGE],
            "dbname": database,
        }
        self._update(shown, _ended(ending), _chunk_ended(self._key, ending))

    def release(self, reconnect: Callable[[], Connection]) -> None:
        """Give the task up: its work has ended. Never raises; a lease that cannot be given up expires.

        `reconnect` makes another connection, for where this one is broken.
        """
        self._released.set()
        self._beating.join()
        try:
            self._give_up(self._connection)
        except ServerError:
            with suppress(ServerError):
                self._connection.query("ROLLBACK")
            with suppress(InceptionError), reconnect() as fresh:
                self._give_up(fresh)

    def _give_up(self, connection: Connection) -> None:
        known: Journal = {} if self._in_doubt else self._journal
        connection.query("BEGIN")
        connection.query(
            f"UPDATE `{DATABASE}`.`execute_task` SET `owner` = '' "
            f"WHERE `task_sequence` = {self._key} AND `owner` = {self._owner}"
        )
        values: dict[str, Value] = {} if self._in_doubt else {"journal": None}
        connection.query(self._changing(values, owner="''", time="`update_time`"))
        for statement in moved(known, self._key):
            connection.query(statement)
        connection.query("COMMIT")

    def _update(self, shown: Mapping[str, Value], statements: Journal, also: Sequence[str] = ()) -> None:
        """Change the task's row, and what is known of its statements, in one commit; only while the task is ours."""
        journal = merged(self._journal, statements)
        text = journal_text(journal)
        if also or len(text or "") > _LONGEST_JOURNAL:
            task = self._changing({**shown, "journal": None})
            together = ["BEGIN", task, *moved(journal, self._key), *also, "COMMIT"]
            journal = {}
        else:
            task = self._changing({**shown, "journal": text})
            together = [task]
        with self._lock, self._undone_where_it_fails():
            changed = self._connection.execute_together(*together)
            if not changed[together.index(task)] and not self._is_there():
                raise LeaseLost
        self._journal = journal

    def _is_there(self) -> bool:
        """Tell whether the task has its row: a change to what it is already changes none."""
        return bool(
            self._connection.query(f"SELECT 1 FROM `{DATABASE}`.`execute_progress` WHERE `task_sequence` = {self._key}")
        )

    def _changing(self, values: Mapping[str, Value], owner: str = "`owner`", time: str = "CURRENT_TIMESTAMP") -> str:
        """Return what changes the task's row: it fails where that is not ours any more."""
        sets = f"{_assignments(values)}, " if values else ""
        return (
            f"UPDATE `{DATABASE}`.`execute_progress` SET {sets}`owner` = IF(`owner` = {self._owner}, {owner}, NULL), "
            f"`update_time` = {time} WHERE `task_sequence` = {self._key}"
        )

    @contextmanager
    def _undone_where_it_fails(self) -> Iterator[None]:
        try:
            yield
        except ServerError as error:
            self._in_doubt = True
            with suppress(ServerError):
                self._connection.query("ROLLBACK")
            if error.errno == _NOT_NULL:
                raise LeaseLost from None
            raise

    def _beat(self) -> None:
        """Keep the lease while a statement takes its time. A beat that fails is missed: the next write will tell."""
        while not self._released.wait(BEAT):
            try:
                with self._lock:
                    self._connection.query(
                        f"UPDATE `{DATABASE}`.`execute_task` SET `heartbeat` = CURRENT_TIMESTAMP(3) "
                        f"WHERE `task_sequence` = {self._key} AND `owner` = {self._owner}"
                    )
            except ServerError:
                return


def _ended(ending: Ending | None) -> dict[int, dict[str, Value]]:
    if ending is None:
        return {}
    ran, statement = ending.ran, ending.ran.step.statement
    return {
        statement.number: {
            "statement_digest": digest_of(statement.text),  # with kind and text also where it was not even begun
            "kind": statement.kind.value,
            "text": statement.text[:_LONGEST_MESSAGE],
            "status": ending.status,
            "end_file": ran.end.file if ran.end else None,
            "end_pos": ran.end.offset if ran.end else None,
            "gtid": ran.gtid,
            "definitions_after": definitions_text(ran.after),
            "affected_rows": -1 if ran.affected_rows is None else ran.affected_rows,
            "seconds": f"{ran.seconds:.3f}",
            "errcode": ran.error.errno if ran.error else 0,
            "message": ran.reason[:_LONGEST_MESSAGE] or None,
        }
    }


def _chunk_ended(key: str, ending: Ending | None) -> list[str]:
    """Return what writes how the last range of a statement ended; nothing for one that was run as it is."""
    if ending is None or ending.ran.chunk is None:
        return []
    return [_chunk_row(key, ending.ran.step.statement.number, ending.ran.chunk)]


def _chunk_row(key: str, number: int, chunk: Chunk) -> str:
    """Return the statement that writes a range, anew or as it is by now; `key` is the task's name, quoted."""
    values: dict[str, Value] = {
        "number": number, "chunk": chunk.number, "status": chunk.status, "connection_id": chunk.connection_id,
        "after_key": bound_text(chunk.after), "upto_key": bound_text(chunk.upto),
        "start_file": chunk.start.file if chunk.start else None,
        "start_pos": chunk.start.offset if chunk.start else None,
        "end_file": chunk.end.file if chunk.end else None, "end_pos": chunk.end.offset if chunk.end else None,
        "gtid": chunk.gtid, "affected_rows": chunk.affected_rows, "seconds": f"{chunk.seconds:.3f}",
    }  # fmt: skip
    return f"REPLACE INTO `{DATABASE}`.`execute_chunk` SET `task_sequence` = {key}, {_assignments(values)}"


def _assignments(values: Mapping[str, Value]) -> str:
    return ", ".join(f"`{name}` = {quote_value(value)}" for name, value in values.items())
