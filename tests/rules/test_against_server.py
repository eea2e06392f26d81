"""The server as judge of the rules that stand for its refusals: refused ⇔ an error among our findings.

Each line of *.sql here is a case, of mariadb.sql and mysql.sql for that server alone; what stands before its last statement sets it up. A line may begin with `policy:`,
where a rule forbids by design what the server takes, or `missed:` with a reason, where no rule speaks of the refusal.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.errors import ServerError
from inception.introspect import Observer
from inception.mysql import Connection, connect
from inception.rule import Finding, Level, rule_variables
from inception.scene import Intent
from inception.server import Address, ServerVersion
from inception.settings import Settings
from tests.conftest import KINDS
from tests.servers import DatabaseServer

FILES = sorted(Path(__file__).parent.glob("*.sql"))
MODES = ("default", "")
DATABASE = "judged"


def cases(path: Path, version: ServerVersion) -> Iterator[tuple[str, list[str]]]:
    """Yield the mark of each line ('', 'policy', 'missed') and its statements."""
    kind = "mariadb" if version.mariadb else "mysql"
    if path.stem in KINDS and path.stem != kind:
        return
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("--"):
            continue
        mark, found, rest = line.partition(": ")
        marks = mark.split() if found and len(mark) < 30 and mark.islower() and "(" not in mark else []
        text = rest if marks else line
        only = {"mariadb", "mysql"} & set(marks)
        if not only or kind in only:
            yield (marks[0] if marks else ""), text.split("; ")
        else:
            yield "", text.split("; ")


def refused(connection: Connection, statements: list[str]) -> str:
    """Run a case; return why the server refuses its last statement, '' where it takes it."""
    for statement in statements[:-1]:
        connection.query(statement)
    try:
        connection.query(statements[-1])
    except ServerError as error:
        return f"{error.errno}: {error.message}"
    return ""


def findings(observer: Observer, text: str) -> list[Finding]:
    batch = read_batch(Options(Mode.CHECK, db=DATABASE), split(text), observer.server.syntax)
    world = observer.observe(batch.statements)
    (audited,) = audit(batch, world, Settings(rule_variables()).snapshot(), Intent())
    return list(audited.findings)


def reset(connection: Connection) -> None:
    connection.query(f"DROP DATABASE IF EXISTS {DATABASE}")
    connection.query(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
    connection.query(f"USE {DATABASE}")


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode or "not strict")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_refused_means_an_error_is_found(target: DatabaseServer, path: Path, mode: str) -> None:
    wrong = []
    with connect(target.address) as connection:
        if mode == "":
            connection.query("SET GLOBAL sql_mode = ''")
        try:
            wrong = list(disagreements(target.address, path))
        finally:
            connection.query("SET GLOBAL sql_mode = DEFAULT")
    assert not wrong, "\n".join(wrong)


def disagreements(address: Address, path: Path) -> Iterator[str]:
    with closing(Observer(address)) as observer, connect(address) as connection:
        for mark, statements in cases(path, connection.version):
            reset(connection)
            for statement in statements[:-1]:
                connection.query(statement)
            found = [finding for finding in findings(observer, statements[-1]) if finding.level is Level.ERROR]
            errors = [finding for finding in found if finding.rule not in POLICY]
            reason = refused(connection, statements[-1:])
            said = ", ".join(f"{finding.rule}: {finding.message}" for finding in errors)
            text = "; ".join(statements)[:150]
            if reason and not found and mark != "missed":
                yield f"not found: {text}\n    {reason}"
            elif errors and not reason and mark != "policy":
                yield f"false alarm: {text}\n    {said}"
            elif mark == "missed" and (found or not reason):
                yield f"no longer missed: {text}\n    {reason} / {said}"


# Errors by our own rules on style, which no server shares.
POLICY = {"index_name", "index_duplicate", "temporary_name", "timestamp_on_update"}
