"""Run a plan on the target: statement by statement on one session, the truth of each told before the next begins."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from inception.batch.options import Options
from inception.begun import Begun
from inception.chunked import Chunked, ChunkMeans
from inception.errors import NotSupported
from inception.groups import grouped
from inception.gtids import Assigner
from inception.introspect import Observer
from inception.ledger import Ledger
from inception.native import LockWaits
from inception.osc.run import Means, announce
from inception.pace import Pace
from inception.plan import Step
from inception.progress import Control, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.runner import Place, Runner, unsent
from inception.session import Session
from inception.transaction import Transaction
from inception.verdict import Verdict


@dataclass(frozen=True)
class Execution:
    """What an execution needs: where to run, whom to ask, whom to tell.

    `recover` says what became of a statement whose connection broke, `waits` how locks are waited for, `assigner`
    under which GTIDs statements are sent.
    """

    session: Session
    observer: Observer
    control: Control
    options: Options
    waits: LockWaits
    assigner: Assigner
    progress: ProgressTable | None = None
    recover: Callable[[Begun], Verdict] | None = None
    means: Means | None = None  # of online schema changes, where there may be some
    chunks: ChunkMeans | None = None  # of row changes in ranges of a key, likewise

    def run(self, plan: tuple[Step, ...], *, before: int = 0) -> Iterator[Ran]:
        """Run the steps in order and yield what became of each, until one fails without --force or a stop comes.

        `before` statements of the batch have run already. How a statement ended is written together with the
        beginning of the next one where that follows at once, and a statement is yielded once that is done. With
        --trans row changes that follow each other are run in transactions. Raises NotSupported for what cannot be.
        """
        announce((step.way.job for step in plan if step.way.job is not None), self.control)
        if self.options.trans > 1:
            self._check_engines(plan)
        place = Place(self.session.position(), self.session.last_gtid())
        ledger = Ledger(self.progress)
        runner = Runner(
            self.session, self.observer, self.control, self.waits, self.options.force, self.recover, self.means,
            self.assigner,
        )  # fmt: skip
        count = 0
        for steps in grouped(plan, self.options.trans):
            if self.control.stopping:
                break
            done, count = count, count + len(steps)
            self._report(steps[0], before + done, before + len(plan))
            if len(steps) > 1:
                yield from ledger.settle()
                rans = Transaction(runner, steps, place).run(ledger)
            else:
                rans = [(yield from self._alone(runner, steps[0], place, ledger))]
            place = runner.behind(rans[-1], place)
            if place.position is not None:
                self.control.note(master_binlog=str(place.position))
            goes_on = all(runner.goes_on(ran) for ran in rans)
            pauses = self.options.sleep_ms and count // self.options.sleep_rows > done // self.options.sleep_rows
            if len(rans) == 1 and goes_on and not pauses:
                ledger.keep(rans[0])
                continue
            written = [each for ran in rans for each in ledger.settle(ran)]
            yield from written
            if not goes_on or any(ran.unwritten for ran in written):
                return
            if pauses:
                self.control.sleep(self.options.sleep_ms / 1000)
        yield from ledger.settle()
        self.control.report(State.EXECUTING, done=before + len(plan), total=before + len(plan))

    def _alone(self, runner: Runner, step: Step, place: Place, ledger: Ledger) -> Generator[Ran, None, Ran]:
        """Run a statement by itself: yield what its beginning settled, before it runs; return what became of it."""
        begun = runner.begin(step, place, (step,))
        if isinstance(begun, Ran):
            yield from ledger.settle()
            return begun
        if step.chunking is not None and self.chunks is not None:
            begun = self.chunks.taken_up(begun)
        settled, problem = ledger.begin(begun, step.statement.database)
        yield from settled
        if problem:
            return unsent(step, begun, problem)
        if step.chunking is None or self.chunks is None:
            return runner.send(step, begun, place)
        with Pace(self.observer.connection, self.control, self.chunks.limits) as pace:
            return Chunked(runner, step, begun, place, ledger, pace, self.chunks.record).run()

    def _check_engines(self, plan: tuple[Step, ...]) -> None:
        """Raise NotSupported where a transaction could not take a row change back."""
        changes = (step.statement.lasting_changes for step in plan if step.statement.kind.is_dml)
        for name in dict.fromkeys(name for names in changes for name in names):
            table = self.observer.table(name)
            engine = (table.option("engine") or "InnoDB") if table is not None else "InnoDB"
            if engine.lower() != "innodb":
                raise NotSupported(f"--trans: table {name} is of engine {engine}, which takes nothing back.")

    def _report(self, step: Step, done: int, total: int) -> None:
        statement = step.statement
        self.control.report(State.EXECUTING, done=done, total=total, current=statement.text, number=statement.number)
        if step.way.reason:
            self.control.note(reason=f"It is altered {step.way.reason}.")
