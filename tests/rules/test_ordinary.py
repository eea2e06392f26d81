"""Ordinary, well-written SQL: under default settings nothing is found in it, on any server.

But for the note that definitions and rows stand in one batch: here they do, to be short.
"""

from pathlib import Path

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.introspect import Observer
from inception.rule import rule_variables
from inception.scene import Intent
from inception.settings import Settings
from tests.rules.test_rules import findings
from tests.servers import DatabaseServer

FOLDER = Path(__file__).parent.parent / "ordinary"
SERVERS = ("5.7.44", "8.0.36", "9.7.1", "10.5.23-MariaDB", "10.11.6-MariaDB", "11.8.2-MariaDB")
FILES = sorted(FOLDER.glob("*.sql"))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_found(path: Path, server: str) -> None:
    found = findings({"sql": path.read_text(), "server": server})
    assert [each for each in found if each[0] != "ddl_dml_mixed"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_found_on_a_real_server(target: DatabaseServer, path: Path) -> None:
    observer = Observer(target.address)
    with target.database() as database:
        batch = read_batch(Options(Mode.CHECK, db=database), split(path.read_text()), observer.server.syntax)
        world = observer.observe(batch.statements)
        found = list(audit(batch, world, Settings(rule_variables()).snapshot(), Intent()))
    observer.close()
    assert [
        (each.statement.text, finding) for each in found for finding in each.findings if finding.rule != "ddl_dml_mixed"
    ] == []


def test_the_files_are_as_the_server_wants_them(target: DatabaseServer) -> None:
    with target.connect() as connection:
        for path in FILES:
            with target.database() as database:
                connection.query(f"USE {database}")
                for piece in split(path.read_text()):
                    connection.query(piece.text)
        connection.query("DROP DATABASE IF EXISTS warehouse")
