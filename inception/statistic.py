"""What an execution did, counted: one row of inception.statistic on the backup server for each executed batch.

Counting is pure; storing is one statement. The names of the counters are those of the older servers.
"""

from collections import Counter
from collections.abc import Iterable

from inception.batch.statement import Kind, Statement
from inception.mysql import Connection
from inception.own_tables import COUNTERS, make_own_tables
from inception.schema import actions
from inception.schema.alter import AlterTable
from inception.sql import quote_names

_KINDS = {
    Kind.USE: "usedb",
    Kind.DELETE: "deleting",
    Kind.INSERT: "inserting",
    Kind.REPLACE: "inserting",
    Kind.UPDATE: "updating",
    Kind.SELECT: "selecting",
    Kind.CREATE_TABLE: "createtable",
    Kind.DROP_TABLE: "droptable",
    Kind.CREATE_DATABASE: "createdb",
    Kind.TRUNCATE: "truncating",
}
_ACTIONS: dict[type, str] = {
    actions.RenameTable: "renaming",
    actions.AddIndex: "createindex",
    actions.DropIndex: "dropindex",
    actions.AddColumn: "addcolumn",
    actions.DropColumn: "dropcolumn",
    actions.ChangeColumn: "changecolumn",
    actions.RenameColumn: "changecolumn",
    actions.SetOption: "alteroption",
    actions.ConvertCharset: "alterconvert",
}


def count(executed: Iterable[Statement]) -> Counter[str]:
    """Count statements that were executed successfully, and the actions of their ALTER TABLEs.

    `altertable` is the sum of the counted actions.
    """
    found: Counter[str] = Counter()
    for statement in executed:
        if statement.kind in _KINDS:
            found[_KINDS[statement.kind]] += 1
        if isinstance(statement.form, AlterTable):
            names = [_ACTIONS[type(action)] for action in statement.form.actions if type(action) in _ACTIONS]
            found.update(names)
            found["altertable"] += len(names)
    return found


def store(connection: Connection, counted: Counter[str]) -> None:
    """Add a row. Raises ServerError."""
    make_own_tables(connection)
    values = ", ".join(str(counted[name]) for name in COUNTERS)
    connection.query(f"INSERT INTO `inception`.`statistic` ({quote_names(COUNTERS)}) VALUES ({values})")
