"""ALTER TABLE through the gateway: what is foreseen of it, and held to."""

import re
from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import Shop
from tests.servers import DatabaseServer, Gateway, MariaDB


@pytest.fixture
def there(target: DatabaseServer, gateway: Gateway, backup_server: MariaDB) -> Shop:
    """The gateway with each kind of target in turn."""
    return Shop(gateway, target, backup_server)


@pytest.fixture
def place(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name, target.connect() as connection:
        connection.query("FLUSH BINARY LOGS")  # a file without the statements of other tests, in any character set
        yield name


def logged(target: DatabaseServer, word: str) -> list[str]:
    """Return the statements of the binary log that have a word in them, without the comments around them."""
    with target.connect() as connection:
        status = "SHOW BINARY LOG STATUS" if target.kind == "mysql" else "SHOW MASTER STATUS"
        file = str(connection.query(status)[0][0])
        texts = [str(row[5]) for row in connection.query(f"SHOW BINLOG EVENTS IN '{file}'") if word in str(row[5])]
        return [re.sub(r".*/\* inception \w+ \*/ | /\* xid=\d+ \*/$", "", text) for text in texts]


def test_the_audit_foresees_and_the_execution_asserts(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        connection.query("CREATE TABLE t (id int primary key)")
    rows = there.execute(f"use {place}; alter table t add column asserted int;")
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
    assert rows[1].SQL == "alter table t add column asserted int"
    assert "ALGORITHM=INSTANT: only the definition changes" in str(rows[1].errormessage)
    sent = logged(there.target, "add column asserted")
    assert sent == ["alter table t ALGORITHM=INSTANT, add column asserted int"]
    there.undo(rows)
    assert "asserted" not in there.definition(place, "t")


def test_an_algorithm_that_the_user_asks_for_stands(there: Shop, place: str) -> None:
    with there.target.connect(database=place) as connection:
        connection.query("CREATE TABLE t (id int primary key)")
    text = "alter table t add column chosen int, algorithm=copy"
    rows = there.execute(f"use {place}; {text};")
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
    assert logged(there.target, "add column chosen") == [text]


def test_what_is_not_as_foreseen_is_refused_with_advice(there: Shop, place: str) -> None:
    """A hidden column is left of a FULLTEXT index: no definition tells of it, and MySQL takes no INSTANT then."""
    if there.target.kind != "mysql":
        pytest.skip("MariaDB takes INSTANT all the same")
    with there.target.connect(database=place) as connection:
        connection.query("CREATE TABLE t (id int primary key, a text, fulltext key ft (a))")
        connection.query("ALTER TABLE t DROP KEY ft")
    rows = there.execute(f"use {place}; alter table t add column b int;")
    assert rows[1].stagestatus == "Execute failed"
    assert "It was sent with ALGORITHM=INSTANT" in str(rows[1].errormessage)
    assert "write ALGORITHM=DEFAULT into the statement" in str(rows[1].errormessage)
    rows = there.execute(f"use {place}; alter table t add column b int, algorithm=default;")
    assert rows[1].stagestatus == "Execute Successfully\nBackup successfully"
