"""Questions to the data, with the server as judge: what is refused is found before, what is taken is not."""

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.errors import ServerError
from inception.introspect import Observer
from inception.sql import quote_name
from inception.world import Answer
from tests.servers import DatabaseServer

TABLE = """CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c DECIMAL(10,2), d ENUM('x','y'), e BIGINT NOT NULL,
f VARBINARY(10), g INT NOT NULL)"""
ROWS = """INSERT INTO t VALUES (1, 5, 'long enough', 12345.67, 'x', 1, 'abc', 1), (2, 5, 'b   ', 1, 'y', -1, 'abcdef', 2),
(3, NULL, 'b', NULL, 'x', 3000000000, '', 3)"""
ALTERS = (
    "add unique key u (a)", "add unique key u (b)", "add unique key u (a, b)", "add unique key u (g)",
    "drop primary key, add primary key (g)", "drop primary key, add primary key (a)", "add unique key u (b(1))",
    "modify a int not null", "modify b varchar(20) not null", "modify b varchar(10)", "modify b varchar(11)",
    "modify b char(1)", "modify c decimal(6,2)", "modify c decimal(7,2)", "modify c decimal(7,1)", "modify d enum('x')",
    "modify d enum('y','x','z')", "modify e int", "modify e bigint unsigned", "modify e decimal(20)", "modify g tinyint",
    "modify f varbinary(5)", "modify f varbinary(6)", "modify g tinyint unsigned, add unique key u (g)",
    "add unique key u (id)", "add key k (a)", "change a z smallint", "change b z varchar(5) not null",
)  # fmt: skip


def answers(observer: Observer, database: str, text: str, seconds: int = 2) -> tuple[Answer, ...]:
    batch = read_batch(Options(Mode.CHECK, db=database), split(text), observer.server.syntax)
    return observer.observe(batch.statements, probe_time=seconds).probes.get(len(batch.statements), ())


@pytest.fixture(name="observer")
def _observer(target: DatabaseServer) -> Observer:
    return Observer(target.address)


def test_what_is_refused_is_found(target: DatabaseServer, observer: Observer) -> None:
    wrong = []
    with target.connect() as connection, target.database() as database:
        connection.query(f"USE {quote_name(database)}")
        for alter in ALTERS:
            for statement in ("DROP TABLE IF EXISTS t", TABLE, ROWS):
                connection.query(statement)
            found = answers(observer, database, f"alter table t {alter}")
            try:
                connection.query(f"ALTER TABLE t {alter}")
                refusal = ""
            except ServerError as error:
                refusal = error.message
            if bool(found) != bool(refusal):
                wrong.append(f"{alter}: {refusal or 'taken'} / {found}")
    observer.close()
    assert wrong == []


def test_when_nothing_is_asked(target: DatabaseServer, observer: Observer) -> None:
    with target.connect() as connection, target.database() as database:
        connection.query(f"USE {quote_name(database)}")
        connection.query(TABLE)
        connection.query(ROWS)
        assert answers(observer, database, "alter table t add unique key u (a)")
        assert not answers(observer, database, "alter table t add unique key u (a)", seconds=0)
        assert not answers(observer, database, "delete from t where id = 2; alter table t add unique key u (a)")
    observer.close()
