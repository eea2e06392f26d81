"""Ordinary, well-written SQL: under default settings nothing is found in it, on any server that knows it.

But for the note that definitions and rows stand in one batch: here they do, to be short.
"""

from contextlib import closing
from pathlib import Path

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.introspect import Observer
from inception.rule import rule_variables
from inception.scene import Intent
from inception.server import ServerVersion
from inception.settings import Settings
from tests.rules.test_rules import findings
from tests.servers import DatabaseServer

FOLDER = Path(__file__).parent.parent / "ordinary"
SERVERS = ("5.7.44", "8.0.36", "9.7.1", "10.5.23-MariaDB", "10.11.6-MariaDB", "11.8.2-MariaDB")
FILES = sorted(FOLDER.glob("*.sql"))
SINCE = {"mariadb": (10, 7, 0), "mysql": (8, 0, 13)}  # files for one kind of server alone


def knows(server: ServerVersion, path: Path) -> bool:
    """Tell whether a file is for such a server."""
    own = "mariadb" if server.mariadb else "mysql"
    return path.stem not in SINCE or (path.stem == own and server.number >= SINCE[own])


@pytest.mark.parametrize(
    ("path", "server"),
    [(path, server) for path in FILES for server in SERVERS if knows(ServerVersion.parse(server), path)],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_nothing_is_found(path: Path, server: str) -> None:
    found = findings({"sql": path.read_text(), "server": server})
    assert [each for each in found if each[0] != "ddl_dml_mixed"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_found_on_a_real_server(target: DatabaseServer, path: Path) -> None:
    observer = Observer(target.address)
    with closing(observer), target.database() as database:
        if not knows(observer.server.version, path):
            return
        batch = read_batch(Options(Mode.CHECK, db=database), split(path.read_text()), observer.server.syntax)
        world = observer.observe(batch.statements)
        found = list(audit(batch, world, Settings(rule_variables()).snapshot(), Intent()))
    assert [
        (each.statement.text, finding) for each in found for finding in each.findings if finding.rule != "ddl_dml_mixed"
    ] == []


def test_the_files_are_as_the_server_wants_them(target: DatabaseServer) -> None:
    with target.connect() as connection:
        for path in (path for path in FILES if knows(connection.version, path)):
            with target.database() as database:
                connection.query(f"USE {database}")
                for piece in split(path.read_text()):
                    connection.query(piece.text)
        connection.query("DROP DATABASE IF EXISTS warehouse")
