"""EXPLAINs: how many rows the target's optimizer thinks that row changes will change, asked gently.

Statements that are alike share a question unless it says many rows. Many questions are asked over a few sessions at a
time, and so many a second at most (pace.py).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from inception.errors import ConnectionLost, ServerError
from inception.introspect.pace import Pace
from inception.mysql import Connection, Row
from inception.sql import quote_name

MANY = 1000  # rows: statements that are alike and change more are asked about one by one
_SESSIONS = 4
_FEW = 16  # questions that one session asks by itself

Question = tuple[str, str]
"""The current database, and a statement."""


class Explainer:
    """Asks over a session; `another` opens one like it, `rate` is the most questions a second, 0: none is asked."""

    def __init__(self, connection: Connection, another: Callable[[], Connection], rate: int) -> None:
        self._connection = connection
        self._another = another
        self.rate = rate

    def rows(self, alike: Mapping[Question, list[int]], texts: Mapping[int, str]) -> dict[int, int]:
        """Return the rows by statement number, absent where the target does not say.

        `alike` holds the numbers of the statements that a database and a sample stand for, `texts` their own texts.
        """
        if not self.rate:
            return {}
        pace = Pace(self._connection.peer, self.rate)
        firsts = {numbers[0]: database for (database, _), numbers in alike.items()}
        found = self._ask({number: (database, texts[number]) for number, database in firsts.items()}, pace)
        others: dict[int, Question] = {}
        for (database, _), (first, *rest) in alike.items():
            rows = found.get(first)
            if rows is not None and rows > MANY:
                others |= {number: (database, texts[number]) for number in rest}
            elif rows is not None:
                found |= dict.fromkeys(rest, rows)
        return found | self._ask(others, pace)

    def _ask(self, questions: Mapping[int, Question], pace: Pace) -> dict[int, int]:
        numbers = list(questions)
        with ExitStack() as stack:
            sessions = self._sessions(stack) if len(numbers) > _FEW else []
            if len(sessions) < 2:
                return _explain_all(self._connection, questions, pace)
            count = len(sessions)
            shares = [{number: questions[number] for number in numbers[at::count]} for at in range(count)]
            pool = stack.enter_context(ThreadPoolExecutor(count))
            done = list(pool.map(_explain_all, sessions, shares, [pace] * count))
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


def _explain_all(connection: Connection, questions: Mapping[int, Question], pace: Pace) -> dict[int, int]:
    found: dict[int, int] = {}
    entered = ""
    for number, (database, text) in questions.items():
        pace.wait()
        try:
            if database and database != entered:
                connection.query(f"USE {quote_name(database)}")
                entered = database
            found[number] = driving_rows(*connection.table(f"EXPLAIN FORMAT=TRADITIONAL {text}"))
        except ConnectionLost:
            raise
        except ServerError:
            continue
    return found


def driving_rows(names: Sequence[str], rows: Sequence[Row]) -> int:
    """Return the rows that the plan's first table will give, `rows × filtered` where the plan tells both."""
    if not rows:
        return 0
    plan = dict(zip((name.lower() for name in names), rows[0], strict=True))
    filtered = float(str(plan.get("filtered") or 100))
    share = filtered / 100 if len(rows) == 1 else 1
    return round(int(str(plan.get("rows") or 0)) * share)
