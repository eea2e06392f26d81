"""Fixtures on real servers: `mariadb`, `backup_server`, `mysql`, `target` (each kind in turn), `database`.

They live as long as the test session (with pytest-xdist: of one worker), are started when first asked for, and a
failed test shows what they logged meanwhile.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings

from tests.processes import Process, running, tail
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL

settings.register_profile("inception", deadline=None)  # a machine that is busy is no failure
settings.load_profile("inception")
Gateway.module = "tests.watched"

KINDS: dict[str, type[DatabaseServer]] = {"mariadb": MariaDB, "mysql": MySQL}
_logged_before = pytest.StashKey[dict[Process, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--servers",
        default="",
        metavar="KIND,...",
        help=f"servers that must be there ({', '.join(KINDS)}): their tests fail instead of being skipped",
    )
    parser.addoption("--update", action="store_true", help="write the answers of golden batches anew")


def pytest_configure(config: pytest.Config) -> None:
    unknown = required_kinds(config) - set(KINDS)
    if unknown:
        raise pytest.UsageError(f"--servers: no such kind: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")


def required_kinds(config: pytest.Config) -> set[str]:
    """Return the kinds of server named by --servers."""
    return {name.strip() for name in config.getoption("--servers").split(",") if name.strip()}


@pytest.fixture(autouse=True)
def _no_rule_fails(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A rule that fails is only a finding to users, but an error here; tests of such rules are marked so."""
    yield
    failed = [record.getMessage() for record in caplog.get_records("call") if record.name == "inception.audit"]
    assert not failed or request.node.get_closest_marker("rule_fails"), failed


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest) -> Iterator[MariaDB]:
    """A running MariaDB: the usual target."""
    with start("mariadb", request.config) as server:
        assert isinstance(server, MariaDB)
        yield server


@pytest.fixture(scope="session")
def backup_server(request: pytest.FixtureRequest) -> Iterator[MariaDB]:
    """A second running MariaDB, where rollback statements are stored."""
    with start("mariadb", request.config) as server:
        assert isinstance(server, MariaDB)
        yield server


@pytest.fixture(scope="session")
def mysql(request: pytest.FixtureRequest) -> Iterator[MySQL]:
    """A running Oracle MySQL 9.7; skips where it cannot be had."""
    with start("mysql", request.config) as server:
        assert isinstance(server, MySQL)
        yield server


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def target(request: pytest.FixtureRequest) -> DatabaseServer:
    """Each kind of server in turn; a kind that this machine does not have is skipped."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, DatabaseServer)
    return server


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def own_server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """Each kind of server in turn, for one module alone: its global variables may be changed."""
    with start(request.param, request.config) as server:
        yield server


@pytest.fixture
def database(mariadb: MariaDB) -> Iterator[str]:
    """The name of a new, empty database on `mariadb`; dropped at the end."""
    with mariadb.database() as name:
        yield name


@contextmanager
def start(kind: str, config: pytest.Config) -> Iterator[DatabaseServer]:
    """Run a server of that kind; where this machine has none, skip, or fail if --servers names it."""
    demand(kind, config)
    with KINDS[kind]() as server:
        yield server.start()


def demand(kind: str, config: pytest.Config) -> None:
    """Skip the test where this machine has no server of that kind; fail it if --servers names the kind."""
    if KINDS[kind].find() is None:
        absent = pytest.fail if kind in required_kinds(config) else pytest.skip
        absent(KINDS[kind].advice())


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("server"):
        demand(mark.args[0], item.config)
    item.stash[_logged_before] = {server: len(server.log) for server in running}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        before = item.stash.get(_logged_before, {})
        for server in running:
            written = tail(server.log[before.get(server, 0) :])
            if written:
                report.sections.append((f"log of {server}", written))
    return report
