"""How many rows a change is said to change, by what the account may ask: on each kind of server."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.introspect import Observer
from inception.server import Address
from inception.sql import quote_name
from inception.world import World
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer

ROWS = 3600
_TABLES = """CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY (a));
CREATE TABLE few (a INT);
CREATE TABLE stock (id INT PRIMARY KEY, n INT);
INSERT INTO few VALUES (1), (2), (3);
INSERT INTO t WITH RECURSIVE s AS (SELECT 1 n UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n, n, n % 2 FROM s;
INSERT INTO t SELECT id + 1000, a + 1000, b FROM t;
INSERT INTO t SELECT id + 2000, a + 2000, b FROM t;
ANALYZE TABLE t, few"""


@pytest.fixture
def tables(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name:
        with target.connect(database=name) as connection:
            for statement in _TABLES.split(";\n"):
                connection.query(statement)
        yield name


def world_of(address: Address, database: str, text: str) -> World:
    with closing(Observer(address)) as observer:
        batch = read_batch(Options(Mode.CHECK, db=database), split(text), observer.server.syntax)
        return observer.observe(batch.statements)


# statement, the least and the most that may be estimated
_CHANGES = [
    ("update t set b = 1", ROWS, ROWS),
    ("update t set b = 1 where a <= 100", 90, 110),
    ("delete from t where a > 1 limit 10", 10, 10),
    ("delete from t where a > 1 order by b limit 1000", 1000, 1000),
    ("update t as x set x.b = 1 where x.a between 1 and 50", 45, 55),
    ("delete from t where id < 0", 0, 1),
    ("update t set a = 1 where b = 1", ROWS, ROWS),
    ("update t set b = 2 where a = 5", 1, 1),
    ("delete from t where b in (select a from few)", 3, ROWS),
    ("delete from t where a in (select a from few)", 1, ROWS),
    ("delete from t where exists (select 1 from few where few.a = t.b)", 3, ROWS),
    ("delete from t where a not in (select a from few)", ROWS, ROWS),
    ("update t join few on few.a = t.a set t.b = 2", 3, 3),
    ("delete t from t join few on few.a = t.a", 3, 3),
    ("insert into stock select id, a from t", ROWS, ROWS),
    ("insert into stock select id, a from t where a <= 100", 90, 110),
    ("replace into stock select id, a from t where a <= 100 limit 20", 20, 20),
    ("insert into stock (id, n) select id, a from t limit 5, 30", 30, 30),
    ("insert into stock select id, a from t union all select -id, a from t", 2 * ROWS, 2 * ROWS),
    ("insert into stock select 1, count(*) from t", 1, 1),
    ("insert into stock select max(id), sum(a) from t where b = 1 having sum(a) > 5", 1, 1),
    ("insert into stock select id, sum(a) over (partition by b) from t", ROWS, ROWS),
]  # fmt: skip


@pytest.mark.parametrize("rights", ["ALL", "SELECT"])
def test_estimates(target: DatabaseServer, tables: str, rights: str) -> None:
    address = target.create_user(f"may_{rights.lower()}", PASSWORD, f"{rights} ON {quote_name(tables)}.*")
    world = world_of(address, tables, ";\n".join(text for text, *_ in _CHANGES))
    assert world.unestimated == {}
    found = {text: world.estimates[number] for number, (text, *_) in enumerate(_CHANGES, 1)}
    assert [(text, found[text]) for text, least, most in _CHANGES if not least <= found[text] <= most] == []


def test_what_the_account_may_not_read_is_said_to_be_unknown(target: DatabaseServer, tables: str) -> None:
    address = target.create_user("writer", PASSWORD, f"INSERT, UPDATE, DELETE ON {quote_name(tables)}.*")
    world = world_of(address, tables, "delete from t where a > 5; insert into stock select id, a from t")
    assert world.estimates == {}
    assert [(each.asked, "denied" in each.reason) for each in world.unestimated.values()] == [(True, True)] * 2


def test_what_is_new_in_the_batch_is_not_needed_for_the_rows(target: DatabaseServer, tables: str) -> None:
    text = "alter table t add column c int; update t set c = 1 where a <= 100; update t set c = 1 where c is null"
    world = world_of(target.address, tables, text)
    assert 90 <= world.estimates[2] <= 110
    assert "'c'" in world.unestimated[3].reason


def test_functions_that_might_be_called_are_not_asked_about(target: DatabaseServer, tables: str) -> None:
    with target.connect(database=tables) as connection:
        for name in ("own", "levenshtein"):  # sqlglot has one of that name
            connection.query(f"CREATE FUNCTION {name} (n INT) RETURNS INT DETERMINISTIC NO SQL RETURN n")
    texts = ["update t set b = own(a)", "delete from t where levenshtein(a) = 1", "delete from t where sleep(9) = 1"]
    world = world_of(target.address, tables, ";".join(texts))
    assert world.estimates == {}
    assert {number: each.reason for number, each in world.unestimated.items()} == {
        1: "EXPLAIN might call OWN()", 2: "EXPLAIN might call LEVENSHTEIN()", 3: "EXPLAIN might call SLEEP()",
    }  # fmt: skip


def test_a_locked_table_is_not_waited_for(target: DatabaseServer, tables: str) -> None:
    with target.connect(database=tables) as holder:
        world = world_of(target.address, tables, "delete from t where a > 5")
        assert world.estimates[1] > 3000
        with closing(Observer(target.address)) as observer:
            batch = read_batch(
                Options(Mode.CHECK, db=tables), split("delete from t where a > 5"), observer.server.syntax
            )
            catalog = observer.catalog(batch.statements)
            holder.query("LOCK TABLES t WRITE")
            observer.catalog = lambda _: catalog  # type: ignore[method-assign, assignment]
            world = observer.observe(batch.statements)
    assert world.estimates == {}
    assert world.unestimated[1].asked
    assert "imeout" in world.unestimated[1].reason
