"""A function that waits, locks or reads a file, in a row change or query: SLEEP, BENCHMARK, GET_LOCK, LOAD_FILE, …"""

from collections.abc import Iterator

from inception.batch.facts import function_names
from inception.batch.statement import Delete, Insert, Select, Update
from inception.rule import Level

LEVEL = Level.WARNING
ORDER = 526
_FUNCTIONS = frozenset(
    ("SLEEP", "BENCHMARK", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "MASTER_POS_WAIT", "SOURCE_POS_WAIT",
     "MASTER_GTID_WAIT", "WAIT_FOR_EXECUTED_GTID_SET", "LOAD_FILE")
)  # fmt: skip


def check(form: Insert | Update | Delete | Select) -> Iterator[str]:
    """Yield a finding for each such function."""
    for name in sorted(function_names(form.tree) & _FUNCTIONS):
        yield f"{name}() has no place in a batch: it waits, locks or reads a file of the server."
