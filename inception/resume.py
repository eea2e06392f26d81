"""Going on with a task that was cut off: what it had done, what became of its last statement, its backup completed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from inception.backup import Backup
from inception.batch.options import Options
from inception.batch.statement import SetNames, Statement, Use
from inception.batch.temporary import missing
from inception.begun import DONE, ERROR, PREPARE, Begun, Chunk
from inception.binlog.find import Found
from inception.binlog.read import Position, current_position
from inception.errors import CannotResume, InceptionError, ServerError
from inception.executed_rows import Recorded
from inception.introspect import Observer
from inception.plan import Step, Undo
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.recorder import Recorder, executed
from inception.server import Address
from inception.session import Session
from inception.undo import NoRollback
from inception.verdict import Outcome, Verdict
from inception.world import Server

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

    def settle(self, options: Options) -> tuple[tuple[Ran, ...], Begun | None]:
        """Settle the statement whose outcome is open, in the progress table, too.

        Return all that has run, in order, and the statement of which only some ranges of a key have. Raises
        CannotResume where the outcome is unknown and the operator has not said it.
        """
        known = {each.number: self._settled_ranges(each, options) for each in self.begun}
        rans = {
            each.number: self._ran(each) if each.chunks else self._located(each, self._ran(each))
            for each in known.values()
        }
        open_ones = [each for each in known.values() if each.status == PREPARE]
        if open_ones:  # several are of one transaction
            verdict = self._verdict(open_ones, options)
            for begun in open_ones:
                ran = self._settled(begun, rans[begun.number], verdict)
                self.progress.ended(ran)
                rans[begun.number] = ran
        last = max((number for number, ran in rans.items() if ran.committed), default=0)
        halfway = known.get(last + 1)
        ran_already = _together([rans[number] for number in range(1, last + 1)])
        return ran_already, halfway if halfway is not None and halfway.chunks else None

    def _settled_ranges(self, begun: Begun, options: Options) -> Begun:
        """Return a statement that was cut off while it ran in ranges as ended, or as failed, behind its last one."""
        if not begun.chunks:
            return begun
        *others, last = begun.chunks
        doubt = begun.in_doubt
        last = self._located_range(begun, last) if doubt is None else self._settled_range(last, doubt, options)
        begun = replace(begun, chunks=(*others, last))
        done = begun.done
        begun = replace(begun, end=done[-1].end if done else begun.start)
        if begun.status != PREPARE:
            return begun
        complete = begun.reached == begun.chunk_last
        counts = [chunk.affected_rows for chunk in done]
        begun = replace(
            begun, status=DONE if complete else ERROR, seconds=sum(chunk.seconds for chunk in done),
            affected_rows=None if None in counts else sum(filter(None, counts)),
            message="" if complete else f"Cut off: {len(done)} of its ranges are committed.",
        )  # fmt: skip
        self.progress.ended(self._ran(begun))
        return begun

    def _settled_range(self, last: Chunk, doubt: Begun, options: Options) -> Chunk:
        verdict = self._verdict([doubt], options)
        if verdict.outcome is Outcome.NOT_COMMITTED:
            return replace(last, status=ERROR)
        end = verdict.found.end if verdict.found else current_position(self.observer.connection)
        return replace(last, status=DONE, end=end, gtid=verdict.found.gtid or None if verdict.found else None)

    def _located_range(self, begun: Begun, last: Chunk) -> Chunk:
        """Find out where a range ended that the target answered, and then went away."""
        if last.status != DONE or last.end is not None or last.start is None:
            return last
        found = self.recover(begun.of(last)).found
        if found is None:
            return replace(last, end=last.start if last.affected_rows == 0 else None)
        return replace(last, end=found.end, gtid=found.gtid or None)

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
            chunk=begun.chunks[-1] if begun.chunks else None, chunks=begun.done,
            partly=error is not None and bool(begun.done),
        )  # fmt: skip


def _together(rans: Sequence[Ran]) -> tuple[Ran, ...]:
    """Return them, each with the numbers of its transaction: statements with the same stretch of the log are of one."""
    told: list[Ran] = []
    for _, some in groupby(rans, key=_stretch):
        group = list(some)
        numbers = tuple(ran.step.statement.number for ran in group) if len(group) > 1 else ()
        told += [replace(ran, together=numbers) for ran in group]
    return tuple(told)


def _stretch(ran: Ran) -> object:
    """Return what only the statements of one transaction have in common."""
    return (ran.start, ran.end) if ran.step.undo is Undo.ROWS and ran.chunk is None else ran.opid


def replay(session: Session, rans: Iterable[Ran]) -> None:
    """Bring a new session to where the old one was: its database and character set."""
    for ran in rans:
        form = ran.step.statement.form
        if ran.committed and isinstance(form, Use | SetNames):
            session.connection.execute(session.send(ran.step, ran.opid))
            if isinstance(form, SetNames):
                session.connection.use_charset(form.charset)


def check_temporaries(rest: Iterable[Statement], server: Server) -> None:
    """Raise CannotResume where what is left needs a temporary table: it went with the old session.

    Under its name there may be another table, which is not meant.
    """
    found = missing(rest, folded=server.folded, mariadb=server.version.mariadb)
    if found is not None:
        statement, name = found
        raise CannotResume(
            f"Statement {statement.number} needs the temporary table {name}, which went with the session that was cut "
            "off. Nothing more was executed; what had been is backed up. Submit what is left as a batch of its own "
            "that makes and fills this table first."
        )


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
        if not ran.changed or ran.step.undo is Undo.NONE:
            continue
        try:
            if not store.has(executed(ran), up_to_its_end=ran.chunk is not None):
                missing.append(ran)
        except NoRollback as problem:
            unplaced[ran.step.statement.number] = problem.message
    return missing, unplaced


def _record(target: Address, store: Backup, rans: Sequence[Ran], thread_id: int) -> Recorder:
    """Store the rollback of statements that one session ran."""
    rows = (ran.step.statement for ran in rans if ran.step.undo is Undo.ROWS)
    changed = dict.fromkeys(name for statement in rows for name in statement.lasting_changes)
    for ran in rans:
        if ran.chunk is None:  # what is stored of ranges stays until all is read
            store.discard(executed(ran), ran.step.statement.changes)
    recorder = Recorder(target, executed(rans[0]).start, thread_id, store, changed)  # has the connection from here on
    try:
        for ran in rans:
            recorder.take(ran)
    finally:
        recorder.finish()
    return recorder
