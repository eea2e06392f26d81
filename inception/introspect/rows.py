"""How many rows the statements of a batch will change: what the optimizer thinks, or, where wanted, an exact count."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from inception.batch.facts import function_names
from inception.batch.statement import Delete, Insert, Kind, Statement, Update
from inception.catalog import Catalog
from inception.counting import counting_queries, reading_query
from inception.errors import ConnectionLost, ServerError
from inception.facts.keyed import names_one_row
from inception.introspect.explain import Answer, Explainer, Question
from inception.lexer import Syntax, final_limit
from inception.mysql import Connection
from inception.schema.model import TableName
from inception.world import Unknown

LONGEST_QUESTION = 1 << 20
"""Characters of a statement that is still sent to PREPARE or EXPLAIN."""
_DANGEROUS = frozenset({"SLEEP", "GET_LOCK", "BENCHMARK", "RELEASE_LOCK", "MASTER_POS_WAIT", "LOAD_FILE"})
_SIZED = frozenset({Kind.ALTER_TABLE, Kind.DROP_TABLE, Kind.TRUNCATE, Kind.CREATE_INDEX, Kind.DROP_INDEX})


@dataclass(frozen=True)
class Estimates:
    """Rows by statement number, and why there is none."""

    rows: Mapping[int, int]
    unknown: Mapping[int, Unknown]


def stored_functions(connection: Connection) -> frozenset[str]:
    """Return the names of the target's stored functions, in capitals."""
    rows = connection.query(
        "SELECT DISTINCT UPPER(ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION'"
    )
    return frozenset(str(name) for (name,) in rows)


def _changes_what_it_finds(form: object) -> TypeGuard[Insert | Update | Delete]:
    """Tell whether how many rows a form changes is for the target to say."""
    return isinstance(form, Update | Delete) or (isinstance(form, Insert) and form.has_query)


def _of_temporary(statement: Statement) -> Answer:
    """Return none of a temporary table, and that those of others are not known that go by one."""
    if not statement.lasting_changes:
        return 0
    return Unknown(f"temporary table '{statement.temporary[0].name}' is there only while the batch runs")


def _has_limit(form: Insert | Update | Delete) -> bool:
    return form.query is not None and form.query.limit if isinstance(form, Insert) else form.has_limit


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
    ) -> Estimates:
        """Return the rows by statement number. `counts` are the estimates of whole tables.

        `count_within`: how many seconds a row change may be counted for, 0: it is estimated, as it is where that
        time is over or the question cannot be put.
        """
        found: dict[int, Answer] = {}
        asked: dict[int, Statement] = {}
        needs: dict[int, Answer | None] = {}  # by id of the form
        for statement in statements:
            number, form = statement.number, statement.form
            if statement.kind in _SIZED:
                found[number] = sum(counts.get(catalog.key(name), 0) for name in statement.lasting_changes[:1])
            elif _changes_what_it_finds(form) and statement.temporary:
                found[number] = _of_temporary(statement)
            elif _changes_what_it_finds(form):
                if id(form) not in needs:
                    needs[id(form)] = self._without_question(form, statement.changes, catalog, count_within)
                rows = needs[id(form)]
                if rows is None and len(statement.text) > LONGEST_QUESTION:
                    rows = Unknown("the statement is too long to be explained")
                elif rows is None:
                    rows = self._count(statement, catalog, count_within) if count_within else None
                if rows is None:
                    asked[number] = statement
                else:
                    found[number] = rows
        found |= self._explained(asked)
        return Estimates(
            {number: rows for number, rows in found.items() if isinstance(rows, int)},
            {number: why for number, why in found.items() if isinstance(why, Unknown)},
        )

    def _explained(self, asked: Mapping[int, Statement]) -> dict[int, Answer]:
        alike: dict[Question, list[int]] = {}
        for number, each in asked.items():
            alike.setdefault((each.database, each.sample or each.text), []).append(number)
        texts = {number: each.text for number, each in asked.items()}

        def instead(number: int) -> str:
            return reading_query(asked[number].form, texts[number], self._syntax)

        answers = self._explainer.rows(alike, texts, instead)
        return {number: self._limited(asked[number], rows) for number, rows in answers.items()}

    def _limited(self, statement: Statement, rows: Answer) -> Answer:
        """A plan takes no notice of a LIMIT."""
        form = statement.form
        if not isinstance(rows, int) or not _changes_what_it_finds(form) or not _has_limit(form):
            return rows
        limit = final_limit(statement.text, self._syntax)
        return rows if limit is None else min(rows, limit)

    def _without_question(
        self, form: Insert | Update | Delete, changes: Iterable[TableName], catalog: Catalog, count_within: int
    ) -> Answer | None:
        """Return what holds for all statements of this form without asking about them; None: the target must say."""
        tables = [catalog.table(name) for name in changes]
        if None in tables:
            return 0  # it is made in the batch
        if not count_within and len(tables) == 1 and names_one_row(form, tables[0]):
            return 1
        called = function_names(form.tree)
        refused = called & _DANGEROUS or called & self._functions if called else called
        return Unknown(f"EXPLAIN might call {min(refused)}()") if refused else None

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
