"""A gateway in front of the session's target and backup server, and a client that submits batches."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest

from inception.mysql import Connection
from inception.sql import quote_name, quote_text
from tests.secrets import ACCOUNT, PASSWORD
from tests.servers import DatabaseServer, Gateway, MariaDB


@dataclass
class Row:
    """One row of an answer, by column."""

    ID: int
    stage: str
    errlevel: int
    stagestatus: str
    errormessage: str | None
    SQL: str
    Affected_rows: int
    sequence: str
    backup_dbname: str | None
    execute_time: str
    sqlsha1: str


class Shop:
    """A gateway with its target and backup server, as a test uses them."""

    def __init__(self, gateway: Gateway, target: DatabaseServer, backup: MariaDB) -> None:
        self.gateway, self.target, self.backup = gateway, target, backup

    def client(self, **options: Any) -> "pymysql.Connection[Any]":
        """Connect to the gateway."""
        return pymysql.connect(
            host="127.0.0.1", port=self.gateway.port, user="tester", ssl_disabled=True,
            **{"charset": "utf8mb4", **options},
        )  # fmt: skip

    def source(self, options: str, **account: object) -> str:
        """Return a source comment for the target."""
        values = {"host": "127.0.0.1", "port": self.target.port, "user": ACCOUNT, "password": PASSWORD, **account}
        return "/*" + "".join(f"--{name}={value};" for name, value in values.items()) + options + "*/"

    def submit(self, options: str, statements: str, **account: object) -> list[Row]:
        """Submit a batch as one COM_QUERY and return its rows."""
        text = f"{self.source(options, **account)}\ninception_magic_start;\n{statements}\ninception_magic_commit;"
        with contextlib.closing(self.client()) as client, client.cursor() as cursor:
            cursor.execute(text)
            return [Row(*row) for row in cursor.fetchall()]

    def check(self, statements: str) -> list[Row]:
        """Check a batch."""
        return self.submit("--enable-check;", statements)

    def execute(self, statements: str, options: str = "") -> list[Row]:
        """Execute a batch with backup, ignoring warnings."""
        return self.submit(f"--enable-execute;--enable-ignore-warnings;{options}", statements)

    def ask(self, command: str) -> list[tuple[Any, ...]]:
        """Ask the gateway something."""
        with contextlib.closing(self.client()) as client, client.cursor() as cursor:
            cursor.execute(command)
            return list(cursor.fetchall())

    def rollback_of(self, rows: list[Row]) -> list[str]:
        """Return what undoes an execution, in the order to run it: the last statement first."""
        with self.backup.connect() as backup:
            done = [row for row in reversed(rows) if row.stage == "EXECUTED"]
            return [text for row in done for text in stored(backup, row.sequence.strip("'"), row.backup_dbname or "")]

    def undo(self, rows: list[Row]) -> None:
        """Run the stored rollback, each statement by itself, in a session of unfriendly settings."""
        with self.target.connect() as target:
            target.query("SET SESSION time_zone = '+05:30'")
            for text in self.rollback_of(rows):
                target.execute(text.encode())

    def checksum(self, database: str, *tables: str) -> dict[str, str | None]:
        """Return CHECKSUM TABLE of tables of the target."""
        with self.target.connect() as target:
            names = ", ".join(quote_name(database, table) for table in tables)
            return {str(name): None if value is None else str(value)
                    for name, value in target.query(f"CHECKSUM TABLE {names}")}  # fmt: skip

    def target_rows(self, database: str, table: str) -> int:
        """Return how many rows a table of the target has."""
        with self.target.connect() as target:
            return int(str(target.value(f"SELECT COUNT(*) FROM {quote_name(database, table)}")))

    def definition(self, database: str, table: str) -> str:
        """Return SHOW CREATE TABLE of a table of the target."""
        with self.target.connect() as target:
            return str(target.query(f"SHOW CREATE TABLE {quote_name(database, table)}")[0][1])


def stored(backup: Connection, opid: str, home: str = "") -> Iterator[str]:
    """Yield the rollback statements of one opid in running order, found through the companion table.

    Two targets may give out the same opid within a second: `home`, the row's backup_dbname, tells them apart.
    """
    of_home = f" AND home = {quote_text(home)}" if home else ""
    parts = backup.query(
        "SELECT dbname, tablename, first_id, last_id FROM inception.rollback_parts "
        f"WHERE opid_time = {quote_text(opid)}{of_home} ORDER BY part"
    )
    for database, table, first, last in parts:
        for (text,) in backup.query(
            f"SELECT rollback_statement FROM {quote_name(str(database), str(table))} "
            f"WHERE opid_time = {quote_text(opid)} AND id BETWEEN {first!s} AND {last!s} ORDER BY id"
        ):
            yield str(text)


@pytest.fixture(scope="session")
def gateway(backup_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The gateway under test."""
    password = tmp_path_factory.mktemp("gateway") / "password"
    password.write_text(PASSWORD)
    with Gateway(
        inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup_server.port,
        inception_remote_system_user=ACCOUNT, inception_remote_system_password_file=password,
    ) as running:  # fmt: skip
        running.start()
        yield running


@pytest.fixture
def shop(gateway: Gateway, mariadb: MariaDB, backup_server: MariaDB) -> Shop:
    return Shop(gateway, mariadb, backup_server)


@pytest.fixture
def sql(mariadb: MariaDB, database: str) -> Callable[[str], list[Any]]:
    """Run statements on the target directly, in the test's own database."""

    def run(text: str) -> list[Any]:
        rows: list[Any] = []
        with mariadb.connect(database=database) as target:
            for statement in filter(str.strip, text.split(";\n")):
                rows = target.query(statement)
        return rows

    return run
