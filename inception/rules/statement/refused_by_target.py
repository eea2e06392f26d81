"""The target refuses a query or row change for a reason that no other rule names.

It is asked to prepare each: functions that do not exist or take other arguments, columns outside of GROUP BY, an index
hint without its index, a view that takes no rows, a table changed and read at once. Only what stands there as it will
be is judged so: nothing before in the batch has changed what the statement names.
"""

from collections.abc import Iterator

from inception.batch.statement import Kind, Statement
from inception.rule import REFUSED, Level, Said
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 12
ALIKE = True

# By their codes: what speaks of PREPARE itself (ER_UNSUPPORTED_PS, ER_NEED_REPREPARE)
_OF_PREPARE = frozenset({1295, 1615})
_PASSING = frozenset(
    {1205, 1206, 1213, 1317, 1969, 3024, 3058}
)  # locks that were not to be had, and time that was over
_SAID_ELSEWHERE = frozenset({1046, 1049, 1051, 1052, 1054, 1060, 1103, 1109, 1110, 1136, 1146, 3105})
_BROKEN_VIEW = 1356  # ER_VIEW_INVALID: also of a view that this account may not use
_OF_VIEWS = frozenset({1353})
_VIEWS = frozenset({Kind.CREATE_VIEW, Kind.ALTER_VIEW})


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield what the target says."""
    verdict = scene.world.verdicts.get(statement.number)
    if verdict is None or not verdict.is_about_statement or verdict.is_syntax_error:
        return
    silent = _OF_PREPARE | _PASSING | _SAID_ELSEWHERE | (_OF_VIEWS if statement.kind in _VIEWS else frozenset())
    if verdict.errno in silent or not _asked_as_it_will_be(statement, scene):
        return
    maybe_of_the_account = verdict.errno == _BROKEN_VIEW
    yield Said(Level.WARNING if maybe_of_the_account else LEVEL, f"The target refuses this: {verdict.message}")


def _asked_as_it_will_be(statement: Statement, scene: Scene) -> bool:
    queries = statement.kind.is_dml or statement.kind is Kind.SELECT or statement.kind in _VIEWS
    if not queries and statement.query is None:
        return False
    if scene.before is scene.world.catalog:
        return True
    return statement.problem is None and scene.untouched(statement.changes + statement.reads)
