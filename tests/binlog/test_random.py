"""Random tables over all types, random changes, while another session writes to the same table: ours are undone."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inception.errors import ServerError
from inception.mysql import connect
from tests.binlog.capture import Session, opened
from tests.binlog.test_types import PERMISSIVE, types_of
from tests.servers import DatabaseServer

EXAMPLES = int(os.environ.get("EXAMPLES", "8"))
OURS, THEIRS = range(1, 12), range(1001, 1012)


@st.composite
def tables(draw: st.DrawFn, types: dict[str, list[str]]) -> dict[str, list[str]]:
    """Draw the columns of a table: names to SQL values, by their definitions."""
    return {
        kind: types[kind]
        for kind in draw(st.lists(st.sampled_from(sorted(types)), min_size=1, max_size=6, unique=True))
    }


@st.composite
def changes(draw: st.DrawFn, columns: list[list[str]], ids: range) -> str:
    """Draw a statement that changes rows of these ids."""
    row = draw(st.sampled_from(ids))
    values = [draw(st.sampled_from([*column, "NULL"])) for column in columns]
    at = draw(st.integers(0, len(columns) - 1))
    setting = f"c{at} = {values[at]}"
    match draw(st.sampled_from(["insert", "update", "delete", "replace", "upsert", "range", "key"])):
        case "insert":
            return f"INSERT IGNORE INTO t VALUES ({row}, {', '.join(values)})"
        case "replace":
            return f"REPLACE INTO t VALUES ({row}, {', '.join(values)})"
        case "upsert":
            return f"INSERT INTO t VALUES ({row}, {', '.join(values)}) ON DUPLICATE KEY UPDATE {setting}"
        case "update":
            return f"UPDATE IGNORE t SET {setting} WHERE id = {row}"
        case "range":
            return f"UPDATE IGNORE t SET {setting} WHERE id BETWEEN {ids[0]} AND {row}"
        case "key":
            return f"UPDATE IGNORE t SET id = {draw(st.sampled_from(ids))} WHERE id = {row}"
        case _:
            return f"DELETE FROM t WHERE id BETWEEN {row} AND {draw(st.sampled_from(ids))}"


@given(st.data())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
def test_ours_are_undone_and_no_others(target: DatabaseServer, data: st.DataObject) -> None:
    with target.database() as database, closing_sessions():
        work = Session(target, database, PERMISSIVE)
        table = data.draw(tables(types_of(work)))
        definition = ", ".join(f"c{number} {kind}" for number, kind in enumerate(table))
        work.connection.query(f"CREATE TABLE t (id int primary key, {definition}) CHARACTER SET utf8mb4")
        columns = list(table.values())
        for row in (*OURS[:5], *THEIRS[:5]):
            tolerant(work, f"INSERT IGNORE INTO t VALUES ({row}, {', '.join(c[row % len(c)] for c in columns)})")
        work = Session(target, database, PERMISSIVE)
        before = rows(work)
        mine = data.draw(st.lists(changes(columns, OURS), min_size=1, max_size=10))
        theirs = data.draw(st.lists(changes(columns, THEIRS), min_size=1, max_size=5))
        with writing(target, database, theirs):
            for statement in mine:
                tolerant(work, statement)
        work.roll_back()
        assert rows(work) == before


@contextmanager
def closing_sessions() -> Iterator[None]:
    """End the sessions of one example: there are many of them in one test."""
    try:
        yield
    finally:
        while opened:
            opened.pop().close()


def rows(work: Session) -> list[tuple[str | bytes | None, ...]]:
    return [row for row in work.content("t") if int(str(row[0])) < THEIRS[0]]


def tolerant(work: Session, statement: str) -> None:
    """Run a statement; a value that the drawn column refuses is no matter."""
    try:
        work.run(statement)
    except ServerError as error:
        if error.errno in (1064, 1146, 1054):
            raise


@contextmanager
def writing(server: DatabaseServer, database: str, statements: list[str]) -> Iterator[None]:
    """Run statements over and over in a session of its own for as long as the block lasts."""
    done = threading.Event()

    def write() -> None:
        with connect(server.address, database=database, init=PERMISSIVE) as other:
            while True:
                for statement in statements:
                    try:
                        other.query(statement)
                    except ServerError:
                        continue
                if done.is_set():
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
