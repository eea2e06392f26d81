"""Runs one statement on the target: written down before, its truth told after. Not which one, nor in what order."""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from inception.batch.statement import SetNames
from inception.begun import PREPARE, Begun
from inception.binlog.read import Position, current_position
from inception.errors import (
    BinlogError,
    ChangeAborted,
    ConnectionLost,
    GtidTaken,
    SchemaChangeFailed,
    ServerError,
    Stopped,
)
from inception.gtids import Assigner
from inception.introspect import Observer
from inception.native import LockWaits, Native
from inception.osc.job import Job
from inception.osc.run import Means, run_job
from inception.plan import Step, Undo
from inception.progress import Control
from inception.ran import Ran
from inception.server import Outcome as Affected
from inception.server import ServerWarning
from inception.session import Session
from inception.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Place:
    """Where an execution stands in the target's binary log, before its next statement.

    `problem` says why that could not be asked: nothing may be sent then, or it would be taken for what ran before it.
    """

    position: Position | None
    gtid: str | None
    problem: str = ""


@dataclass(frozen=True)
class Runner:
    """What it takes to run a statement: where to, whom to ask and to tell, whether to go on after a failure.

    `assigner` says under which GTID it is sent.
    """

    session: Session
    observer: Observer
    control: Control
    waits: LockWaits
    force: bool
    recover: Callable[[Begun], Verdict] | None
    means: Means | None
    assigner: Assigner

    def goes_on(self, ran: Ran) -> bool:
        """Tell whether the next statement may follow."""
        lost = ran.outcome is not None and not isinstance(ran.error, SchemaChangeFailed)
        if not ran.sent or self.control.stopping or lost:
            return False
        return not ran.failed or (self.force and not _of_temporary(ran.step))

    def _end(self, step: Step) -> str:
        """Return why the failure of a statement ends the execution, in spite of --force; '' where it does not."""
        return f" ({_MEANT_OTHERWISE})" if self.force and _of_temporary(step) else ""

    def behind(self, ran: Ran, place: Place) -> Place:
        """Return where the execution stands after a statement; one that failed may have left rows, too."""
        if ran.end is not None or not ran.sent:
            return Place(ran.end or place.position, ran.gtid or place.gtid)
        try:
            return Place(self.session.position(), self.session.last_gtid())
        except (BinlogError, ServerError) as error:
            why = f"where the statement before it ended in the binary log could not be asked: {error}"
            return Place(None, None, why)

    def begin(self, step: Step, place: Place, together: tuple[Step, ...]) -> Begun | Ran:
        """Return what is to be written down before the statement is sent; a failure where that cannot be found out.

        `together` are all statements of its transaction.
        """
        statement, thread_id = step.statement, self.session.connection.thread_id
        opid = f"{int(time.time())}_{thread_id}_{statement.number - 1}"
        tables = statement.changes if step.undo is Undo.DEFINITION else ()
        if place.problem:
            return Ran(step, opid, reason=f"Not sent: {place.problem}", sent=False)
        try:
            before = {name: self.observer.definition(name) for name in tables}
        except ServerError as error:
            return Ran(step, opid, error=error, reason=f"Not sent: the target could not be asked: {error}", sent=False)
        try:
            gtid = self.assigner.gtid(together)
        except ServerError as error:
            return Ran(step, opid, error=error, reason=f"Not sent: no GTID could be given to it: {error}", sent=False)
        sent = self.assigner.sent_before(gtid)
        return Begun(
            statement.number, PREPARE, opid, thread_id, statement.kind, statement.text,
            start=sent.start if sent else place.position, gtid=gtid, before=before,
            tables=statement.changes if statement.kind.is_dml else (), locked=self.session.locked,
            tool=step.way.job is not None,
        )  # fmt: skip

    def send(self, step: Step, begun: Begun, place: Place) -> Ran:
        """Run a statement that was written down as begun, and return what became of it."""
        ran = Ran(step, begun.opid, start=place.position, gtid=begun.gtid, before=begun.before)
        try:
            began = time.monotonic()
            affected = self._send(step, begun)
            seconds = time.monotonic() - began
        except Stopped as stopped:
            aborted = isinstance(stopped, ChangeAborted)
            return replace(ran, reason=stopped.message, sent=False, aborted=aborted)
        except ConnectionLost as error:
            return self.lost(replace(ran, affected_rows=None, warnings=None), begun, error)
        except GtidTaken as error:
            return self.skipped(ran, error)
        except SchemaChangeFailed as failed:
            stopped_by = f"{self.control.reason}: " if self.control.stopping else ""
            ran = replace(ran, error=failed, reason=stopped_by + failed.message)
            return self._after(replace(ran, outcome=Outcome.COMMITTED), place.gtid) if failed.altered else ran
        except ServerError as error:
            reason = f"{self.control.reason}: {error}" if self.control.stopping else str(error)
            return replace(ran, error=error, reason=reason + _advice(step, error) + self._end(step))
        except UnicodeEncodeError as error:
            text = f"'{error.object[error.start : error.end]}' cannot be written in the session's character set"
            return replace(ran, error=ServerError(1300, text), reason=text)
        ran = replace(ran, seconds=seconds, affected_rows=affected.affected_rows, warnings=affected.warnings)
        return self._after(ran, place.gtid)

    def _send(self, step: Step, begun: Begun) -> Affected:
        if step.way.job is not None and self.means is not None:
            return self._change_online(step.way.job, self.means)
        affected = Native(self.session, self.observer, self.control, self.waits).send(step, begun.opid, begun.gtid)
        if isinstance(step.statement.form, SetNames):
            self.session.connection.use_charset(step.statement.form.charset)
        return affected

    def _change_online(self, job: Job, means: Means) -> Affected:
        """Do an online schema change. Raises ChangeAborted where an order stopped it, SchemaChangeFailed."""
        result = run_job(job, means, self.control, self._keep_alive)
        if result.aborted:
            raise ChangeAborted(result.message)
        if result.failure:
            raise SchemaChangeFailed(result.message, altered=result.altered)
        if means.values["inception_osc_print_none"]:
            return Affected(0)
        return Affected(0, (ServerWarning("Note", 0, result.output.text),))

    def _keep_alive(self) -> None:
        """Use the sessions that would be idle for hours, or the servers end them (wait_timeout).

        One that is lost all the same does not concern the tool: the next statement will tell of it.
        """
        for connection in (self.session.connection, self.observer.connection):
            with suppress(ServerError):
                connection.ping()

    def _after(self, ran: Ran, gtid_before: str | None) -> Ran:
        """Add what can only be asked after the statement; a failure here does not make it a failed statement."""
        try:
            gtid = self.session.last_gtid()
            ran = replace(ran, end=self.session.position(), gtid=gtid if gtid and gtid != gtid_before else ran.gtid)
            return replace(ran, after={name: self.observer.definition(name) for name in ran.before})
        except ServerError:
            return self._asked_anew(ran)

    def _asked_anew(self, ran: Ran) -> Ran:
        """Add how the tables of a definition change stand now, as a new connection sees it: ours may be broken."""
        if ran.before:
            with suppress(ServerError), closing(Observer(self.session.connection.address)) as observer:
                end = current_position(observer.connection) if self.session.backup else None
                after = {name: observer.definition(name) for name in ran.before}
                return replace(ran, end=ran.end or end, after=after)
        return ran

    def lost(self, ran: Ran, begun: Begun, error: ConnectionLost) -> Ran:
        """Tell what became of a statement whose connection broke. It is never sent again."""
        if self.recover is None:
            verdict = Verdict(Outcome.UNKNOWN, "")
        else:
            verdict = self.recover(begun)
        ran = replace(
            ran, error=error, outcome=verdict.outcome, reason=_lost_reason(error, verdict, self.control.reason)
        )
        if verdict.outcome is not Outcome.COMMITTED:
            ran = replace(ran, affected_rows=0 if verdict.outcome is Outcome.NOT_COMMITTED else None)
        self.control.note(outcome=verdict.outcome.value, reason=verdict.reason)
        if verdict.found is not None:
            ran = replace(ran, end=verdict.found.end, gtid=verdict.found.gtid or ran.gtid)
        if verdict.outcome is Outcome.COMMITTED:
            ran = self._asked_anew(ran)
        return ran

    def skipped(self, ran: Ran, error: GtidTaken) -> Ran:
        """Tell what became of a statement whose GTID is another's: of its own first sending, if it was sent before."""
        if self.assigner.sent_before(ran.gtid) is None:
            return replace(ran, error=error, reason=f"Not sent: {error.message}.", sent=False)
        reason = f"Not sent again: {error.message}. Whether it has taken effect --resume finds out."
        return replace(ran, error=error, reason=reason, sent=False, outcome=Outcome.UNKNOWN, affected_rows=None)


