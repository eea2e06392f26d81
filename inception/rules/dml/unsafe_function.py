"""A function whose value on a replica is another one, in a row change that the target logs as a statement.

Only with binlog_format=STATEMENT; MIXED logs rows then. Manual: "Determination of Safe and Unsafe Statements".
"""

from collections.abc import Iterator

from inception.batch.facts import function_names
from inception.batch.statement import Delete, Insert, Update
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.WARNING
ORDER = 527
_FUNCTIONS = frozenset(
    ("FOUND_ROWS", "GET_LOCK", "IS_FREE_LOCK", "IS_USED_LOCK", "LOAD_FILE", "MASTER_POS_WAIT", "RAND", "RELEASE_LOCK",
     "ROW_COUNT", "SESSION_USER", "SLEEP", "SYSDATE", "SYSTEM_USER", "USER", "UUID", "UUID_SHORT", "VERSION")
)  # fmt: skip


def check(change: Insert | Update | Delete, scene: Scene) -> Iterator[str]:
    """Yield a finding for each such function."""
    variables = scene.world.server.variables
    if variables.get("log_bin") != "ON" or (variables.get("binlog_format") or "").upper() != "STATEMENT":
        return
    for name in sorted(function_names(change.tree) & _FUNCTIONS):
        yield f"{name}() has another value on replicas, to which statements are sent: binlog_format is STATEMENT."
