"""How ALTER TABLEs are foreseen to run, with real servers as judges: tests/facts/alterations.py."""

import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from inception.facts.online_ddl import Foreseen, Work, foresee, only_words
from inception.schema.actions import Action
from inception.schema.alter import AlterTable
from inception.schema.define import define
from inception.schema.model import Table
from inception.schema.statements import read_ddl
from inception.server import ServerVersion
from inception.world import Server, Stored
from tests.conftest import KINDS, start
from tests.facts.alterations import ACTIONS, TABLES
from tests.facts.judge import Judge
from tests.installations import CACHE, Installation, why_not_fetched
from tests.servers import DatabaseServer, MariaDB

SERVERS = ("mariadb", "mysql", "mariadb-10.5", "mariadb-11.8")
EXAMPLES = int(os.environ.get("EXAMPLES", "10"))  # alterations drawn together, for each server
PLAIN = [line for line in ACTIONS["every"].strip().splitlines() if "?" not in line and "~" not in line]


def running(name: str, config: pytest.Config) -> AbstractContextManager[DatabaseServer]:
    if name in KINDS:
        return start(name, config)
    installation = Installation.unpacked(CACHE / name)
    if installation is None:
        pytest.skip(f"No {name}: {why_not_fetched(name)}")
    return MariaDB(installation=installation).start()


