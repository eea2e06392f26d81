"""`inception clean osc`: remove what online schema changes of a table have left. Runs in a worker process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from inception.answer import ResultSet, Value
from inception.batch.options import Options
from inception.errors import RefusedHere
from inception.mysql import connect
from inception.osc.clean import find_leftovers, remove, running
from inception.progress import Control, State
from inception.report import Report, Stage, Status, result_set
from inception.schema.model import TableName
from inception.server import Address


@dataclass(frozen=True)
class CleanRequest:
    """The request as the gateway hands it to a worker; `refusal` says why it will not be done."""

    options: Options
    table: TableName
    values: Mapping[str, Any] = field(default_factory=dict)
    backup: Address | None = None
    refusal: str = ""
    kind: ClassVar[str] = "clean"
    executes: ClassVar[bool] = True

    def texts(self) -> tuple[str, ...]:
        """What was asked for."""
        return (f"inception clean osc '{self.table}'",)

    def answer(self, rows: Sequence[tuple[Value, ...]]) -> ResultSet:
        """Return the rows as the client gets them."""
        return result_set(rows)

    def run(self, control: Control) -> list[Report]:
        """Remove the leftovers. Raises RefusedHere where the tool works on the table, ServerError."""
        control.report(State.EXECUTING, current=f"inception clean osc '{self.table}'")
        if self.refusal:
            raise RefusedHere(self.refusal)
        options = self.options
        with connect(Address(options.host, options.port, options.user, options.password, options.tls)) as connection:
            found = find_leftovers(connection, self.table)
            for name in found.new or ("",):
                if any(running(connection, self.table, name)):
                    raise RefusedHere(f"An online schema change of {self.table} runs now: stop it first.")
            return [
                Report(
                    number, statement, 0, stage=Stage.EXECUTED, status=Status.EXECUTED, sequence=f"'0_0_{number - 1}'"
                )
                for number, statement in enumerate(remove(connection, found), 1)
            ]
