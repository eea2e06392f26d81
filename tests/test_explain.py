"""Estimates: what is asked of the target, and how often."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.introspect import Observer
from inception.introspect.explain import MANY
from inception.mysql import Connection
from tests.secrets import PASSWORD
from tests.servers import MariaDB

TABLE = (
    "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY (a)) AS SELECT seq id, seq a, seq % 2 b FROM seq_1_to_5000"
)


@contextmanager
def logged(connection: Connection) -> Iterator[list[str]]:
    """Collect the EXPLAINs that the server is asked."""
    explained: list[str] = []
    connection.query("SET GLOBAL log_output = 'TABLE'")
    connection.query("TRUNCATE mysql.general_log")
    connection.query("SET GLOBAL general_log = 1")
    try:
        yield explained
    finally:
        connection.query("SET GLOBAL general_log = 0")
        connection.query("SET GLOBAL log_output = DEFAULT")
        found = connection.query("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log")
        explained += [str(text) for (text,) in found if str(text).startswith("EXPLAIN")]


def estimates(server: MariaDB, database: str, text: str, rate: int = 1000) -> list[int | None]:
    with closing(Observer(server.address)) as observer:
        batch = read_batch(Options(Mode.CHECK, db=database), split(text), observer.server.syntax)
        world = observer.observe(batch.statements, explain_rate=rate)
        return [world.estimates.get(statement.number) for statement in batch.statements]


@pytest.fixture
def target(mariadb: MariaDB, database: str) -> Iterator[Connection]:
    with mariadb.connect(database=database) as connection:
        connection.query(TABLE)
        connection.query("ANALYZE TABLE t")
        yield connection


def test_a_whole_unique_key_needs_no_question(mariadb: MariaDB, database: str, target: Connection) -> None:
    with logged(target) as asked:
        found = estimates(mariadb, database, "update t set a = 1 where id = 5; delete from t where id = 6 and b = 1")
    assert found == [1, 1]
    assert asked == []


def test_statements_that_are_alike_share_a_question(mariadb: MariaDB, database: str, target: Connection) -> None:
    with logged(target) as asked:
        found = estimates(mariadb, database, ";".join(f"update t set b = {n} where a = {n}" for n in range(1, 50)))
    assert found == [1] * 49
    assert asked == ["EXPLAIN FORMAT=TRADITIONAL update t set b = 1 where a = 1"]


def test_of_many_rows_each_is_asked_about(mariadb: MariaDB, database: str, target: Connection) -> None:
    limits = [4900, 4000, 3, 2000, *range(100, 130)]
    with logged(target) as asked:
        found = estimates(mariadb, database, ";".join(f"delete from t where id <= {n}" for n in limits))
    assert len(asked) == len(limits)
    rows = [each or 0 for each in found]
    assert rows[0] > MANY > rows[2]
    assert len(set(rows[:4])) == 4


def test_many_questions_are_asked_over_a_few_sessions(mariadb: MariaDB, database: str, target: Connection) -> None:
    texts = [f"update t set b = {n} where a = {n} and {' and '.join(['1'] * n)}" for n in range(1, 60)]
    with logged(target) as asked:
        found = estimates(mariadb, database, ";".join(texts))
    assert sorted(asked) == sorted(f"EXPLAIN FORMAT=TRADITIONAL {text}" for text in texts)
    assert found == [1] * 59
    threads = target.query("SELECT COUNT(DISTINCT thread_id) FROM mysql.general_log WHERE argument LIKE 'EXPLAIN%'")
    assert threads == [("4",)]


def test_none_are_asked_at_a_rate_of_0(mariadb: MariaDB, database: str, target: Connection) -> None:
    with logged(target) as asked:
        found = estimates(mariadb, database, "delete from t where a < 5; delete from t where id = 5; drop table t", 0)
    assert found[:2] == [None, 1]
    assert asked == []


def test_an_account_without_room_for_more_sessions_asks_over_its_own(
    mariadb: MariaDB, database: str, target: Connection
) -> None:
    address = mariadb.create_user("narrow", PASSWORD, "ALL ON *.*")
    target.query("GRANT USAGE ON *.* TO narrow@'%' WITH MAX_USER_CONNECTIONS 1")
    text = ";".join(f"delete from t where a = {n} and {' and '.join(['1'] * n)}" for n in range(1, 30))
    with closing(Observer(address)) as observer:
        batch = read_batch(Options(Mode.CHECK, db=database), split(text), observer.server.syntax)
        assert len(observer.observe(batch.statements).estimates) == 29
