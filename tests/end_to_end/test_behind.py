"""The connection to the target breaks behind an answer: the next statement is not taken for the one before it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inception.batch.options import Mode, Options
from inception.pipeline import Request
from inception.progress import Control
from inception.ran import Ran
from inception.report import Report
from inception.rule import rule_variables
from inception.runner import Runner
from inception.server import Address
from inception.settings import Settings
from tests.processes import HOST
from tests.servers import DatabaseServer, MariaDB


@pytest.fixture
def database(target: DatabaseServer) -> Iterator[str]:
    with target.database() as name, target.connect(database=name) as connection:
        connection.query("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB")
        yield name


@pytest.fixture
def breaks(target: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make the target end the connection right behind its answer to the statement of that number."""
    whole = Runner._after

    def behind(number: int) -> None:
        def after(self: Runner, ran: Ran, gtid_before: str | None) -> Ran:
            if ran.step.statement.number == number:
                with target.connect() as other:
                    other.query(f"KILL {self.session.connection.thread_id}")
            return whole(self, ran, gtid_before)

        monkeypatch.setattr(Runner, "_after", after)

    return behind


def run(target: DatabaseServer, backup: MariaDB, database: str, text: str, **options: Any) -> list[Report]:
    given = Options(
        Mode.EXECUTE, host=HOST, port=target.port, user="root", sequence=database, ignore_warnings=True, **options
    )
    values = Settings(rule_variables()).snapshot()
    request = Request((), given, "utf8mb4", values, scripts=(text,), backup=Address(HOST, backup.port, "root"))
    return [row for row in request.run(Control(lambda _: None)) if isinstance(row, Report)]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("following", ["insert into t (id) values (7)", "create table v (id int primary key)"])
@pytest.mark.parametrize("statement", ["insert into t (id) values (1), (2)", "create table u (id int primary key)"])
def test_the_next_one_is_not_taken_for_it(
    target: DatabaseServer, backup_server: MariaDB, database: str, breaks: Callable[[int], None], statement: str,
    following: str, force: bool,
) -> None:  # fmt: skip
    breaks(2)
    text = f"use {database}; {statement}; {following};"
    rows = run(target, backup_server, database, text, force=force)
    if statement.startswith("insert"):  # where it ended only its own connection could have told
        assert rows[1].status == "Execute Successfully\nBackup failed"
        assert (rows[2].stage, rows[2].status) == ("CHECKED", "Execute Aborted")
        assert any("Not sent: " in each for each in rows[2].messages), rows[2]
    else:
        assert rows[1].status == "Execute Successfully\nBackup successfully"
        assert rows[2].status == "Execute failed"
        assert any("it was not committed." in each for each in rows[2].messages), rows[2]
    rows = run(target, backup_server, database, text, resume=True)
    assert [row.status for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 2
    with target.connect(database=database) as connection:
        made = {str(name) for (name,) in connection.query("SHOW TABLES")}
        found = {str(number) for (number,) in connection.query("SELECT id FROM t")}
    whole = statement + following
    assert made == {"t"} | ({"u"} if "table u" in whole else set()) | ({"v"} if "table v" in whole else set())
    assert found == ({"1", "2"} if "(1)" in whole else set()) | ({"7"} if "(7)" in whole else set())
