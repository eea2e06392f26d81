"""A run of the tool that breaks off inside our own program."""

import pytest

from inception.osc import run
from inception.osc.clean import find_leftovers
from inception.osc.job import Job
from inception.osc.run import Means, run_job
from inception.osc.tool import find_tool
from inception.progress import Control
from inception.rule import rule_levels, rule_variables
from inception.schema.model import TableName
from inception.settings import Settings
from inception.world import Server
from tests.servers import MariaDB


def test_an_error_of_our_own_leaves_nothing(mariadb: MariaDB, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = find_tool("")
    if tool.problem:
        pytest.skip(tool.problem)
    settings = Settings(rule_variables(), shipped=rule_levels())
    settings.set_global("inception_osc_max_thread_running", "1")  # it copies nothing
    table = TableName(database, "t")
    with mariadb.connect(database=database) as connection:
        connection.query("CREATE TABLE t (id INT PRIMARY KEY, a INT)")
        connection.query("INSERT INTO t SELECT seq, seq FROM seq_1_to_2000")
        means = Means(tool, mariadb.address, Server(connection.version), settings.snapshot())
        told: list[object] = []
        found_before: list[object] = []

        def fail() -> None:
            found = find_leftovers(connection, table)
            if found.triggers:
                found_before.append(found)
                raise ZeroDivisionError

        monkeypatch.setattr(run, "_IDLE", 0.0)
        with pytest.raises(ZeroDivisionError):
            run_job(Job("*A", table, "", "modify a bigint"), means, Control(told.append, told.append), fail)
        assert found_before
        assert not find_leftovers(connection, table).in_the_way
