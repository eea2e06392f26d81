"""Names in statements, with the server as judge: what it cannot find we find missing, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.kind import kind_of
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.errors import ServerError
from inception.introspect import Observer
from inception.mysql import Connection
from inception.rule import Level, rule_variables
from inception.scene import Intent
from inception.settings import Settings
from tests.servers import DatabaseServer, MariaDB

TABLES = (
    "CREATE TABLE a (id INT PRIMARY KEY, x INT, name VARCHAR(10))",
    "CREATE TABLE b (id INT PRIMARY KEY, a_id INT, x INT, y INT)",
    "CREATE VIEW v AS SELECT id, x AS vx FROM a",
    "CREATE TABLE ft (id INT PRIMARY KEY, name VARCHAR(10), FULLTEXT KEY (name))",
    "CREATE TABLE `Mixed` (Id INT PRIMARY KEY, `odd name` INT)",
    "CREATE TABLE other.c (id INT PRIMARY KEY, z INT)",
    "CREATE TABLE other.d (id INT PRIMARY KEY)",
)
# Unknown database; ambiguous column; unknown column; unknown table in t.*; DELETE's; no such table; drop of none;
# unknown key; key column; drop of no database; forward reference; no database;
# a table in ORDER BY of a UNION; column twice in a derived table.
MISSING = {1049, 1052, 1054, 1051, 1109, 1146, 1091, 1072, 1008, 4092, 1347, 1247, 1046, 1250, 1060}
RULES = {"unknown_database", "unknown_table", "unknown_column", "like_source", "alter_missing", "index_column"}


def cases(kind: str, text: str) -> Iterator[tuple[set[str], str]]:
    """Yield the marks and the batch of each line that is for a kind of server."""
    for line in text.splitlines():
        if not line.strip() or line.startswith("--"):
            continue
        head, _, batch = line.partition(": ")
        marks = set(head.split())
        if not batch or not marks <= {"mysql", "mariadb", "missed"}:
            marks, batch = set(), line
        if kind in marks or not marks & {"mysql", "mariadb"}:
            yield marks, batch


def reset(connection: Connection) -> None:
    for database in ("db1", "other", "db3"):
        connection.query(f"DROP DATABASE IF EXISTS {database}")
    for statement in ("CREATE DATABASE db1 CHARACTER SET utf8mb4", "CREATE DATABASE other", "USE db1", *TABLES):
        connection.query(statement)


def errno_of(connection: Connection, statements: list[str]) -> int:
    """Run a batch; return the error of its last statement, 0 for none."""
    for statement in statements[:-1]:
        connection.query(statement)
    try:
        connection.query("BEGIN")
        connection.query(statements[-1])
        connection.query("ROLLBACK")
    except ServerError as error:
        return error.errno
    return 0


def found(observer: Observer, text: str) -> list[str]:
    """Return the errors about names that are found in the last statement of a batch."""
    batch = read_batch(Options(Mode.CHECK, db="db1"), split(text), observer.server.syntax)
    world = replace(observer.observe(batch.statements), verdicts={})
    *_, last = audit(batch, world, Settings(rule_variables()).snapshot(), Intent())
    assert last.statement.problem is None, f"not read: {last.statement.problem}"
    return [each.message for each in last.findings if each.rule in RULES and each.level is Level.ERROR]


def disagreements(server: DatabaseServer, text: str) -> Iterator[str]:
    observer = Observer(server.address)
    changed = True
    for marks, batch in cases(server.kind, text):
        statements = [piece.text for piece in split(batch)]
        with server.connect() as connection:
            if changed:
                reset(connection)
            connection.query("USE db1")
            try:
                ours = found(observer, batch)
            except AssertionError as problem:
                yield f"{batch}\n    {problem}"
                continue
            errno = errno_of(connection, statements)
        changed = len(statements) > 1 or kind_of(statements[0]).is_ddl
        missed = "missed" in marks
        if errno and errno not in MISSING and not ours:
            continue
        if (errno in MISSING) is not (bool(ours) or missed) or (missed and ours):
            yield f"{batch}\n    server: {errno}, we: {ours or 'nothing'}"
    observer.close()


FOLDER = Path(__file__).parent


def test_what_the_server_misses_we_miss(target: DatabaseServer) -> None:
    wrong = list(disagreements(target, (FOLDER / "names.sql").read_text()))
    assert not wrong, "\n".join(wrong)


@pytest.mark.server("mariadb")
def test_names_without_case() -> None:
    with MariaDB() as server:
        server.start(lower_case_table_names=1)
        wrong = list(disagreements(server, (FOLDER / "folded.sql").read_text()))
    assert not wrong, "\n".join(wrong)
