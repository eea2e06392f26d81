"""How many rows the statements of a batch will change: what the optimizer thinks, or, where wanted, an exact count."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from functools import cached_property

from inception.batch.facts import function_names
from inception.batch.statement import Delete, Insert, Kind, Statement, Update
from inception.catalog import Catalog
from inception.counting import counting_queries
from inception.errors import ConnectionLost, ServerError
from inception.facts.keyed import names_one_row
from inception.introspect.explain import Explainer, Question
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.schema.model import TableName

LONGEST_QUESTION = 1 << 20
"""Characters of a statement that is still sent to PREPARE or EXPLAIN."""
_DANGEROUS = frozenset({"SLEEP", "GET_LOCK", "BENCHMARK", "RELEASE_LOCK", "MASTER_POS_WAIT", "LOAD_FILE"})
_SIZED = frozenset({Kind.ALTER_TABLE, Kind.DROP_TABLE, Kind.TRUNCATE, Kind.CREATE_INDEX, Kind.DROP_INDEX})


class _Need(Enum):
    """What must be asked about statements of one form."""

    NOTHING = auto()  # it names one row
    QUESTION = auto()
    UNKNOWN = auto()  # and must not be asked


def stored_functions(connection: Connection) -> frozenset[str]:
    """Return the names of the target's stored functions, in capitals."""
    rows = connection.query(
        "SELECT DISTINCT UPPER(ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION'"
    )
    return frozenset(str(name) for (name,) in rows)


class RowEstimates:
    """Asks the questions over a session of the observer's. `enter` makes a database the session's current one."""

    def __init__(
        self, connection: Connection, syntax: Syntax, enter: Callable[[str], None], explainer: Explainer
    ) -> None:
        self._connection = connection
        self._syntax = syntax
        self._enter = enter
        self._explainer = explainer

    def estimates(
        self, statements: Iterable[Statement], catalog: Catalog, counts: Mapping[TableName, int], count_within: int
    ) -> dict[int, int]:
        """Return the rows by statement number. `counts` are the estimates of whole tables.

        `count_within`: how many seconds a row change may be counted for, 0: it is estimated, as it is where that
        time is over or the question cannot be put.
        """
        found: dict[int, int] = {}
        alike: dict[Question, list[int]] = {}
        texts: dict[int, str] = {}
        needs: dict[int, _Need] = {}  # by id of the form
        for statement in statements:
            number = statement.number
            if statement.kind in _SIZED:
                found[number] = sum(counts.get(catalog.key(name), 0) for name in statement.changes[:1])
            elif statement.kind.is_dml and statement.form is not None:
                key = id(statement.form)
                if key not in needs:
                    needs[key] = self._need(statement, catalog, count_within)
                rows = 1 if needs[key] is _Need.NOTHING else None
                if needs[key] is _Need.QUESTION and len(statement.text) <= LONGEST_QUESTION:
                    rows = self._count(statement, catalog, count_within) if count_within else None
                    alike.setdefault((statement.database, statement.sample or statement.text), []).append(number)
                    texts[number] = statement.text
                if rows is not None:
                    found[number] = rows
        return found | self._explained(alike, texts, found)

    def _explained(
        self, alike: Mapping[Question, list[int]], texts: Mapping[int, str], counted: Mapping[int, int]
    ) -> dict[int, int]:
        asked = {key: [number for number in numbers if number not in counted] for key, numbers in alike.items()}
        return self._explainer.rows({key: numbers for key, numbers in asked.items() if numbers}, texts)

    def _need(self, statement: Statement, catalog: Catalog, count_within: int) -> _Need:
        tables = [catalog.table(name) for name in statement.changes]
        if not count_within and len(tables) == 1 and names_one_row(statement.form, tables[0]):
            return _Need.NOTHING
        return _Need.QUESTION if None not in tables and self._may_be_explained(statement) else _Need.UNKNOWN

    def _may_be_explained(self, statement: Statement) -> bool:
        """EXPLAIN may call functions: none that takes its time or has effects, and none that is stored: it may have."""
        form = statement.form
        if not isinstance(form, Update | Delete) and not (isinstance(form, Insert) and form.has_query):
            return False
        called = function_names(form.tree)
        return not called & _DANGEROUS and (not called or not called & self._functions)

    @cached_property
    def _functions(self) -> frozenset[str]:
        return stored_functions(self._connection)

    def _count(self, statement: Statement, catalog: Catalog, seconds: int) -> int | None:
        queries = counting_queries(statement.form, statement.text, statement.database, catalog, self._syntax)
        if not queries:
            return None
        self._enter(statement.database)
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
