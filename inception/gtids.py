"""GTIDs of our own, given to statements so that the target itself refuses to run one twice (MySQL with GTIDs only).

A statement that is sent a second time under a GTID that is in gtid_executed does nothing, and one whose GTID another
session holds waits for that session (measured on MySQL 9.7). So which one it gets is written down before it is sent.
Here: on which targets, to which statements, which number. session.py sends it, progress_table.py counts.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile

from inception.batch.statement import Kind, Statement
from inception.begun import Begun
from inception.errors import CannotAssignGtid, ServerError
from inception.introspect import Observer
from inception.plan import Step
from inception.schema.actions import SetOption
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import Table, TableName
from inception.schema.statements import DropTable
from inception.world import Server

_OFF = "or give the source `assign_gtid: off`"
_OF_DATABASES = frozenset({Kind.CREATE_DATABASE, Kind.ALTER_DATABASE})
_OF_VIEWS = frozenset({Kind.CREATE_VIEW, Kind.ALTER_VIEW, Kind.DROP_VIEW})
Look = Callable[[TableName], Table | None]


def check_target(observer: Observer) -> None:
    """Raise CannotAssignGtid where the target takes no GTIDs of ours, with what is missing."""
    if reason := why_not_assigned(observer.server):
        raise CannotAssignGtid(reason)
    try:
        observer.connection.query("SET SESSION gtid_next = 'AUTOMATIC'")
    except ServerError as error:
        raise CannotAssignGtid(
            f"Statements can't be given GTIDs: the target refused it ({error}). Grant the account "
            f"{' or '.join(needed_privileges(observer.server))} on *.*, {_OFF}."
        ) from None


def why_not_assigned(server: Server) -> str:
    """Return why a target takes no GTIDs of ours, whatever the account; '' where it does."""
    if server.version.mariadb:
        return (
            "Statements can't be given GTIDs on MariaDB: a domain of our own would let its replicas apply them in "
            f"another order than the rest. Turn inception_assign_gtid off, {_OFF}."
        )
    mode = server.variables.get("gtid_mode") or "OFF"
    if mode not in ("ON", "ON_PERMISSIVE"):
        return f"Statements can't be given GTIDs: gtid_mode of the target is {mode}. Set it to ON, {_OFF}."
    return ""


def needed_privileges(server: Server) -> tuple[str, ...]:
    """Return the privileges of which one is needed to SET gtid_next (MySQL's manual, gtid_next; 8.0.18: new ones)."""
    if server.version.number < (8, 0, 0):
        return ("SUPER",)
    others = ("SESSION_VARIABLES_ADMIN", "SYSTEM_VARIABLES_ADMIN", "SUPER")
    return ("REPLICATION_APPLIER", *others) if server.version.number >= (8, 0, 18) else others[1:]


# -- to which statements ---------------------------------------------------------------------------------------


def is_one_transaction(step: Step, look: Look, server: Server) -> bool:
    """Tell whether a statement takes effect whole or not at all, in one transaction: else no GTID can stand for it.

    `look` returns a table as it stands. Not so: online schema changes, what runs in ranges of a key, tables of engines
    without transactions, what is behind views, DROP DATABASE (its tables may be of any engine), definition changes
    before MySQL 8.0, and what is not logged (temporary tables).
    """
    statement = step.statement
    if step.way.job is not None or step.chunking is not None or statement.lasting_changes != statement.changes:
        return False
    if statement.kind.is_dml:
        tables = [look(name) for name in statement.changes]
        return bool(tables) and all(_is_innodb(table) for table in tables)
    return server.version.number >= (8, 0, 0) and _is_atomic_definition_change(statement, look, server)


def _is_atomic_definition_change(statement: Statement, look: Look, server: Server) -> bool:
    kind, form = statement.kind, statement.form
    if kind in _OF_DATABASES or kind in _OF_VIEWS:
        return True
    if kind is Kind.DROP_DATABASE or not (kind.is_ddl or kind is Kind.TRUNCATE):
        return False
    if isinstance(form, CreateTable | DropTable) and form.temporary:
        return False
    default = server.variables.get("default_storage_engine") or "InnoDB"
    if any(engine.lower() != "innodb" for engine in _written_engines(form, default)):
        return False
    named = [*statement.changes, *([form.like] if isinstance(form, CreateTable) and form.like else ())]
    there = [table for table in map(look, named) if table is not None]
    return all(_is_innodb(table) for table in there)


def _written_engines(form: object, default: str) -> Iterable[str]:
    """Return the engines that a definition change asks for."""
    match form:
        case CreateTable(like=None, table=table):
            return (table.option("engine") or default,)
        case AlterTable(actions=actions):
            return tuple(each.value for each in actions if isinstance(each, SetOption) and each.name == "engine")
    return ()


def _is_innodb(table: Table | None) -> bool:
    return table is not None and not table.is_view and (table.option("engine") or "").lower() == "innodb"


# -- which number ----------------------------------------------------------------------------------------------


class Assigner:
    """Says under which GTID a statement is sent, or those of one transaction together."""

    def __init__(self, numbers: Callable[[], str] | None, cut_off: Mapping[int, Begun], observer: Observer) -> None:
        """Take `numbers`, each call of which gives a new GTID, None for none. `cut_off` are statements, by number,
        that were sent once and are known not to be committed: they keep theirs, whatever may still come of it.
        """
        self._numbers, self._cut_off, self._observer = numbers, cut_off, observer
        self._steps: tuple[Step, ...] = ()
        self._gtid: str | None = None

    def gtid(self, steps: tuple[Step, ...]) -> str | None:
        """Return the GTID for the transaction of these, None for one that the target chooses. Raises ServerError."""
        if steps is not self._steps:
            self._steps, self._gtid = steps, self._kept(steps) or self._new(steps)
        return self._gtid

    def sent_before(self, gtid: str | None) -> Begun | None:
        """Return a statement that was sent under this GTID before this execution, None for none."""
        return next((begun for begun in self._cut_off.values() if gtid and begun.gtid == gtid), None)

    def _kept(self, steps: tuple[Step, ...]) -> str | None:
        """Return the GTID of statements that were cut off where these have all of them."""
        numbers = {step.statement.number for step in steps}
        found = {begun.gtid for number, begun in self._cut_off.items() if number in numbers}
        gtid = found.pop() if len(found) == 1 else None
        of_it = {number for number, begun in self._cut_off.items() if begun.gtid == gtid}
        return gtid if of_it <= numbers and not any(step.way.job or step.chunking for step in steps) else None

    def _new(self, steps: tuple[Step, ...]) -> str | None:
        look, server = self._observer.table, self._observer.server
        if self._numbers is None or not all(is_one_transaction(step, look, server) for step in steps):
            return None
        return self._numbers()


def highest(executed: str, uuid: str) -> int:
    """Return the highest number of a UUID in a set of GTIDs as gtid_executed shows it, 0 for none; tags are others'."""
    for part in executed.split(","):
        name, *intervals = part.strip().split(":")
        if name.lower() == uuid.lower():
            ends = takewhile(str.isdecimal, (each.rpartition("-")[2] for each in intervals))  # until a tag
            return max(map(int, ends), default=0)
    return 0