_MEANT_OTHERWISE = "This ends the execution, also with --force: what follows would mean another table of this name."


def _of_temporary(step: Step) -> bool:
    """Tell whether a step makes, renames or drops a temporary table: later ones mean it by its name."""
    return step.statement.kind.is_ddl and any(name in step.statement.temporary for name in step.statement.changes)


def unsent(step: Step, begun: Begun, problem: str) -> Ran:
    """Return what becomes of a statement whose beginning could not be written down."""
    return Ran(step, begun.opid, reason=f"Not sent: its progress {problem}.", sent=False)


# Refused because of the ALGORITHM or LOCK: ER_ALTER_OPERATION_NOT_SUPPORTED, …_REASON, ER_INNODB_MAX_ROW_VERSION.
_OTHER_ALGORITHM = frozenset({1845, 1846, 4092})


def _advice(step: Step, error: ServerError) -> str:
    """Return what to do where the server refused to run an ALTER TABLE in the foreseen way."""
    if not step.clause or error.errno not in _OTHER_ALGORITHM:
        return ""
    return (
        f" (It was sent with {step.clause}, as foreseen, so that the target refuses rather than do more than that; "
        "write ALGORITHM=DEFAULT into the statement to leave the choice to the target.)"
    )


def _lost_reason(error: ConnectionLost, verdict: Verdict, stopped: str) -> str:
    why = f"{stopped}: {error.message}" if stopped else error.message
    said = {
        Outcome.COMMITTED: "it was committed.",
        Outcome.NOT_COMMITTED: "it was not committed.",
        Outcome.UNKNOWN: "whether it was committed is not known.",
    }[verdict.outcome]
    advice = " Look at the data before you run it again." if verdict.outcome is Outcome.UNKNOWN else ""
    return f"The connection to the target was lost while the statement ran ({why}): {said} {verdict.reason}{advice}"
