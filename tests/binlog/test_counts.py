"""How many rows a statement changed, counted in the binary log: what the server itself answered, or None."""

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.binlog.own import own_transactions
from inception.lexer import Syntax
from inception.plan import Step, Undo
from inception.ran import Ran
from inception.undo import read_rows
from tests.binlog.capture import Session, table_of
from tests.servers import DatabaseServer

SETUP = (
    "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(10)) ENGINE=InnoDB",
    "INSERT INTO t VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z')",
    "CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, a INT) ENGINE=InnoDB",
    "CREATE TRIGGER told BEFORE UPDATE ON t FOR EACH ROW INSERT INTO log (a) VALUES (new.a)",
    "CREATE VIEW v AS SELECT id, a FROM t",
    "CREATE TABLE self (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES self (id) ON DELETE CASCADE)",
    "INSERT INTO self VALUES (1, NULL), (2, 1), (3, 1)",
    "CREATE TABLE child (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES t (id) ON DELETE CASCADE)",
    "INSERT INTO child VALUES (1, 3), (2, 3)",
    "CREATE TABLE u (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id) "
    "(PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE)",
    "INSERT INTO u VALUES (1, 1), (2, 2)",
)


def told(server: DatabaseServer, statement: str) -> tuple[int | None, int]:
    """Return what is counted in the binary log, and what the server answered."""
    with server.database() as database:
        session = Session(server, database, *SETUP)
        (read,) = read_batch(Options(Mode.EXECUTE, db=database), split(statement), Syntax()).statements
        answered = session.connection.execute(statement).affected_rows
        session.run("DO 1")  # notes the transaction
        ran = Ran(Step(read, Undo.ROWS, "home"), "1_2_0", affected_rows=None)
        own = own_transactions(session.events(), session.is_ours)
        (undo,) = read_rows(own, [ran], lambda name: table_of(session.definitions, name.name))
        undo.close()
        return undo.affected_rows, answered


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (7, 7, 'q'), (8, 8, 'q')",
        "INSERT INTO t SELECT id + 10, a, b FROM t AS old",
        "INSERT IGNORE INTO t VALUES (1, 7, 'q'), (8, 8, 'q')",
        "INSERT INTO t VALUES (1, 9, 'q'), (2, 2, 'y'), (8, 8, 'q') ON DUPLICATE KEY UPDATE a = VALUES(a)",
        "UPDATE t SET a = a + 1",
        "UPDATE t SET a = 2",
        "UPDATE t, u SET t.a = 9, u.a = 9 WHERE t.id = u.id",
        "UPDATE u SET id = id + 20",
        "DELETE FROM t WHERE id < 3",
        "DELETE t, u FROM t JOIN u ON t.id = u.id",
        "DELETE FROM t WHERE id = 3",
    ],
)
def test_what_the_server_answered(server: DatabaseServer, statement: str) -> None:
    counted, answered = told(server, statement)
    assert counted == answered


@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO t VALUES (1, 1, 'x'), (2, 7, 'q')",
        "DELETE FROM self WHERE id = 1",
        "UPDATE v SET a = a + 1",
    ],
)
def test_what_the_log_does_not_tell(server: DatabaseServer, statement: str) -> None:
    assert told(server, statement)[0] is None
