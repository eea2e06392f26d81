"""What undoes what was executed: definitions compared, row events turned round. Decides only; pipeline.py acts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from inception.batch.statement import Kind
from inception.binlog.events import Event, QueryText, RowKind, Rows
from inception.binlog.rollback import RowWriter, rollback_writer, why_no_rollback
from inception.errors import BinlogError, InceptionError
from inception.groups import marked
from inception.plan import Undo
from inception.ran import Ran
from inception.schema import statements
from inception.schema.actions import Action
from inception.schema.alter import AlterTable
from inception.schema.apply import renames
from inception.schema.define import CreateTable, define
from inception.schema.diff import restoring
from inception.schema.model import Table, TableName
from inception.spool import ReverseSpool
from inception.sql import quote_name

_CREATE = re.compile(r"CREATE TABLE `(?:[^`]|``)*`")
_NAME = r"`(?:[^`]|``)*+`"
_VIEW = re.compile(rf"CREATE ((?:[^`]|{_NAME})*?)VIEW {_NAME}(?:\.{_NAME})?")
_Needs = Callable[[TableName, Mapping[TableName, str]], Iterable[TableName]]
_DATABASE_EXISTS = 1007
_DATABASE_MISSING = 1008


@dataclass(frozen=True)
class Undoing:
    """Rollback statements in running order, and the table of the target that they belong to."""

    table: TableName
    texts: Sequence[str]


class NoRollback(InceptionError):
    """No rollback can be made of a statement; the message says why."""

    errno = 2561


# -- definitions -----------------------------------------------------------------------------------------------


def definition_undo(ran: Ran) -> tuple[Undoing, ...]:
    """Return what takes a definition change back, in running order; nothing where it changed nothing.

    Raises NoRollback.
    """
    if ran.after.keys() != ran.before.keys():
        raise NoRollback("The definition after the statement could not be read.")
    form = ran.step.statement.form
    match form:
        case CreateTable():
            return _created(ran, form)
        case statements.DropTable():
            return tuple(_made_again(ran, _parents, _create_text))
        case statements.RenameTables(pairs=pairs):
            return _renamed_back([pair for pair in pairs if pair[0] not in ran.step.statement.temporary])
        case AlterTable(actions=actions):
            return _altered_back(ran, actions)
        case statements.CreateIndex() | statements.DropIndexStatement():
            return _altered_back(ran, ())
        case statements.CreateDatabase(name=name, if_not_exists=if_not_exists):
            if if_not_exists and ran.warnings is None:
                raise NoRollback(
                    f"Whether the database {name} was there before is not known: the answer of the target was lost."
                )
            existed = any(warning.code == _DATABASE_EXISTS for warning in ran.warnings or ())
            return () if existed else (Undoing(TableName(name, name), [f"DROP DATABASE {quote_name(name)};"]),)
        case statements.CreateView(name=name):
            return _view_back(name, ran.before[name])
        case statements.DropView():
            return tuple(_made_again(ran, _views_read, _view_text))
    raise NoRollback(f"There is no rollback of {ran.step.statement.kind.value}.")


def _qualified(name: TableName) -> str:
    return quote_name(name.database, name.name)


def _created(ran: Ran, create: CreateTable) -> tuple[Undoing, ...]:
    name = ran.step.statement.changes[0]
    before = ran.before[name]
    if before is None:
        return (Undoing(name, [f"DROP TABLE {_qualified(name)};"]),)
    if create.or_replace:
        return (Undoing(name, [f"{_create_text(name, before).replace('CREATE', 'CREATE OR REPLACE', 1)};"]),)
    return ()


def _create_text(name: TableName, text: str) -> str:
    """Return what SHOW CREATE TABLE printed with the table's full name."""
    whole, count = _CREATE.subn(lambda _: f"CREATE TABLE {_qualified(name)}", text, count=1)
    if not count or not text.startswith("CREATE TABLE"):
        raise NoRollback(f"The definition of {name} is not one of a plain table.")
    return whole


