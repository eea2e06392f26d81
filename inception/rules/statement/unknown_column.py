"""A column that does not exist at that point of the batch, or that is ambiguous.

Where the tables stand as on the target its own answer to PREPARE decides; tables that the batch has changed before
are resolved by us.
"""

from collections.abc import Iterator

from inception.batch.statement import Delete, Insert, Select, Statement, Update
from inception.resolve import unknown_columns
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.world import Server

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 35
ALIKE = True
_NEVER = (9999, 0, 0)
_NAME_ERRORS = frozenset({1052, 1054, 1166})  # ambiguous, unknown, unknown in the column list


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such column."""
    verdict = scene.world.verdicts.get(statement.number)
    if verdict is not None and scene.untouched((*statement.changes, *statement.reads)):
        if verdict.errno in _NAME_ERRORS:
            yield verdict.message.rstrip(".") + "."
        if verdict.errno in _NAME_ERRORS or (verdict.errno == 0 and _knows_all(statement, scene.world.server)):
            return
    match statement:
        case (
            Statement(form=Insert(tree=tree) | Update(tree=tree) | Delete(tree=tree) | Select(tree=tree))
            | Statement(query=tree)
        ) if tree is not None:
            outside = scene.world.server.at_least(mysql=(8, 0, 14), mariadb=_NEVER)
            yield from unknown_columns(tree, statement.database, scene.before, derived_see_outside=outside)


def _knows_all(statement: Statement, server: Server) -> bool:
    """Tell whether PREPARE looks at every name: not in views; MariaDB leaves some row changes to their execution."""
    match statement.form:
        case Select():
            return True
        case Insert(has_query=has_query):
            return not (server.version.mariadb and has_query)
        case Update(single=single):
            return single or not server.version.mariadb
        case Delete(has_order=has_order, single=single):
            return not server.version.mariadb or (single and not has_order)
    return False
