"""Gets the client libraries of matrix.py into `.cache/clients`: `python -m tests.wire.clients`.

What cannot be had is told and left out. Interpreters (node, java, mvn, go, php, perl) and the drivers of PHP and Perl,
which are packages of the system, are installed only by root on a system with apt-get.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests import fetch
from tests.wire.clients.matrix import CLIENTS, GO, HERE, HOME, JAVA, NODE, PYTHON, Absent

PYTHON_PACKAGES = ("PyMySQL", "cryptography", "mysqlclient", "mysql-connector-python", "aiomysql", "asyncmy", "mariadb")
NODE_PACKAGES = ("mysql2@3", "mariadb@3")
JAVA_PACKAGES = ("com.mysql:mysql-connector-j:9.4.0", "org.mariadb.jdbc:mariadb-java-client:3.5.6")
SYSTEM_PACKAGES = ("libmariadb-dev", "php-cli", "php-mysql", "libdbd-mysql-perl", "libdbd-mariadb-perl")


def run(*argv: str, cwd: Path | None = None) -> None:
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(argv[:4])} …: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")


def system() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "-qq", "update")
        run("apt-get", "-qq", "install", "-y", "--no-install-recommends", *SYSTEM_PACKAGES)


def mysql() -> None:
    fetch.main(["mysql-client"])


def python() -> None:
    for package in PYTHON_PACKAGES:  # one by one: what one lacks must not keep the others away
        run(sys.executable, "-m", "pip", "install", "-q", "--no-input", "--upgrade", "--target", str(PYTHON), package)


def node() -> None:
    if shutil.which("npm"):
        run("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(NODE), *NODE_PACKAGES)


def java() -> None:
    if shutil.which("mvn"):
        for package in JAVA_PACKAGES:
            run("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={package}", f"-DoutputDirectory={JAVA}")


def go() -> None:
    if shutil.which("go"):
        run("go", "build", "-o", str(GO / "client"), ".", cwd=HERE / "go")


STEPS: tuple[Callable[[], None], ...] = (system, mysql, python, node, java, go)


def main() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    done = HOME / "made-for"
    wanted = Path(__file__).read_text()
    missing = any(isinstance(client.find(), Absent) for client in CLIENTS)
    if done.exists() and done.read_text() == wanted and "--again" not in sys.argv:
        return
    for step in STEPS if missing else ():
        step()
    done.write_text(wanted)


if __name__ == "__main__":
    main()
