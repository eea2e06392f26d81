"""How many rows the statements of a batch will change: what the optimizer thinks, or, where wanted, an exact count."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from inception.batch.facts import function_names
from inception.batch.statement import Delete, Insert, Kind, Statement, Update
from inception.catalog import Catalog
from inception.counting import counting_queries
from inception.errors import ConnectionLost, ServerError
from inception.facts.keyed import names_one_row
from inception.lexer import Syntax
from inception.mysql import Connection, Row
from inception.schema.model import TableName

LONGEST_QUESTION = 1 << 20
"""Characters of a statement that is still sent to PREPARE or EXPLAIN."""
_DANGEROUS = frozenset({"SLEEP", "GET_LOCK", "BENCHMARK", "RELEASE_LOCK", "MASTER_POS_WAIT", "LOAD_FILE"})
_SIZED = frozenset({Kind.ALTER_TABLE, Kind.DROP_TABLE, Kind.TRUNCATE, Kind.CREATE_INDEX, Kind.DROP_INDEX})


class RowEstimates:
    """Asks the questions over a session of the observer's. `enter` makes a database the session's current one."""

    def __init__(self, connection: Connection, syntax: Syntax, enter: Callable[[str], None]) -> None:
        self._connection = connection
        self._syntax = syntax
        self._enter = enter

    def estimates(
        self, statements: Iterable[Statement], catalog: Catalog, counts: Mapping[TableName, int], count_within: int
    ) -> Iterator[tuple[int, int]]:
        """Yield the number of a statement and that of rows. `counts` are the estimates of whole tables.

        `count_within`: how many seconds a row change may be counted for, 0: it is estimated, as it is where that
        time is over or the question cannot be put.
        """
        for statement in statements:
            if statement.kind in _SIZED:
                yield statement.number, sum(counts.get(catalog.key(name), 0) for name in statement.changes[:1])
            elif not count_within and _names_one_row(statement, catalog):
                yield statement.number, 1
            elif self._may_be_explained(statement) and all(catalog.table(name) for name in statement.changes):
                self._enter(statement.database)
                rows = self._count(statement, catalog, count_within) if count_within else None
                rows = self._explain(statement.text) if rows is None else rows
                if rows is not None:
                    yield statement.number, rows

    def _may_be_explained(self, statement: Statement) -> bool:
        """EXPLAIN may call functions: none that takes its time or has effects, and none that is stored: it may have."""
        form = statement.form
        if not isinstance(form, Update | Delete) and not (isinstance(form, Insert) and form.has_query):
            return False
        called = function_names(form.tree)
        if len(statement.text) > LONGEST_QUESTION or called & _DANGEROUS:
            return False
        return not called or not called & self._functions

    @cached_property
    def _functions(self) -> frozenset[str]:
        rows = self._connection.query(
            "SELECT DISTINCT UPPER(ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION'"
        )
        return frozenset(str(name) for (name,) in rows)

    def _explain(self, text: str) -> int | None:
        try:
            names, rows = self._connection.table(f"EXPLAIN FORMAT=TRADITIONAL {text}")
        except ConnectionLost:
            raise
        except ServerError:
            return None
        return driving_rows(names, rows)

    def _count(self, statement: Statement, catalog: Catalog, seconds: int) -> int | None:
        queries = counting_queries(statement.form, statement.text, statement.database, catalog, self._syntax)
        if not queries:
            return None
        try:
            with self._allowed(seconds):
                return sum(int(str(self._connection.value(query))) for query in queries)
        except ConnectionLost:
            raise
        except ServerError:
            return None

    @contextmanager
    def _allowed(self, seconds: int) -> Iterator[None]:
        """Let queries take their time for a while."""
        variable, unit = ("max_statement_time", 1) if self._connection.version.mariadb else ("max_execution_time", 1000)
        usual = self._connection.value(f"SELECT @@SESSION.{variable}")
        self._connection.query(f"SET SESSION {variable} = {seconds * unit}")
        try:
            yield
        finally:
            self._connection.query(f"SET SESSION {variable} = {usual!s}")


def _names_one_row(statement: Statement, catalog: Catalog) -> bool:
    changes = statement.changes
    return len(changes) == 1 and names_one_row(statement.form, catalog.table(changes[0]))


def driving_rows(names: tuple[str, ...], rows: list[Row]) -> int:
    """Return the rows that the plan's first table will give, `rows × filtered` where the plan tells both."""
    if not rows:
        return 0
    plan = dict(zip((name.lower() for name in names), rows[0], strict=True))
    filtered = float(str(plan.get("filtered") or 100))
    share = filtered / 100 if len(rows) == 1 else 1
    return round(int(str(plan.get("rows") or 0)) * share)
