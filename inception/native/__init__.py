"""Sends a statement on the session of an execution: bounded waits for metadata locks, tried again, and watched.

A definition change that waits for a lock makes every later statement on its table wait behind it: it waits a short
time, gives way, and tries again after a random pause. It is tried again only where it ended waiting to begin, never
where it had worked before.
"""

import logging
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

from inception.batch.statement import Kind
from inception.blockers import blockers_of
from inception.errors import ConnectionLost, ServerError
from inception.introspect import Observer
from inception.native.watch import subject_of, watched
from inception.plan import Step
from inception.progress import Control, Work
from inception.schema.alter import AlterTable
from inception.server import Outcome
from inception.session import Session
from inception.world import Blocker, blocked_by

log = logging.getLogger(__name__)

_LOCK_WAIT_TIMEOUT = 1205  # ER_LOCK_WAIT_TIMEOUT
_LONGEST_PAUSE = 30.0
_SLACK = 2.0  # seconds over the lock wait that a statement may have taken, and still have done nothing but wait


@dataclass(frozen=True)
class LockWaits:
    """How long a definition change waits for a metadata lock, in seconds, how many times more it is tried.

    `kill_idle`: connections that hold the lock and are idle in a transaction are killed before it is tried again.
    """

    seconds: int
    retries: int
    kill_idle: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "LockWaits":
        """Return what the variables say."""
        return cls(
            int(values["inception_lock_wait_timeout"]), int(values["inception_lock_wait_retries"]),
            kill_idle=values["inception_kill_blockers"] == "idle",
        )  # fmt: skip


@dataclass(frozen=True)
class Native:
    """What it takes to send a statement: where to, whom to ask about blockers, whom to tell."""

    session: Session
    observer: Observer
    control: Control
    waits: LockWaits

    def send(self, step: Step, opid: str, gtid: str | None = None) -> Outcome:
        """Run a step, under a GTID where one is given, and return what it did.

        Raises ServerError, ConnectionLost, GtidTaken, Stopped, UnicodeEncodeError.
        """
        text = self.session.send(step, opid)
        if not _changes_definitions(step) or _has_its_own_wait(step):
            self.session.bound_lock_wait(None)
            return self._execute(text, step, gtid)
        self.session.bound_lock_wait(self.waits.seconds)
        for attempt in range(self.waits.retries + 1):
            began = time.monotonic()
            try:
                return self._execute(text, step, gtid)
            except ServerError as error:
                only_waited = (
                    error.errno == _LOCK_WAIT_TIMEOUT and time.monotonic() - began < self.waits.seconds + _SLACK
                )
                if only_waited and attempt < self.waits.retries:
                    self._give_way(step, attempt)
                else:
                    raise self._named(error, step, attempt + 1) from None
        raise AssertionError("the last attempt returns or raises")

    def _execute(self, text: bytes, step: Step, gtid: str | None) -> Outcome:
        connection = self.session.connection
        with self._under(gtid), self.control.running(connection), self._watched(step):
            return connection.execute(text)

    @contextmanager
    def _under(self, gtid: str | None) -> Iterator[None]:
        """While inside, what is sent gets this GTID, and is committed at the end; unless its transaction has it."""
        if gtid is None or gtid == self.session.taken:
            yield
            return
        with self.control.running(self.session.connection):  # it may wait
            self.session.take(gtid)
        try:
            yield
            self.session.commit()
        except BaseException:
            self.session.roll_back()
            raise

    def _watched(self, step: Step) -> AbstractContextManager[None]:
        if not _changes_definitions(step):
            return nullcontext()
        connection, changes = self.session.connection, step.statement.changes
        table = changes[0] if changes else None
        subject = subject_of(self.observer.connection, table, step.foreseen)
        return watched(self.control, connection.address, connection.thread_id, subject)

    # -- waiting -----------------------------------------------------------------------------------------------

    def _give_way(self, step: Step, attempt: int) -> None:
        """Let those pass that have queued up behind the statement, for a random while. Raises Stopped."""
        blockers = self._blockers(step)
        if self.waits.kill_idle:
            self._kill(blockers)
        self.control.work(Work(waiting=blocked_by(blockers) or "blocked: waiting for a lock on the table"))
        self.control.sleep(min(2.0**attempt, _LONGEST_PAUSE) * random.uniform(0.5, 1.5))  # noqa: S311
        self.control.check()

    def _blockers(self, step: Step) -> tuple[Blocker, ...]:
        own = (self.session.connection.thread_id,)
        found = (blockers_of(self.observer.connection, name, but=own) for name in step.statement.changes)
        return tuple(blocker for some in found for blocker in some)

    def _kill(self, blockers: tuple[Blocker, ...]) -> None:
        for blocker in blockers:
            if blocker.idle and blocker.in_transaction:
                log.warning("killing %s, which holds a lock that a definition change waits for", blocker)
                with suppress(ServerError):  # it is gone, or not ours to kill: the next attempt shows
                    self.observer.connection.query(f"KILL {blocker.connection_id}")

    def _named(self, error: ServerError, step: Step, attempts: int) -> ServerError:
        """Return the error with the blockers in its text, where it is that of a wait for a lock."""
        if error.errno != _LOCK_WAIT_TIMEOUT or isinstance(error, ConnectionLost):
            return error
        who = blocked_by(self._blockers(step)) or "by whom, the target does not tell"
        text = f"{error.message}: it waited for a lock {attempts} times for {self.waits.seconds} s, {who}"
        return ServerError(error.errno, text, error.sqlstate)


def _changes_definitions(step: Step) -> bool:
    return step.statement.kind.is_ddl or step.statement.kind is Kind.TRUNCATE


def _has_its_own_wait(step: Step) -> bool:
    """Tell whether the statement says itself how long it waits (MariaDB: WAIT n, NOWAIT)."""
    form = step.statement.form
    return isinstance(form, AlterTable) and bool(form.wait)
