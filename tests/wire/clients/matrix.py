"""The clients that are tested: where each is on this machine, how it is run, how it is got.

Each has a little program beside this file. It connects with the client's defaults, submits CLIENT_BATCH, runs a
command, the same with a bound value, something refused, pings, connects again, and prints what it read as JSON.
Libraries are in `.cache/clients`, where `python -m tests.wire.clients` puts them; interpreters are the system's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.installations import CACHE, Installation, why_not_fetched

HERE = Path(__file__).parent
HOME = CACHE / "clients"
PYTHON, NODE, JAVA, GO = HOME / "python", HOME / "node", HOME / "java", HOME / "go"


@dataclass(frozen=True)
class Command:
    """A client that this machine has: `argv`, in which {port} stands for the port."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Absent:
    """Why this machine does not have a client."""

    reason: str


@dataclass(frozen=True)
class Client:
    """A client of the matrix. `runtime` is what REQUIRE=… of `make clients` may name."""

    name: str
    runtime: str
    find: Callable[[], Command | Absent]


def _python(program: str, package: str) -> Callable[[], Command | Absent]:
    def find() -> Command | Absent:
        if not (PYTHON / package.split(".")[0]).exists():
            return Absent(f"{package} is not in .cache/clients/python")
        return Command((sys.executable, str(HERE / program), package, "{port}"), {"PYTHONPATH": str(PYTHON)})

    return find


def mariadb_program() -> tuple[str, ...] | Absent:
    """Return the start of the argv of MariaDB's command line."""
    path = shutil.which("mariadb")
    return Absent("there is no mariadb in the PATH") if path is None else (path,)


def mysql_program() -> tuple[str, ...] | Absent:
    """Return the start of the argv of Oracle's command line: this machine's, or that which tests/fetch.py unpacked."""
    path = shutil.which("mysql")
    if path is not None and "MariaDB" not in subprocess.run([path, "-V"], capture_output=True, text=True).stdout:
        return (path,)
    unpacked = Installation.unpacked(CACHE / "mysql-client")
    if unpacked is None:
        return Absent(f"no mysql of Oracle's in the PATH or in .cache/mysql-client: {why_not_fetched('mysql-client')}")
    return unpacked.program


def _command_line(program: Callable[[], tuple[str, ...] | Absent]) -> Callable[[], Command | Absent]:
    def find() -> Command | Absent:
        found = program()
        if isinstance(found, Absent):
            return found
        return Command((sys.executable, str(HERE / "command_line.py"), "{port}", *found))

    return find


def _node(program: str, package: str) -> Callable[[], Command | Absent]:
    def find() -> Command | Absent:
        if shutil.which("node") is None:
            return Absent("there is no node in the PATH")
        if not (NODE / "node_modules" / package).exists():
            return Absent(f"{package} is not in .cache/clients/node")
        return Command(("node", str(HERE / program), "{port}"), {"NODE_PATH": str(NODE / "node_modules")})

    return find


def _java(jar: str, url: str) -> Callable[[], Command | Absent]:
    def find() -> Command | Absent:
        found = sorted(JAVA.glob(jar))
        if shutil.which("java") is None:
            return Absent("there is no java in the PATH")
        if not found:
            return Absent(f"no {jar} in .cache/clients/java")
        return Command(("java", "-cp", str(found[-1]), str(HERE / "Jdbc.java"), url))

    return find


def _go() -> Command | Absent:
    program = GO / "client"
    return Command((str(program), "{port}")) if program.exists() else Absent("no .cache/clients/go/client was built")


def _script(interpreter: str, probe: str, *argv: str) -> Callable[[], Command | Absent]:
    def find() -> Command | Absent:
        if shutil.which(interpreter) is None:
            return Absent(f"there is no {interpreter} in the PATH")
        if subprocess.run([interpreter, *probe.split()], capture_output=True, check=False).returncode:
            return Absent(f"{interpreter} {probe} fails")
        return Command((interpreter, *argv))

    return find


def _php(extension: str) -> str:
    return f"-r extension_loaded('{extension}')||exit(1);"


CLIENTS = (
    Client("mariadb (command line)", "mariadb", _command_line(mariadb_program)),
    Client("mysql (command line)", "mysql", _command_line(mysql_program)),
    Client("PyMySQL", "python", _python("dbapi.py", "pymysql")),
    Client("mysqlclient", "python", _python("dbapi.py", "MySQLdb")),
    Client("MySQL Connector/Python", "python", _python("dbapi.py", "mysql.connector")),
    Client("aiomysql", "python", _python("asyncio_drivers.py", "aiomysql")),
    Client("asyncmy", "python", _python("asyncio_drivers.py", "asyncmy")),
    Client("MariaDB Connector/Python", "python", _python("dbapi.py", "mariadb")),
    Client("mysql2 (Node.js)", "node", _node("mysql2.js", "mysql2")),
    Client("mariadb (Node.js)", "node", _node("mariadb.js", "mariadb")),
    Client(
        "MariaDB Connector/J",
        "java",
        _java("mariadb-java-client-*.jar", "jdbc:mariadb://127.0.0.1:{port}/"),
    ),
    Client("MySQL Connector/J", "java", _java("mysql-connector-j-*.jar", "jdbc:mysql://127.0.0.1:{port}/")),
    Client("go-sql-driver/mysql", "go", _go),
    Client("PHP mysqli", "php", _script("php", _php("mysqli"), str(HERE / "mysqli.php"), "{port}")),
    Client("PHP PDO", "php", _script("php", _php("pdo_mysql"), str(HERE / "pdo.php"), "{port}")),
    Client(
        "Perl DBD::mysql",
        "perl",
        _script("perl", "-MDBD::mysql -e1", str(HERE / "dbi.pl"), "mysql", "{port}"),
    ),
    Client(
        "Perl DBD::MariaDB",
        "perl",
        _script("perl", "-MDBD::MariaDB -e1", str(HERE / "dbi.pl"), "MariaDB", "{port}"),
    ),
)


def run(command: Command, port: int, batch: str, user: str, password: str) -> subprocess.CompletedProcess[str]:
    """Run a client's program against a server."""
    own = {"CLIENT_BATCH": batch, "CLIENT_USER": user, "CLIENT_PASSWORD": password}
    return subprocess.run(
        [part.replace("{port}", str(port)) for part in command.argv],
        env={**os.environ, **command.environment, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
