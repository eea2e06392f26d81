"""Several row changes in one transaction (--trans): all of them, or none."""

from contextlib import suppress
from dataclasses import dataclass, replace

from inception.begun import Begun
from inception.errors import ConnectionLost, GtidTaken, ServerError
from inception.groups import savepoint
from inception.ledger import Ledger
from inception.plan import Step
from inception.ran import Ran
from inception.runner import Place, Runner, unsent
from inception.verdict import Outcome


@dataclass(frozen=True)
class Transaction:
    """Several row changes that are committed together, or not at all (--trans)."""

    runner: Runner
    steps: tuple[Step, ...]
    place: Place

    def run(self, ledger: Ledger) -> list[Ran]:
        """Run them and return what became of those that were reached."""
        rans: list[Ran] = []
        begun: list[Begun] = []
        for step in self.steps:
            ran, written = self._step(step, ledger, first=not rans)
            rans.append(ran)
            begun += written
            if not self.runner.goes_on(ran) or ran.failed:
                return self._rolled_back(rans)
        return self._committed(rans, begun)

    def _step(self, step: Step, ledger: Ledger, *, first: bool) -> tuple[Ran, list[Begun]]:
        begun = self.runner.begin(step, self.place, self.steps)
        if isinstance(begun, Ran):
            return begun, []
        _, problem = ledger.begin(begun, step.statement.database)
        if problem:
            return unsent(step, begun, problem), []
        try:
            if first:
                self.runner.session.begin(begun.gtid)
            self.runner.session.connection.query(savepoint(step.statement.number))
        except GtidTaken as error:
            return self.runner.skipped(Ran(step, begun.opid, gtid=begun.gtid), error), [begun]
        except ServerError as error:
            return Ran(step, begun.opid, error=error, reason=f"Not sent: {error}", sent=False), [begun]
        return self.runner.send(step, begun, self.place), [begun]

    def _rolled_back(self, rans: list[Ran]) -> list[Ran]:
        """Take back what was done; without the connection the server does so by itself."""
        *done, last = rans
        self.runner.session.roll_back()
        why = last.reason or self.runner.control.reason
        error = last.error or ServerError(1317, why)
        number = last.step.statement.number
        reason = f"Rolled back with the transaction of statement {number}: {why}"
        told = [replace(ran, affected_rows=0, end=None, gtid=None, error=error, reason=reason) for ran in done]
        if not last.failed:  # a stop came behind it
            last = replace(last, affected_rows=0, end=None, gtid=None, error=error, reason=f"Rolled back: {why}")
        return [*told, last]

    def _committed(self, rans: list[Ran], begun: list[Begun]) -> list[Ran]:
        session = self.runner.session
        try:
            session.commit()
        except ConnectionLost as error:
            return self._of_one_fate(
                [self.runner.lost(ran, each, error) for ran, each in zip(rans, begun, strict=True)]
            )
        except ServerError as error:
            return self._rolled_back([*rans[:-1], replace(rans[-1], error=error, reason=str(error))])
        end, gtid = None, begun[0].gtid
        with suppress(ServerError):
            end, gtid = session.position(), session.last_gtid() or gtid
        numbers = tuple(step.statement.number for step in self.steps)
        return [replace(ran, end=end, gtid=gtid, together=numbers) for ran in rans]

    def _of_one_fate(self, rans: list[Ran]) -> list[Ran]:
        """One statement that is known to be committed tells it of all: one that changed no row leaves no trace."""
        known = next((ran for ran in rans if ran.outcome is Outcome.COMMITTED), None)
        if known is None:
            return rans
        numbers = tuple(step.statement.number for step in self.steps)
        return [
            replace(ran, together=numbers, outcome=known.outcome, reason=known.reason, end=known.end, gtid=known.gtid)
            for ran in rans
        ]
