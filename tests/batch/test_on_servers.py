"""Statements read as a real server reads them, under its own sql_mode; what it cannot read we call a syntax error."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from inception.introspect import Observer
from inception.sql import quote_text
from tests.corpus.reading import Reading, read
from tests.servers import DatabaseServer

TEXTS = [line for line in (Path(__file__).parent / "statements.sql").read_text().splitlines() if line[:2] != "--"]
MODES = {
    "ANSI_QUOTES": [
        'select "a", `b` from "t 1" where "c" = \'d\'',
        'update "t" set "a" = \'say "x"\' where "id" = 1',
        "insert into \"t\" (\"a\") values ('it''s')",
        'delete "a".* from "t" as "a"',
        'create table "t 2" ("id" int comment \'"\', primary key ("id"))',
        'create table t ("a" int default "1")',
        'select "a',
    ],
    "NO_BACKSLASH_ESCAPES": [
        r"insert into t values ('\'), ('it''s')",
        r"update t set a = 'c:\temp\' where b = '\n'",
        r"select '\', 'a' from t",
        r"select 'it\'s'",
        r"create table t2 (a varchar(9) comment 'x\')",
        "select \"\\\" from t where a = '\\'",
    ],
    "ANSI_QUOTES,NO_BACKSLASH_ESCAPES": [
        r"""select '\' as "a\", 'b' from "t" """,
        r"""delete from "t" where "a" = '\'""",
    ],
    "PIPES_AS_CONCAT": [
        "select 'a' || 'b' || c from t where a || b = 'x'",
        "update t set a = b || 'x' where id = 1 || 2",
        "select a || from t",
    ],
    "HIGH_NOT_PRECEDENCE": [
        "select not a between -5 and 5 from t where not b = 1",
        "delete from t where not id = 1 and not a in (1, 2)",
        "select not from t",
    ],
    "IGNORE_SPACE": [
        "select count (*), max (a), now () from t",
        "update t set a = substring (b, 1, 2) where id = 1",
        "select count from t",
        "create table count (id int)",
    ],
    "": [
        "select count (*) from t",
        "create table count (id int)",
        "create table count(id int)",
        r"select 'it\'s', \"a\" from t",
        "select 'a' || 'b' from t",
    ],
}


@contextmanager
def observer(server: DatabaseServer, mode: str | None) -> Iterator[Observer]:
    """Look at a server in whose sessions a sql_mode holds; None: its own."""
    with server.connect() as connection:
        if mode is not None:
            connection.query(f"SET GLOBAL sql_mode = {quote_text(mode)}")
        try:
            with closing(Observer(server.address)) as looking:
                connection.query("SET GLOBAL sql_mode = DEFAULT")
                yield looking
        finally:
            connection.query("SET GLOBAL sql_mode = DEFAULT")


def readings(server: DatabaseServer, mode: str | None, texts: list[str]) -> list[Reading]:
    with observer(server, mode) as looking, server.database() as database:
        return list(read(texts, looking, database))


def wrong(found: list[Reading]) -> list[str]:
    return [
        f"{each.text} | server {each.errno} | {each.failure or each.problem or 'read'} | finding: {each.found}"
        for each in found
        if not each.as_the_server or (each.valid and each.problem)
    ]


def test_statements(target: DatabaseServer) -> None:
    assert not wrong(readings(target, None, TEXTS))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode or "none")
def test_sql_mode(target: DatabaseServer, mode: str) -> None:
    found = readings(target, mode, MODES[mode])
    assert not wrong(found)
    assert any(each.valid for each in found)
