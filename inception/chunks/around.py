"""What around a table makes a row change another one when it is run range by range: engine, unique keys, triggers, …"""

from collections.abc import Iterable, Iterator

from inception.batch.facts import assignments
from inception.batch.statement import Kind, Statement, Update
from inception.cascades import CASCADING
from inception.schema.model import Index, IndexKind, Table
from inception.schema.rename import parent_of
from inception.world import Reference, Trigger


def hindrances(
    statement: Statement, table: Table, triggers: Iterable[Trigger], references: Iterable[Reference]
) -> Iterator[str]:
    """Yield why an UPDATE or DELETE of a table is not the same when it is run range by range.

    `triggers` are the table's, `references` the foreign keys that point at it.
    """
    name = table.name.name
    if table.is_view or not table.complete or table.temporary:
        yield f"'{name}' is no table that can be looked at"
        return
    engine = table.option("engine") or "InnoDB"
    if engine.lower() != "innodb":
        yield f"table '{name}' is of engine {engine}, which keeps rows of a range that was cut off"
    if table.periods or table.option("system_versioning") is not None:
        yield f"table '{name}' keeps the history of its rows"
    fired = [each.name for each in triggers if each.event == statement.kind.value]
    if fired:
        yield f"triggers of table '{name}' fire ({', '.join(fired)}), which may look at other rows"
    touched = _touched(statement, table)
    yield from _collisions(table, touched)
    yield from _foreign_keys(statement, table, touched, references)


def _touched(statement: Statement, table: Table) -> frozenset[str]:
    """Return the columns, case folded, that an UPDATE may change: those that it sets and what follows from them."""
    if not isinstance(statement.form, Update):
        return frozenset()
    assigned = {name.casefold() for name, _ in assignments(statement.form)}
    follow = {each.name.casefold() for each in table.columns if each.on_update or each.generated is not None}
    return frozenset(assigned | follow)


def _collisions(table: Table, touched: frozenset[str]) -> Iterator[str]:
    for index in table.indexes:
        if touched and index.kind in (IndexKind.PRIMARY, IndexKind.UNIQUE) and _holds(index, touched):
            what = "the primary key" if index.kind is IndexKind.PRIMARY else f"unique index '{index.name}'"
            yield f"it changes {what}: whether rows collide on the way depends on their order"


def _holds(index: Index, columns: frozenset[str]) -> bool:
    return any(part.expression or part.column.casefold() in columns for part in index.parts)


def _foreign_keys(
    statement: Statement, table: Table, touched: frozenset[str], references: Iterable[Reference]
) -> Iterator[str]:
    deletes = statement.kind is Kind.DELETE
    for key in table.foreign_keys:
        columns = {each.casefold() for each in (*key.columns, *key.parent_columns)}
        if parent_of(key, table) == table.name and (deletes or columns & touched):
            yield f"foreign key '{key.name}' points at the table itself: which rows may go depends on their order"
    for each in references:
        if each.child != each.parent and (
            (deletes and each.on_delete in CASCADING) or (each.on_update in CASCADING and each.columns & touched)
        ):
            yield f"a foreign key of {each.child} changes rows by cascade, so that a range would not bound the work"


def notes(statement: Statement, table: Table) -> Iterator[str]:
    """Yield what is a little different all the same."""
    automatic = [each.name for each in table.columns if each.on_update]
    if isinstance(statement.form, Update) and automatic:
        yield f"Column '{automatic[0]}' (ON UPDATE) gets the time of its row's range, not one for all rows."
