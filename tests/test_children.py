"""What refers to the tables that a batch drops or alters: asked of real servers, once for a batch, and only for such."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.introspect import Observer
from inception.mysql import Connection, Row
from inception.rule import rule_variables
from inception.scene import Intent
from inception.settings import Settings
from tests.servers import DatabaseServer

TABLES = (
    "CREATE TABLE p (id int PRIMARY KEY, a int, x int, KEY (a))",
    "CREATE TABLE c (id int PRIMARY KEY, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))",
)


class Listening(Observer):
    """An observer that keeps what it asked for foreign keys."""

    asked: list[str]

    def listen(self) -> None:
        self.asked, query = [], self.connection.query

        def heard(sql: str) -> list[Row]:
            if "REFERENCED_TABLE" in sql:
                self.asked.append(sql)
            return query(sql)

        self.connection.query = heard  # type: ignore[method-assign]


@contextmanager
def two_databases(target: DatabaseServer) -> Iterator[tuple[str, str, Connection]]:
    """Give two databases; in the second one `e` refers to table `p` of the first."""
    with target.database() as one, target.database() as two, target.connect() as connection:
        connection.query(f"USE {one}")
        for text in (*TABLES, f"CREATE TABLE {two}.e (a int, CONSTRAINT g FOREIGN KEY (a) REFERENCES {one}.p (id))"):
            connection.query(text)
        try:
            yield one, two, connection
        finally:
            connection.query(f"DROP TABLE IF EXISTS {two}.e")


def said(target: DatabaseServer, database: str, text: str) -> tuple[list[str], int]:
    """Return what the audit finds of references, and how often the target was asked for them."""
    with closing(Listening(target.address)) as observer:
        observer.listen()
        batch = read_batch(Options(Mode.CHECK, db=database), split(text), observer.server.syntax)
        world = observer.observe(batch.statements)
        found = audit(batch, world, Settings(rule_variables()).snapshot(), Intent())
        rule = "table_still_referenced"
        messages = [each.message for audited in found for each in audited.findings if each.rule == rule]
        return messages, len(observer.asked)


def test_children_in_other_databases(target: DatabaseServer) -> None:
    with two_databases(target) as (one, two, _):
        assert said(target, one, "drop table c; drop table p") == (
            [f"Table 'p' can't be dropped: foreign key 'g' of {two}.e refers to it."],
            1,
        )
        assert said(target, two, f"drop database {one}") == (
            [f"Table 'p' can't be dropped: foreign key 'g' of {two}.e refers to it."],
            1,
        )
        assert said(target, one, f"drop database {two}; drop table c; drop table p") == ([], 1)


@pytest.mark.parametrize(
    "text",
    [
        "alter table p add column y int, comment 'x'",
        "alter table p modify x bigint, drop column x",
        "rename table p to q; insert into c values (1, 1); create table n (id int)",
        "drop temporary table p",
        "drop table nothing",
    ],
)
def test_nothing_is_asked_where_no_key_could_forbid_it(target: DatabaseServer, text: str) -> None:
    with two_databases(target) as (one, _, _):
        assert said(target, one, text) == ([], 0)


def test_one_finding_for_all_keys_of_a_table(target: DatabaseServer) -> None:
    with two_databases(target) as (one, two, connection):
        messages, asked = said(target, one, "drop table p; alter table c drop foreign key f; drop table c")
        assert (len(messages), asked) == (1, 1)
        assert messages[0].endswith("and 1 more do.")
        connection.query(f"DROP TABLE {two}.e")
        assert said(target, one, "alter table c drop foreign key f; truncate table p") == ([], 1)
