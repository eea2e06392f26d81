"""Foreign keys whose cascades the target does not write to its binary log: a rollback from row events misses them.

InnoDB carries them out below the SQL layer, except MySQL from 9.6 on where innodb_native_foreign_keys is OFF
(MySQL 9.6 release notes: foreign keys moved to the SQL layer).
"""

from collections.abc import Iterable

from inception.batch.statement import Insert, Kind, Statement, Update
from inception.world import Reference, Server

CASCADING = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def cascades_are_logged(server: Server) -> bool:
    """Tell whether the target logs the rows that a cascade changes."""
    version = server.version
    native = (server.variables.get("innodb_native_foreign_keys") or "OFF").upper() in ("ON", "1")
    return not version.mariadb and version.number >= (9, 6, 0) and not native


def unlogged_cascade(statement: Statement, references: Iterable[Reference]) -> str | None:
    """Return why rows that this statement changes by cascade are not in the binary log; None where none can be."""
    for each in references:
        deletes = statement.kind in (Kind.DELETE, Kind.REPLACE) and each.on_delete in CASCADING
        updates = each.on_update in CASCADING and _sets(statement, each.columns)
        if deletes or updates:
            return (
                f"A foreign key of {each.child} on {each.parent} changes rows by cascade, which the target does not "
                "write to its binary log: they cannot be rolled back. Change the rows of the child table first, in a "
                "statement of their own."
            )
    return None


def _sets(statement: Statement, columns: frozenset[str]) -> bool:
    """Tell whether a statement may set one of these columns; one that could not be read may set any."""
    match statement.form:
        case Update(tree=tree):
            assigned = tree.expressions
        case Insert(tree=tree):
            conflict = tree.args.get("conflict")
            assigned = (conflict.args.get("expressions") or []) if conflict is not None else []
        case None:
            return statement.kind is not Kind.DELETE
        case _:
            return False
    return any(item.this is not None and item.this.name.casefold() in columns for item in assigned)
