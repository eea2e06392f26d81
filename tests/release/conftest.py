"""The command line as a pipeline calls it: another process, in a directory of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.secrets import ACCOUNT, PASSWORD, unseen
from tests.servers import MariaDB

ROOT = Path(__file__).resolve().parents[2]
LOGIN = {"INCEPTION_TARGET_PASSWORD": PASSWORD}


@dataclass
class Ended:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


Inception = Callable[..., Ended]


@pytest.fixture
def inception(tmp_path: Path) -> Inception:
    """Run `inception …` in tmp_path; further variables of the environment as keywords. No password may be written."""

    def run(*arguments: object, stdin: str = "", **environment: str) -> Ended:
        if ACCOUNT in arguments:
            environment = {**LOGIN, **environment}
        done = subprocess.run(
            [sys.executable, "-m", "inception", *map(str, arguments)],
            cwd=tmp_path, input=stdin, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        )  # fmt: skip
        return Ended(done.returncode, unseen(done.stdout), unseen(done.stderr))

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file into tmp_path."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return put


@pytest.fixture
def at(mariadb: MariaDB) -> tuple[str, ...]:
    """The options that name the target."""
    return ("--host", "127.0.0.1", "--port", str(mariadb.port), "--user", ACCOUNT)


@pytest.fixture
def shop_database(mariadb: MariaDB, database: str) -> Iterator[str]:
    """A database with a table t of three rows."""
    with mariadb.connect(database=database) as target:
        target.query(
            "CREATE TABLE t (id int PRIMARY KEY COMMENT 'x', a int NOT NULL DEFAULT 0 COMMENT 'y') COMMENT 't'"
        )
        target.query("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
    yield database
