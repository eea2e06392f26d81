"""EXPLAINs: how many rows the target's optimizer thinks that row changes will change, asked gently.

Statements that are alike share a question unless it says many rows. Many questions are asked over a few sessions at a
time, and so many a second at most (rate.py).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial

from inception.errors import ConnectionLost, ServerError
from inception.facts.explained import rows_in_plan
from inception.introspect.rate import Rate
from inception.mysql import Connection
from inception.sql import quote_name
from inception.world import Unknown

MANY = 1000  # rows: statements that are alike and change more are asked about one by one
_SESSIONS = 4
_FEW = 16  # questions that one session asks by itself

_NO_SUCH_DATABASE = (1044, 1049)  # ER_DBACCESS_DENIED_ERROR, ER_BAD_DB_ERROR: the question will say so
_OUT_OF_TIME = frozenset({1205, 1317, 1969, 3024})  # the same table would be waited for once more
_OF_QUERIES_ONLY = ("semijoin", "condition_fanout_filter")  # what the plans of row changes do without
_NO_SUCH_SWITCH = 1231  # ER_WRONG_VALUE_FOR_VAR

Question = tuple[str, str]
"""The current database, and a statement."""
Answer = int | Unknown
Instead = Callable[[int], str]
"""Returns the query that reads the rows that a statement changes, by its number; '' where there is none."""


class Explainer:
    """Asks over a session; `another` opens one like it, `rate` is the most questions a second, 0: none is asked."""

    def __init__(self, connection: Connection, another: Callable[[], Connection], rate: int) -> None:
        self._connection = connection
        self._another = another
        self.rate = rate

    def rows(
        self, alike: Mapping[Question, list[int]], texts: Mapping[int, str], instead: Instead
    ) -> dict[int, Answer]:
        """Return the rows by statement number, nothing where no question may be asked.

        `alike` holds the numbers of the statements that a database and a sample stand for, `texts` their own texts.
        """
        if not self.rate:
            return {}
        rate = Rate(self._connection.peer, self.rate)
        firsts = {numbers[0]: database for (database, _), numbers in alike.items()}
        found = self._ask({number: (database, texts[number]) for number, database in firsts.items()}, rate, instead)
        others: dict[int, Question] = {}
        for (database, _), (first, *rest) in alike.items():
            rows = found[first]
            if isinstance(rows, int) and rows > MANY:
                others |= {number: (database, texts[number]) for number in rest}
            else:
                found |= dict.fromkeys(rest, rows)
        return found | self._ask(others, rate, instead)

    def _ask(self, questions: Mapping[int, Question], rate: Rate, instead: Instead) -> dict[int, Answer]:
        numbers = list(questions)
        with ExitStack() as stack:
            sessions = self._sessions(stack) if len(numbers) > _FEW else []
            if len(sessions) < 2:
                return _explain_all(self._connection, questions, rate, instead)
            count = len(sessions)
            shares = [{number: questions[number] for number in numbers[at::count]} for at in range(count)]
            pool = stack.enter_context(ThreadPoolExecutor(count))
            done = list(pool.map(_explain_all, sessions, shares, [rate] * count, [instead] * count))
        return {number: rows for share in done for number, rows in share.items()}

    def _sessions(self, stack: ExitStack) -> list[Connection]:
        """Open some sessions; fewer where the target has no room for more."""
        sessions: list[Connection] = []
        try:
            for _ in range(_SESSIONS):
                sessions.append(stack.enter_context(closing(self._another())))
        except ServerError:
            pass
        return sessions


def _explain_all(
    connection: Connection, questions: Mapping[int, Question], rate: Rate, instead: Instead
) -> dict[int, Answer]:
    session = _Session(connection, rate)
    return {
        number: session.explain(database, text, partial(instead, number))
        for number, (database, text) in questions.items()
    }


class _Session:
    """One of the sessions that ask."""

    def __init__(self, connection: Connection, rate: Rate) -> None:
        self._connection = connection
        self._rate = rate
        self._entered = ""
        self._alike = False  # queries are planned as row changes are

    def explain(self, database: str, text: str, instead: Callable[[], str]) -> Answer:
        """Ask about a statement, or, where the target will not have it explained, about the query that is like it."""
        if database and database != self._entered:
            self._connection.query_ignoring(f"USE {quote_name(database)}", *_NO_SUCH_DATABASE)
            self._entered = database
        answer, out_of_time = self._ask(text)
        query = instead() if isinstance(answer, Unknown) and not out_of_time else ""
        if not query:
            return answer
        self._plan_alike()
        return self._ask(query)[0]

    def _ask(self, text: str) -> tuple[Answer, bool]:
        """Return the answer, and whether it did not come in time."""
        self._rate.wait()
        form = " FORMAT=TRADITIONAL" if self._connection.version.number >= (5, 6, 0) else ""
        try:
            return rows_in_plan(*self._connection.table(f"EXPLAIN{form} {text}")), False
        except ConnectionLost:
            raise
        except ServerError as error:
            return Unknown(error.message, asked=True), error.errno in _OUT_OF_TIME

    def _plan_alike(self) -> None:
        if not self._alike:
            for switch in _OF_QUERIES_ONLY:
                self._connection.query_ignoring(f"SET SESSION optimizer_switch = '{switch}=off'", _NO_SUCH_SWITCH)
            self._alike = True