def _renamed_back(pairs: Sequence[tuple[TableName, TableName]]) -> tuple[Undoing, ...]:
    back = ", ".join(f"{_qualified(new)} TO {_qualified(old)}" for old, new in reversed(pairs))
    return (Undoing(pairs[0][0], [f"RENAME TABLE {back};"]),)


def _altered_back(ran: Ran, actions: Sequence[Action]) -> tuple[Undoing, ...]:
    old, *renamed_to = ran.step.statement.changes
    new = renamed_to[0] if renamed_to else old
    before, after = ran.before[old], ran.after[new]
    if before is None and after is None:  # ALTER TABLE IF EXISTS
        return ()
    if before is None or after is None:
        raise NoRollback(f"The definition of {old} could not be read before or after the statement.")
    changed, wanted = define(after, database=new.database), define(before, database=old.database)
    texts = restoring(changed, wanted, renamed=renames(actions))
    return (Undoing(old, texts),) if texts else ()


def _view_back(name: TableName, before: str | None) -> tuple[Undoing, ...]:
    text = f"DROP VIEW {_qualified(name)}" if before is None else _view_text(name, before, "CREATE OR REPLACE")
    return (Undoing(name, [f"{text};"]),)


def _view_text(name: TableName, text: str, verb: str = "CREATE") -> str:
    """Return what SHOW CREATE TABLE printed of a view: full names: asked with no database selected."""
    if not (printed := _VIEW.match(text)):
        raise NoRollback(f"The definition of {name} is not one of a view.")
    return f"{verb} {printed[1]}VIEW {_qualified(name)}{text[printed.end() :]}"


def _made_again(ran: Ran, needs: _Needs, text_of: Callable[[TableName, str], str]) -> Iterator[Undoing]:
    """Yield what makes dropped tables or views again: first what others need, as far as there is such an order."""
    gone = {name: text for name, text in ran.before.items() if text and not ran.after[name]}
    names: Iterable[TableName] = gone
    with suppress(CycleError):
        names = tuple(TopologicalSorter({name: set(needs(name, gone)) - {name} for name in gone}).static_order())
    return (Undoing(name, [f"{text_of(name, gone[name])};"]) for name in names)


def _parents(name: TableName, gone: Mapping[TableName, str]) -> Iterator[TableName]:
    for key in define(gone[name], database=name.database).foreign_keys:
        parent = TableName(key.parent.database or name.database, key.parent.name)
        if parent in gone:
            yield parent


def _views_read(name: TableName, gone: Mapping[TableName, str]) -> Iterator[TableName]:
    return (each for each in gone if _qualified(each) in gone[name])


# -- rows ------------------------------------------------------------------------------------------------------

_OPPOSITE = {
    RowKind.INSERT: RowKind.DELETE,
    RowKind.UPDATE: RowKind.UPDATE,
    RowKind.DELETE: RowKind.INSERT,
}

TableSource = Callable[[TableName], Table | None]


