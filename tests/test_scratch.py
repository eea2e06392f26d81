"""ALTERs that are tried on an empty copy, on real servers."""

from collections.abc import Iterator

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.errors import ServerError
from inception.introspect import Observer
from inception.mysql import Connection, connect
from inception.rule import rule_variables
from inception.scene import Intent
from inception.settings import Settings
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer

VIRTUAL = "CREATE TABLE t (id int primary key, a int, v int as (a + 1) virtual, b int)"


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[Connection]:
    """A session in a database with a table `t`."""
    with target.database() as name, connect(target.address, database=name) as connection:
        connection.query(VIRTUAL)
        connection.query("INSERT INTO t (id) VALUES (1)")
        yield connection


def said(connection: Connection, actions: str, *, scratch: bool = True) -> str:
    """Return what an audit says of an ALTER of `t`."""
    database = str(connection.value("SELECT DATABASE()"))
    observer = Observer(connection.address)
    batch = read_batch(Options(Mode.CHECK, db=database), split(f"alter table t {actions}"), observer.server.syntax)
    world = observer.observe(batch.statements, scratch=database if scratch else "")
    (audited,) = audit(batch, world, Settings(rule_variables()).snapshot(), Intent())
    observer.close()
    return next(finding.message for finding in audited.findings if finding.rule == "alter_algorithm")


def test_what_is_not_known_is_tried(place: Connection) -> None:
    actions = "add n int as (a + 2) virtual, comment 'x'"
    assert "is not known" in said(place, actions, scratch=False)
    before = place.query("SHOW CREATE TABLE t")
    assert "ALGORITHM=COPY: the table is copied" in said(place, actions)
    assert place.query("SHOW CREATE TABLE t") == before
    assert place.query("SHOW TABLES") == [("t",)]


def test_the_cheapest_that_is_taken(place: Connection) -> None:
    actions = "modify v int as (a + 1) virtual comment 'x'"
    assert "is not known" in said(place, actions, scratch=False) or not place.version.mariadb
    assert "ALGORITHM=INSTANT: only the definition changes." in said(place, actions)
    assert place.query("SHOW TABLES") == [("t",)]


@pytest.mark.parametrize(
    "actions",
    ["add n int as (a + 2) virtual, rename to t2", "add n int as (a + 2) virtual, engine=MyISAM, comment 'x'"],
)
def test_what_may_touch_another_table_is_not_tried(place: Connection, actions: str) -> None:
    said(place, actions)
    assert place.query("SHOW TABLES") == [("t",)]
    assert place.query("SELECT COUNT(*) FROM t") == [("1",)]


def test_an_account_that_may_not_is_told_nothing(place: Connection, target: DatabaseServer) -> None:
    database = str(place.value("SELECT DATABASE()"))
    reader = target.create_user("reader", PASSWORD, f"SELECT ON {database}.*")
    with connect(reader, database=database) as connection:
        assert "is not known" in said(connection, "add n int as (a + 2) virtual, comment 'x'")
        with pytest.raises(ServerError):
            connection.query("CREATE TABLE x (id int)")
