"""Run the stored statements that take a definition change back, recorded as one operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inception.batch.options import Options
from inception.batch.parse import read_statement
from inception.execute import Execution
from inception.executing import equipped
from inception.gtids import Assigner
from inception.introspect import Observer
from inception.lexer import Syntax
from inception.native import LockWaits
from inception.osc.run import Means
from inception.plan import Step, undo_of
from inception.progress import Control
from inception.ran import Ran
from inception.recorder import Recorder
from inception.server import Address
from inception.session import Session
from inception.ways import way_of
from inception.world import Tool


@dataclass(frozen=True)
class Redefining:
    """Where and how the definitions of a target are changed back."""

    target: Address
    session: Session
    observer: Observer
    control: Control
    options: Options
    values: Mapping[str, Any]

    def run(self, number: int, texts: Sequence[str], home: str, recorder: Recorder) -> tuple[Ran, list[str]]:
        """Run the texts, one after the other until one fails; return how that or the last one ended, and what is left.

        `number` is that of the rollback in its request, `home` its backup database.
        """
        steps, means = self._steps(number, texts, home, recorder)
        for step in steps:
            if step.way.problems:
                return Ran(step, "", reason=" ".join(step.way.problems), sent=False), []
        execution = Execution(
            self.session, self.observer, self.control, self.options, LockWaits.of(self.values),
            Assigner(None, {}, self.observer), means=means,
        )  # fmt: skip
        rans: list[Ran] = []
        try:
            for ran in execution.run(steps):
                rans.append(ran)
        finally:
            done = _one_operation([ran for ran in rans if ran.changed])
            for ran in done:
                recorder.take(ran)
        if len(done) == len(steps):
            return done[-1], []
        failed = rans[-1] if rans and rans[-1].failed else Ran(steps[len(rans)], "", reason="It was stopped.")
        return failed, [_half_done(done[0].opid, len(done), len(steps))] if done else []

    def _steps(
        self, number: int, texts: Sequence[str], home: str, recorder: Recorder
    ) -> tuple[tuple[Step, ...], Means]:
        server, values = self.observer.server, self.values
        syntax = Syntax(version=server.syntax.version, mariadb=server.version.mariadb)
        statements = tuple(read_statement(number, text, "", syntax) for text in texts)
        world = equipped(self.observer.observe(statements), statements, self.observer, values)
        steps = tuple(
            Step(each, undo_of(each), home, way=way_of(each, world, values, self.options)) for each in statements
        )
        return steps, Means(world.tool or Tool(), self.target, server, values, recorder.rest)


def _one_operation(rans: Sequence[Ran]) -> list[Ran]:
    """Return statements that have run as those of one operation."""
    numbers = tuple(ran.step.statement.number for ran in rans)
    return [replace(ran, opid=rans[0].opid, together=numbers) for ran in rans]


def _half_done(opid: str, done: int, of: int) -> str:
    return f"{done} of the {of} statements of this rollback ran before; '{opid}' takes them back."
