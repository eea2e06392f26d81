"""Going on with a task that was cut off: what it had done, what became of its last statement, its backup completed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from inception.backup import Backup
from inception.batch.options import Options
from inception.batch.statement import SetNames, Use
from inception.begun import DONE, PREPARE, Begun
from inception.binlog.find import Found
from inception.binlog.read import Position, current_position
from inception.errors import CannotResume, InceptionError, ServerError
from inception.executed_rows import Recorded
from inception.introspect import Observer
from inception.plan import Step, Undo
from inception.progress_table import Ending, ProgressTable
from inception.ran import Ran
from inception.recorder import Recorder, executed
from inception.server import Address
from inception.session import Session
from inception.undo import NoRollback
from inception.verdict import Outcome, Verdict

_WORD = {"committed": Outcome.COMMITTED, "not-committed": Outcome.NOT_COMMITTED}


@dataclass(frozen=True)
class Resumption:
    """Takes a task up that had `begun` these statements.

    `recover` says what became of a statement, once its connection is gone; `recover_by_gtid` where it can't be told
    whether that is gone, by the GTID that the statement was given.
    """

    begun: tuple[Begun, ...]
    plan: tuple[Step, ...]
    progress: ProgressTable
    observer: Observer
    recover: Callable[[Begun], Verdict]
    recover_by_gtid: Callable[[Begun], Verdict]

    def settle(self, options: Options) -> tuple[Ran, ...]:
        """Settle the statement whose outcome is open, in the progress table, too; return all that has run, in order.

        Raises CannotResume where the outcome is unknown and the operator has not said it.
        """
        rans = {begun.number: self._located(begun, self._ran(begun)) for begun in self.begun}
        open_ones = [each for each in self.begun if each.status == PREPARE]
        if open_ones:  # several are of one transaction
            verdict = self._verdict(open_ones, options)
            for begun in open_ones:
                ran = self._settled(begun, rans[begun.number], verdict)
                self.progress.ended(Ending(ran))
                rans[begun.number] = ran
        last = max((number for number, ran in rans.items() if ran.committed), default=0)
        return _together([rans[number] for number in range(1, last + 1)])

    def _verdict(self, open_ones: list[Begun], options: Options) -> Verdict:
        """Return what became of statements of one transaction: one that changed no row may leave no trace of itself."""
        verdicts = [self.recover(begun) for begun in open_ones]
        order = (Outcome.COMMITTED, Outcome.UNKNOWN, Outcome.NOT_COMMITTED)
        verdict = min(verdicts, key=lambda each: order.index(each.outcome))
        if verdict.outcome is Outcome.UNKNOWN and len(open_ones) == 1 and open_ones[0].gtid:
            verdict = self.recover_by_gtid(open_ones[0])
        if verdict.outcome is Outcome.UNKNOWN and options.resume_as:
            return Verdict(_WORD[options.resume_as], "So said the operator.")
        number = open_ones[-1].number
        if verdict.outcome is Outcome.UNKNOWN:
            raise CannotResume(
                f"What became of statement {number} is not known: {verdict.reason} Look at the data, then give "
                "--resume-as=committed or --resume-as=not-committed, which go on after it or with it."
            )
        return verdict

    def _settled(self, begun: Begun, ran: Ran, verdict: Verdict) -> Ran:
        if verdict.outcome is Outcome.NOT_COMMITTED:
            return replace(ran, affected_rows=0, reason=f"Cut off, and not committed. {verdict.reason}")
        end = verdict.found.end if verdict.found else current_position(self.observer.connection)
        return replace(self._ended(begun, ran, verdict.found, end), error=None, reason="", affected_rows=None)

    def _located(self, begun: Begun, ran: Ran) -> Ran:
        """Find out where a statement ended that the target answered, and then went away: nobody could ask it then."""
        known = begun.end is not None and begun.after.keys() == begun.before.keys()
        if known or begun.status != DONE or ran.step.undo is Undo.NONE:
            return ran
        found = self.recover(begun).found
        traceless = ran.step.undo is Undo.DEFINITION or begun.affected_rows == 0
        end = found.end if found else begun.end or (begun.start if traceless else None)
        return self._ended(begun, ran, found, end)

    def _ended(self, begun: Begun, ran: Ran, found: Found | None, end: Position | None) -> Ran:
        """Add what is asked after a statement, now that it is the last that took effect."""
        return replace(
            ran,
            end=end,
            gtid=(found.gtid if found else "") or ran.gtid,
            after={name: self.observer.definition(name) for name in begun.before},
        )

    def _ran(self, begun: Begun) -> Ran:
        error = None if begun.status == DONE else ServerError(begun.errno, begun.message)
        return Ran(
            self.plan[begun.number - 1], begun.opid, begun.seconds, begun.affected_rows, warnings=None,
            error=error, reason="" if error is None else begun.message or "Cut off",
            start=begun.start, end=begun.end, gtid=begun.gtid, before=begun.before, after=begun.after,
        )  # fmt: skip


def _together(rans: Sequence[Ran]) -> tuple[Ran, ...]:
    """Return them, each with the numbers of its transaction: statements with the same stretch of the log are of one."""
    told: list[Ran] = []
    for _, some in groupby(rans, key=lambda ran: (ran.start, ran.end) if ran.step.undo is Undo.ROWS else ran.opid):
        group = list(some)
        numbers = tuple(ran.step.statement.number for ran in group) if len(group) > 1 else ()
        told += [replace(ran, together=numbers) for ran in group]
    return tuple(told)


def replay(session: Session, rans: Iterable[Ran]) -> None:
    """Bring a new session to where the old one was: its database and character set."""
    for ran in rans:
        form = ran.step.statement.form
        if ran.committed and isinstance(form, Use | SetNames):
            session.connection.execute(session.send(ran.step, ran.opid))
            if isinstance(form, SetNames):
                session.connection.use_charset(form.charset)


# -- the backup of what had been executed ----------------------------------------------------------------------


def complete_backup(target: Address, store: Backup, rans: Sequence[Ran]) -> Recorded:
    """Store the rollback of statements that had run when the task was cut off, where it is missing."""
    missing, unplaced = _missing(store, rans)
    recorded = Recorded(unplaced)
    for thread_id, group in groupby(missing, key=lambda ran: int(ran.opid.split("_")[1])):
        some = list(group)
        try:
            recorder = _record(target, store, some, thread_id)
        except InceptionError as error:
            recorded = recorded.plus(Recorded({ran.step.statement.number: error.message for ran in some}))
        else:
            recorded = recorded.plus(recorder.recorded)
    return recorded


def _missing(store: Backup, rans: Sequence[Ran]) -> tuple[list[Ran], dict[int, str]]:
    """Return those whose rollback is not stored, and by number why it cannot be, where that is known already."""
    missing, unplaced = [], {}
    for ran in rans:
        if not ran.committed or ran.step.undo is Undo.NONE:
            continue
        try:
            if not store.has(executed(ran)):
                missing.append(ran)
        except NoRollback as problem:
            unplaced[ran.step.statement.number] = problem.message
    return missing, unplaced


def _record(target: Address, store: Backup, rans: Sequence[Ran], thread_id: int) -> Recorder:
    """Store the rollback of statements that one session ran."""
    rows = (ran.step.statement for ran in rans if ran.step.undo is Undo.ROWS)
    changed = dict.fromkeys(name for statement in rows for name in statement.changes)
    for ran in rans:
        store.discard(executed(ran), ran.step.statement.changes)
    recorder = Recorder(target, executed(rans[0]).start, thread_id, store, changed)  # has the connection from here on
    try:
        for ran in rans:
            recorder.take(ran)
    finally:
        recorder.finish()
    return recorder