@pytest.fixture(scope="module", params=SERVERS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with running(request.param, request.config) as server, server.connect() as connection:
        yield Judge.of(connection)


@pytest.mark.parametrize("table", ACTIONS)
def test_the_server_agrees(judge: Judge, table: str) -> None:
    wrong = []
    for line in ACTIONS[table].strip().splitlines():
        actions = line.lstrip("?~ ")
        marks = line[: -len(actions)]
        found = judge.objections(TABLES[table], actions, exact="~" not in marks, known="?" not in marks)
        wrong += [f"{actions}: {each}" for each in found]
    assert not wrong, "\n".join(wrong)


def test_the_server_agrees_to_what_is_drawn_together(judge: Judge) -> None:
    draw = random.Random(7)
    wrong = []
    for _ in range(EXAMPLES):
        actions = ", ".join(draw.sample(PLAIN, 2))
        wrong += [f"{actions}: {each}" for each in judge.objections(TABLES["every"], actions, exact=False, known=False)]
    assert not wrong, "\n".join(wrong)


def test_the_budget_of_row_versions(judge: Judge) -> None:
    """When it is spent the server refuses INSTANT, and an ALTER that asserts nothing rebuilds."""
    if judge.server.version.mariadb:
        pytest.skip("MariaDB has no such budget")
    judge.connection.query("DROP TABLE IF EXISTS t")
    judge.connection.query("CREATE TABLE t (id int primary key)")
    for number in range(255):
        judge.connection.query(f"ALTER TABLE t ADD c{number} int, ALGORITHM=INSTANT")
    spent = judge.foreseen("add last int", row_versions=255)
    assert spent is not None
    assert spent.clause == "ALGORITHM=INPLACE, LOCK=NONE"
    assert judge.refuses("ALTER TABLE t ADD last int, ALGORITHM=INSTANT") == 4092
    assert judge.refuses("ALTER TABLE t ADD last int, ALGORITHM=INPLACE, LOCK=NONE") == 0


# -- without a server ------------------------------------------------------------------------------------------

TABLE = define("create table t (id int primary key, a int, b varchar(10), key ka (a)) charset=utf8mb4", database="d")


def read(actions: str) -> tuple[Action, ...]:
    found = read_ddl(f"ALTER TABLE t {actions}", database="d")
    assert isinstance(found, AlterTable)
    return found.actions


def foreseen(actions: str, version: str, table: Table = TABLE, stored: Stored = Stored()) -> Foreseen:  # noqa: B008
    server = Server(ServerVersion.parse(version), {"sql_mode": "STRICT_TRANS_TABLES"})
    return foresee(table, read(actions), server, stored)


@pytest.mark.parametrize(
    ("actions", "version", "algorithm", "work"),
    [
        ("add c int", "5.7.44", "INPLACE", Work.REBUILD),
        ("add c int", "8.0.12", "INSTANT", Work.METADATA),
        ("add c int first", "8.0.28", "INPLACE", Work.REBUILD),
        ("add c int first", "8.0.29", "INSTANT", Work.METADATA),
        ("drop b", "8.0.28", "INPLACE", Work.REBUILD),
        ("drop b", "8.4.0", "INSTANT", Work.METADATA),
        ("alter a set default 5", "5.7.44", "INPLACE", Work.METADATA),
        ("rename column b to c", "8.0.27", "INPLACE", Work.METADATA),
        ("add c int first", "10.3.39-MariaDB", "INPLACE", Work.REBUILD),
        ("add c int first", "10.4.34-MariaDB", "INSTANT", Work.METADATA),
        ("add key kb (b)", "5.7.44", "INPLACE", Work.INDEX),
        ("modify a bigint", "5.7.44", "COPY", Work.COPY),
        ("modify b varchar(10) charset latin1", "8.0.36", "", Work.UNKNOWN),
        ("default charset latin1", "8.4.0", "", Work.UNKNOWN),
        ("default charset latin1", "9.7.0", "INPLACE", Work.METADATA),
        ("comment 'x'", "5.7.44", "INPLACE", Work.METADATA),
        ("drop foreign key f", "10.4.34-MariaDB", "", Work.UNKNOWN),
        ("add c int", "5.6.51", "", Work.UNKNOWN),
        ("add c int", "10.2.44-MariaDB", "", Work.UNKNOWN),
    ],
)
def test_versions_that_only_their_manuals_tell_of(actions: str, version: str, algorithm: str, work: Work) -> None:
    said = foreseen(actions, version)
    assert (said.algorithm, said.work) == (algorithm, work)


def test_row_versions() -> None:
    assert foreseen("add c int", "8.4.0", stored=Stored(row_versions=60)).versions_left == 4
    assert foreseen("add c int", "8.4.0", stored=Stored(row_versions=64)).work is Work.REBUILD
    assert foreseen("add c int", "9.7.4", stored=Stored(row_versions=64)).versions_left == 191
    assert foreseen("alter a set default 5", "9.7.4", stored=Stored(row_versions=255)).work is Work.METADATA


def test_clauses() -> None:
    assert foreseen("add c int", "9.7.4").clause == "ALGORITHM=INSTANT"
    assert foreseen("add key kb (b)", "9.7.4").clause == "ALGORITHM=INPLACE, LOCK=NONE"
    assert foreseen("add key kb (b)", "10.11.6-MariaDB").clause == "ALGORITHM=NOCOPY, LOCK=NONE"
    assert foreseen("add fulltext key kb (b)", "10.11.6-MariaDB").clause == "ALGORITHM=INPLACE, LOCK=SHARED"
    assert foreseen("modify a bigint", "9.7.4").clause == ""
    assert foreseen("add c int, algorithm=default", "9.7.4").clause == ""
    assert foreseen("add c int, algorithm=default", "9.7.4").work is Work.METADATA


def test_a_renamed_column_that_may_be_a_parents() -> None:
    """MySQL takes no INSTANT where a foreign key of another table refers to the column."""
    renamed = "rename column a to c"
    assert foreseen(renamed, "9.7.4").algorithm == "INPLACE"
    assert foreseen(renamed, "9.7.4", stored=Stored(referenced=False)).algorithm == "INSTANT"
    assert foreseen(renamed + ", add d int", "9.7.4").work is Work.UNKNOWN
    assert foreseen(renamed + ", add d int", "9.7.4", stored=Stored(referenced=True)).work is Work.REBUILD


def test_what_the_way_of_an_alter_depends_on() -> None:
    server = Server(ServerVersion.parse("8.0.36"))
    assert only_words(TABLE, read("alter a set default 3, comment 'x', rename column b to c"), server)
    assert only_words(TABLE, read("change a c int comment 'more'"), server)
    assert not only_words(TABLE, read("modify a bigint"), server)
    assert not only_words(TABLE, read("comment 'x', add c int"), server)
