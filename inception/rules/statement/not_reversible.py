"""No rollback will exist, and why.

TRUNCATE, DROP and ALTER DATABASE, dropped and truncated partitions, changes of rows in a temporary table, in a table
without a primary key or with an engine whose changes are not in the binary log. Spoken of in an execution with
backup."""

from collections.abc import Iterator

from inception.batch.statement import Kind, Statement
from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import PartitionAction
from inception.schema.alter import AlterTable
from inception.schema.model import Table
from inception.schema.statements import DropTable

LEVEL = Level.NOTE
ORDER = 70
ALIKE = True
_ROWS_GO = frozenset(("drop", "truncate", "exchange"))
_WITHOUT_ROW_EVENTS = frozenset(("blackhole", "ndb", "ndbcluster"))


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a note for each reason."""
    if not (scene.intent.executing and scene.intent.backup):
        return
    if statement.kind is Kind.TRUNCATE:
        yield from _of_temporary(statement) or ("No rollback: TRUNCATE leaves no trace of the rows in the binary log.",)
    elif statement.kind is Kind.DROP_DATABASE:
        yield "No rollback: the tables of the database are not kept."
    elif statement.kind is Kind.ALTER_DATABASE:
        yield "No rollback: the character set and collation of the database are not kept."
    elif isinstance(statement.form, DropTable) and not statement.form.temporary and statement.lasting_changes:
        yield "The rollback makes the table again, without its rows."
    elif isinstance(statement.form, AlterTable):
        for action in statement.form.actions:
            if isinstance(action, PartitionAction) and action.verb in _ROWS_GO:
                yield f"No rollback of the rows: {action.verb.upper()} PARTITION leaves no trace in the binary log."
    elif statement.kind.is_dml:
        yield from _of_temporary(statement)
        yield from _row_changes(statement, scene)


def _of_temporary(statement: Statement) -> tuple[str, ...]:
    return tuple(
        f"No rollback for temporary table '{name.name}': it goes with the session, and needs none."
        for name in dict.fromkeys(statement.changes)
        if name in statement.temporary
    )


def _row_changes(statement: Statement, scene: Scene) -> Iterator[str]:
    for name in dict.fromkeys(statement.lasting_changes):
        table = scene.before.table(name)
        if table is None or table.is_view or table.option("unreadable"):
            continue
        reason = _why_not(table, scene)
        if reason:
            yield f"No rollback for table '{name.name}': {reason}."


def _why_not(table: Table, scene: Scene) -> str:
    engine = table.option("engine") or scene.world.server.variables.get("default_storage_engine") or "InnoDB"
    if engine.lower() in _WITHOUT_ROW_EVENTS:
        return f"changes of {engine} tables are not in the binary log as rows"
    return "" if table.primary_key is not None or not table.complete else "it has no primary key"
