"""What a recorder must know of the target's tables, asked once each, and whether others changed them meanwhile."""

from collections.abc import Iterable

from inception.batch.kind import redefines
from inception.binlog.events import RowKind
from inception.cascades import cascades_are_logged, unlogged_cascade
from inception.introspect import Observer
from inception.introspect.rules import RuleFacts
from inception.ran import Ran
from inception.schema.model import Table, TableName
from inception.server import Address
from inception.undo import NoRollback
from inception.world import Reference, Trigger

_TRIGGERS = (
    "Running this rollback fires triggers: {}. What they change is not taken back, and they may change the restored "
    "rows: look at both afterwards, or drop the triggers meanwhile."
)


class KnownTables:
    """The definitions of the target's tables: of those that the plan changes as the execution began, others as met."""

    def __init__(self, target: Address, silence: float) -> None:
        """Open a session on the target, which is given up after so many seconds without an answer."""
        self._observer = Observer(target, read_timeout=silence)
        self._known: dict[TableName, Table | None] = {}
        self._disturbed: dict[TableName, str] = {}
        self._references: dict[TableName, tuple[Reference, ...]] = {}
        self._triggers: dict[TableName, tuple[Trigger, ...]] = {}

    def find(self, name: TableName) -> Table | None:
        """Return a table's definition, None where it does not exist.

        Raises NoRollback where another session has changed it meanwhile: its rows cannot be decoded for certain.
        """
        if name in self._disturbed:
            raise NoRollback(f"Another session changed the definition of {name} meanwhile: {self._disturbed[name]}.")
        if name not in self._known:
            self._known[name] = self._observer.table(name)
        return self._known[name]

    def disturb(self, text: str) -> None:
        """Take note of a statement of another session, which may change definitions."""
        for name in self._known:
            if redefines(text, name.name):
                self._disturbed[name] = text[:100]

    def cascade(self, ran: Ran) -> str | None:
        """Return why a statement's changes are not all in the binary log; None where they are."""
        if cascades_are_logged(self._observer.server):
            return None
        for name in ran.step.statement.lasting_changes:
            if name not in self._references:
                self._references[name] = self._observer.references_to(name)
            problem = unlogged_cascade(ran.step.statement, self._references[name])
            if problem:
                return problem
        return None

    def fired(self, runs: Iterable[tuple[TableName, RowKind]]) -> str:
        """Say which triggers statements of these kinds on these tables will fire; '' for none that may be seen."""
        found = []
        for name, kind in sorted(runs):
            if name not in self._triggers:
                self._triggers[name] = RuleFacts(self._observer.connection).triggers((name,)).get(name, ())
            fired = (each for each in self._triggers[name] if each.event.upper() == kind.upper())
            found += [f"'{each.name}' ({each.timing} {each.event} on {name})" for each in fired]
        return _TRIGGERS.format(", ".join(found)) if found else ""

    def forget(self, names: tuple[TableName, ...]) -> None:
        """Read these tables anew when they are needed again: a statement of ours changed them."""
        for name in names:
            self._known.pop(name, None)

    def close(self) -> None:
        """End the session."""
        self._observer.close()