class RowUndo:
    """The rollback statements of one executed statement, spooled as its row events come."""

    def __init__(self, ran: Ran) -> None:
        self.ran = ran
        self.problem = ""
        self.rows = 0
        self.runs: set[tuple[TableName, RowKind]] = set()  # what the rollback statements will be, by table
        self._parents: dict[TableName, set[TableName]] = {}  # of the tables that were changed
        self._counts: Counter[tuple[TableName, RowKind]] = Counter()  # of changed rows
        self._spool = ReverseSpool()
        self._tables: list[TableName] = []
        self._writers: dict[int, tuple[int, RowWriter]] = {}

    def take(self, rows: Rows, tables: TableSource) -> None:
        """Add the changes of a row event; what cannot be undone becomes the statement's problem."""
        if self.problem:
            return
        self.rows += 1
        try:
            tag, write = self._writer(rows, tables)
            self.runs.add((self._tables[tag], _OPPOSITE[rows.kind]))
            if texts := write(rows):
                self._counts[self._tables[tag], rows.kind] += len(texts)
                self._spool.append(tag, texts)
        except (BinlogError, NoRollback) as error:
            self.fail(error.message)
        except OSError as error:
            self.fail(f"The rollback could not be kept in a temporary file ({error}): make room, or set TMPDIR.")

    def _writer(self, rows: Rows, tables: TableSource) -> tuple[int, RowWriter]:
        table_map = rows.table
        if table_map.table_id not in self._writers:
            name = TableName(table_map.database, table_map.table)
            table = tables(name)
            if table is None:
                raise NoRollback(f"The definition of {name} could not be read.")
            reason = why_no_rollback(table)
            if reason:
                raise NoRollback(reason)
            if name not in self._tables:
                self._tables.append(name)
                self._parents[name] = {
                    TableName(key.parent.database or name.database, key.parent.name) for key in table.foreign_keys
                }
            self._writers[table_map.table_id] = (self._tables.index(name), rollback_writer(table, table_map))
        return self._writers[table_map.table_id]

    def check_complete(self) -> None:
        """Fail where the statement changed more rows than the binary log has: a filter of the target, sql_log_bin=0."""
        statement = self.ran.step.statement
        logged = self.ran.step.undo is Undo.ROWS and statement.lasting_changes == statement.changes
        if self.ran.affected_rows and not self.rows and logged and not self.problem:
            self.fail(
                f"The statement changed {self.ran.affected_rows} rows, but the binary log has none of them: look at "
                "binlog_do_db, binlog_ignore_db and sql_log_bin of the target, and the tables' storage engine."
            )

    @property
    def affected_rows(self) -> int | None:
        """What the target's answer must have told, None where the row events do not say.

        They have the rows that triggers and cascades change, too: those of other tables are left out. They lack what
        REPLACE put in place of an equal row, and name a view's table instead of the view.
        """
        statement = self.ran.step.statement
        ours = [table for table in self._tables if table in statement.changes]
        cascade = any(not self._parents[table].isdisjoint(statement.changes) for table in ours)
        if self.problem or cascade or statement.kind is Kind.REPLACE or len(ours) < min(1, len(self._tables)):
            return None
        twice = {RowKind.UPDATE} if statement.kind is Kind.INSERT else set()  # ON DUPLICATE KEY UPDATE
        return sum(
            count * (2 if kind in twice else 1) for (table, kind), count in self._counts.items() if table in ours
        )

    def fail(self, problem: str) -> None:
        """Give up: nothing of this statement will be stored."""
        self.problem = self.problem or problem
        self._spool.close()

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that were changed."""
        return tuple(self._tables)

    def statements(self) -> Iterator[Undoing]:
        """Yield the rollback statements in running order: the last change first."""
        for tag, texts in self._spool.backwards():
            yield Undoing(self._tables[tag], texts)

    def close(self) -> None:
        """Remove the spool."""
        self._spool.close()


def take_rows(undo: RowUndo, events: Iterable[Event], tables: TableSource) -> None:
    """Add what one more transaction of a statement changed."""
    for event in events:
        if isinstance(event, Rows):
            undo.take(event, tables)
        elif isinstance(event, QueryText):
            undo.fail("The target logged the statement as text, not as rows.")


def read_rows(events: Iterable[Event], rans: Sequence[Ran], tables: TableSource) -> list[RowUndo]:
    """Turn the events of our own session that statements of one transaction caused into their rollback statements."""
    undos = {ran.step.statement.number: RowUndo(ran) for ran in rans}
    try:
        _share(events, undos, tables)
    except BaseException:
        for each in undos.values():
            each.close()
        raise
    for each in undos.values():
        each.check_complete()
    return list(undos.values())


def _share(events: Iterable[Event], undos: Mapping[int, RowUndo], tables: TableSource) -> None:
    """Give each event to the statement that caused it."""
    undo = next(iter(undos.values()))
    for event in events:
        if isinstance(event, QueryText) and (number := marked(event.text)) is not None:
            undo = undos.get(number, undo)
        elif undo.ran.step.undo is not Undo.ROWS:
            continue
        elif isinstance(event, Rows):
            undo.take(event, tables)
        elif isinstance(event, QueryText) and not event.text.upper().startswith("SAVEPOINT"):
            undo.fail("The target logged the statement as text, not as rows.")
