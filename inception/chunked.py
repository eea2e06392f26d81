"""A large row change run in ranges of a key (--batch-rows): each range is a statement of its own, written down before.

The key is walked once, in ascending order, up to the row that was last when the walk began; so every row is visited at
most once. A range is sent, watched and found again like a statement: nothing of this is told twice here.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from inception.begun import DONE, ERROR, PREPARE, Begun, Chunk
from inception.chunks.key import BadBound, Bound
from inception.errors import ServerError, Stopped
from inception.ledger import Ledger
from inception.mysql import Row
from inception.pace import Limits, Pace
from inception.plan import Step
from inception.progress import Work
from inception.ran import Ran
from inception.runner import Place, Runner
from inception.server import ServerWarning, text_of
from inception.sql import quote_name
from inception.verdict import Outcome, without_counter

_ONLY_WAITED = frozenset({1205, 1213})  # ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK: the range was undone whole
_MOST_WARNINGS = 64  # as many as a server keeps of one statement
_INTERRUPTED = 1317  # ER_QUERY_INTERRUPTED
_CHANGED = 1412  # ER_TABLE_DEF_CHANGED
_UNWRITABLE = 1300  # ER_INVALID_CHARACTER_STRING


@dataclass(frozen=True)
class ChunkMeans:
    """What ranges of a key need: how soon one may follow another, who records them, and what has run before.

    `record` takes each range that is committed, so that what undoes it is stored with the statement's. `halfway` is the
    statement of which some ranges have run already, of a task that is taken up.
    """

    limits: Limits
    record: Callable[[Ran, Chunk], None]
    halfway: Begun | None = None

    def taken_up(self, begun: Begun) -> Begun:
        """Return a statement that is about to begin with what has run of it already."""
        before = self.halfway
        if before is None or before.number != begun.number:
            return begun
        return replace(
            begun, opid=before.opid, start=before.start, chunks=before.chunks, chunk_rows=before.chunk_rows,
            chunk_key=before.chunk_key, chunk_last=before.chunk_last,
        )  # fmt: skip


@dataclass
class _Walk:
    """How far the walk has come: ranges done, with rows changed, seconds, and the key that was reached."""

    number: int = 0  # of the last range that was begun
    done: int = 0
    rows: int = 0
    counted: bool = True  # every range told how many rows it changed
    seconds: float = 0.0
    reached: Bound = ()
    last: Chunk | None = None  # as it ended, or as it was begun
    warnings: list[ServerWarning] = field(default_factory=list)

    @classmethod
    def of(cls, begun: Begun) -> "_Walk":
        walk = cls(begun.chunks[-1].number if begun.chunks else 0)
        for chunk in begun.done:
            walk.add(chunk)
        return walk

    def add(self, chunk: Chunk) -> None:
        self.done += 1
        self.rows += chunk.affected_rows or 0
        self.counted = self.counted and chunk.affected_rows is not None
        self.seconds += chunk.seconds
        self.reached, self.last = chunk.upto, chunk


class Chunked:
    """One statement that runs in ranges of a key."""

    def __init__(
        self,
        runner: Runner,
        step: Step,
        begun: Begun,
        place: Place,
        ledger: Ledger,
        pace: Pace,
        record: Callable[[Ran, Chunk], None],
    ) -> None:
        """`begun` is the statement as it was written down, `place` where the execution stands in the binary log.

        `record` as in ChunkMeans.
        """
        if step.chunking is None or step.chunking.key is None or step.chunking.cut is None:
            raise ValueError("It was not decided how this statement runs in ranges.")
        self._runner, self._step, self._place = runner, step, place
        self._begun = replace(begun, chunk_rows=step.chunking.rows)
        self._ledger, self._pace, self._record = ledger, pace, record
        self._chunking, self._key, self._cut = step.chunking, step.chunking.key, step.chunking.cut
        self._so_far = _Walk.of(self._begun)

    def run(self) -> Ran:
        """Run the ranges that have not run yet, and return what became of the statement as a whole."""
        control = self._runner.control
        try:
            return self._walk()
        except Stopped as stopped:
            return self._failed(stopped.message, ServerError(_INTERRUPTED, stopped.message))
        except ServerError as error:
            return self._failed(f"{control.reason}: {error}" if control.stopping else str(error), error)
        except (BadBound, UnicodeEncodeError) as error:
            said = f"The ranges of the key cannot be written down: {error}."
            return self._failed(said, ServerError(_UNWRITABLE, said))

    # -- the walk ----------------------------------------------------------------------------------------------

    def _walk(self) -> Ran:
        key, rows = self._key, self._chunking.rows
        if self._begun.chunk_key not in ("", key.signature):
            raise ServerError(_CHANGED, "Its first ranges were of another key, or the key has changed since")
        last = self._begun.chunk_last or self._bound(key.last_query())
        self._begun = replace(self._begun, chunk_key=key.signature, chunk_last=last)
        definition = self._definition()
        while self._so_far.reached != last:
            if self._so_far.number:
                self._pace.rest(self._work())
            if self._definition() != definition:
                raise ServerError(_CHANGED, f"The definition of {key.table} was changed meanwhile")
            after = self._so_far.reached
            upto = self._bound(key.next_query(after, last, rows)) or last
            ended = self._send(self._chunk(after, upto))
            if ended is not None:
                return ended
            self._runner.control.work(self._work())
        return replace(self._whole(), note=f"It ran in {self._so_far.done} ranges of a key.")

    def _bound(self, question: str) -> Bound:
        """Ask for the key of a row; empty where there is none."""
        rows = self._ask(question)
        return tuple(map(text_of, rows[0])) if rows else ()

    def _definition(self) -> str:
        table = self._key.table
        return without_counter(text_of(self._ask(f"SHOW CREATE TABLE {quote_name(table.database, table.name)}")[0][1]))

    def _ask(self, question: str) -> list[Row]:
        connection = self._runner.session.connection
        with self._runner.control.running(connection):
            return connection.query(question)

    def _chunk(self, after: Bound, upto: Bound) -> Chunk:
        connection_id = self._runner.session.connection.thread_id
        return Chunk(self._so_far.number + 1, PREPARE, connection_id, after, upto, self._place.position)

    # -- one range ---------------------------------------------------------------------------------------------

    def _send(self, chunk: Chunk) -> Ran | None:
        """Run a range that is written down first; return what becomes of the statement where it ends with it."""
        if self._place.problem:
            return self._failed(f"Not sent: {self._place.problem}.")
        text = self._cut.within(self._key.between(chunk.after, chunk.upto))
        problem = self._ledger.chunk(self._begun, chunk, self._so_far.last)
        if problem:
            return self._failed(f"Not sent: its progress {problem}.")
        self._so_far.number, self._so_far.last = chunk.number, chunk
        ran = self._sent(replace(self._step, statement=replace(self._step.statement, text=text), chunking=None), chunk)
        if ran.sent and ran.outcome is not None:
            return self._cut_off(chunk, ran)
        if not ran.sent or ran.failed:
            self._so_far.last = replace(chunk, status=ERROR)
            return self._failed(ran.reason, ran.error or ServerError(_INTERRUPTED, ran.reason))
        self._done(chunk, ran)
        return None

    def _sent(self, step: Step, chunk: Chunk) -> Ran:
        """Send a range; again where the server says that it only waited for a lock, and has undone it."""
        runner = self._runner
        for attempt in range(runner.waits.retries + 1):
            ran = runner.send(step, self._begun.of(chunk), self._place)
            again = ran.outcome is None and ran.error is not None and ran.error.errno in _ONLY_WAITED
            if not again or runner.control.stopping or attempt == runner.waits.retries:
                break
            runner.control.work(replace(self._work(), waiting=f"blocked: {ran.reason}"))
            runner.control.sleep(random.uniform(0.5, 1.5))  # noqa: S311
        return ran

    def _done(self, chunk: Chunk, ran: Ran) -> None:
        rows, seconds = ran.affected_rows, ran.seconds
        self._so_far.add(replace(chunk, status=DONE, end=ran.end, gtid=ran.gtid, affected_rows=rows, seconds=seconds))
        self._so_far.warnings += (ran.warnings or ())[: _MOST_WARNINGS - len(self._so_far.warnings)]
        self._place = self._runner.behind(ran, self._place)
        if self._so_far.last is not None:
            self._record(Ran(self._step, self._begun.opid), self._so_far.last)

    def _cut_off(self, chunk: Chunk, ran: Ran) -> Ran:
        """The connection broke: what became of the range is known, or is not."""
        outcome = ran.outcome
        if outcome is Outcome.COMMITTED:
            self._done(chunk, ran)
        elif outcome is Outcome.NOT_COMMITTED:
            self._so_far.last = replace(chunk, status=ERROR)
        if outcome is not Outcome.UNKNOWN and self._so_far.done:
            complete = self._so_far.reached == self._begun.chunk_last
            outcome = Outcome.COMMITTED if complete else Outcome.PARTLY
        failed = self._failed(f"Range {chunk.number}: {ran.reason}", ran.error)
        self._runner.control.note(outcome=outcome.value if outcome else "", reason=failed.reason)
        return replace(failed, outcome=outcome, partly=outcome is not Outcome.COMMITTED and failed.partly)

    # -- the statement as a whole ------------------------------------------------------------------------------

    def _failed(self, reason: str, error: ServerError | None = None) -> Ran:
        """Return what is left of a statement that did not come to its end."""
        so_far = self._so_far
        if not so_far.number:
            return Ran(self._step, self._begun.opid, error=error, reason=reason, sent=False, start=self._begun.start)
        where = (
            f" The {so_far.done} ranges before, with {so_far.rows} rows, stay changed; --resume goes on behind them."
        )
        partly = so_far.done > 0
        return replace(self._whole(), error=error, reason=reason + where * partly, partly=partly)

    def _whole(self) -> Ran:
        so_far = self._so_far
        last = so_far.last
        end = last.end if last is not None and last.status == DONE else self._place.position
        notes = [f"Replica {name} was not waited for: {why}" for name, why in self._pace.unwatched.items()]
        return Ran(
            self._step, self._begun.opid, so_far.seconds, so_far.rows if so_far.counted else None,
            (*so_far.warnings, *(ServerWarning("Note", 0, note) for note in notes)),
            start=self._begun.start, end=end, gtid=self._place.gtid, chunk=so_far.last,
        )  # fmt: skip

    def _work(self) -> Work:
        walked, rows = self._so_far.done * self._chunking.rows, max(self._chunking.table_rows, 1)
        percent = min(100 * walked / rows, 99.0)  # of an estimate: never 100 before the end
        changed = self._so_far.rows
        return Work(changed, max(self._chunking.estimate, changed + 1), "rows", percent, estimating=walked > rows)
