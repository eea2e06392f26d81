"""Private real servers for the tests and the demo: MariaDB, MySQL and our own gateway, each in its own directory.

Not a way to run a server for real: data is thrown away, and root has no password. Everything listens on 127.0.0.1.
All other accounts have passwords that are found where they should not be: see secrets.py.

    with MariaDB() as target:                 # its own directory in memory, gone at the end
        target.start()
        target.connect().query("SELECT 1")

A first start makes the data directory from a template that is built once and kept in `.cache/templates`, so that a
server is there in 0.1 s (MariaDB) or 0.5 s (MySQL). Servers die with the process that started them unless `keep`.
"""

import itertools
import os
import re
import subprocess
import sys
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from inception.server import Address
from inception.sql import quote_name, quote_text
from inception.wire.native import hash_native
from tests.installations import CACHE, Installation, why_not_fetched
from tests.processes import HOST, Process, ServerDied, scratch_directory, tail, wait_until
from tests.secrets import ACCOUNT, MARK, PASSWORD
from tests.templates import copy_template

__all__ = ["Gateway", "MariaDB", "MySQL", "NotInstalled", "ServerDied", "scratch_directory", "wait_until"]

Option = str | int | bool  # True is the bare `--option`, False its `--skip-` form
_numbers = itertools.count(1)
_UNMASKED = re.compile(r"--pass(?:word)?=(?!\*{8})[^\n]{0,80}")


class NotInstalled(Exception):
    """This machine does not have that server; the message says how to get it."""


class DatabaseServer(Process):
    """What MariaDB and MySQL have in common: row binlog in full images, default metadata, root@'%' without password,
    and an account for batches with one.

    The options of `start` are the server's own, with underscores: `start(binlog_row_image="MINIMAL")`; True is the
    bare option and False its `--skip-` form.
    """

    _fast: ClassVar[dict[str, Option]] = {
        "innodb_flush_log_at_trx_commit": 0,
        "sync_binlog": 0,
        "innodb_doublewrite": "OFF",
    }
    _durable: ClassVar[dict[str, Option]] = {"innodb_flush_log_at_trx_commit": 1, "sync_binlog": 1}
    _common: ClassVar[dict[str, Option]] = {
        "bind_address": HOST,
        "skip_name_resolve": True,
        "log_bin": "binlog",
        "binlog_format": "ROW",
        "binlog_row_image": "FULL",
        "innodb_buffer_pool_size": "128M",
        "innodb_buffer_pool_dump_at_shutdown": "OFF",
        "innodb_buffer_pool_load_at_startup": "OFF",
        "performance_schema": "OFF",
    }
    _own: ClassVar[dict[str, Option]] = {}

    def __init__(
        self, directory: Path | None = None, *, installation: Installation | None = None, keep: bool = False
    ) -> None:
        """Prepare a server; `installation` is another than the usual one. Raises NotInstalled if there is none."""
        found = installation or self.find()
        if found is None:
            raise NotInstalled(self.advice())
        self.installation = found
        self._options: dict[str, Option] = {}
        self._durable_now = False
        super().__init__(directory, keep=keep)

    @classmethod
    @abstractmethod
    def advice(cls) -> str:
        """Return why there is none on this machine, and how to get it."""

    @classmethod
    @abstractmethod
    def find(cls) -> Installation | None:
        """Return the usual installation of this kind on this machine, or None."""

    @abstractmethod
    def _initialise(self, data: Path) -> None:
        """Make a new data directory `data`, with root@'%' and the account of secrets.py."""

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.directory / "data"

    @property
    def socket(self) -> Path:
        """Return its Unix socket."""
        return self.directory / "sock"

    def start(self, *, durable: bool = False, **options: Option) -> Self:
        """Start it, on a port the system chooses the first time and the same one later.

        `durable` makes a committed transaction outlive `kill()`. Raises ServerDied with the log's end if it fails.
        """
        self._durable_now, self._options = durable, options
        if not self.data.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            what = f"{self.kind} {self.installation.version()} {PASSWORD}"
            copy_template(what, self._initialise, self.data)
        self._launch()
        return self

    def restart(self, **changed: Option) -> None:
        """Start it again with the options it has, and the changed ones; it is stopped if it runs."""
        if self.alive:
            self.stop()
        self.start(durable=self._durable_now, **{**self._options, **changed})

    def create_user(self, name: str, password: str, *grants: str) -> Address:
        """Make an account that may log in from anywhere; each grant is as `SELECT, INSERT ON shop.*`.

        Raises ValueError for a password that could not be found where it should not be.
        """
        if password and MARK not in password:
            raise ValueError(f"Use a password of tests/secrets.py, or one that has {MARK} in it.")
        account = f"{quote_text(name)}@'%'"
        with self.connect() as connection:
            connection.query("SET sql_log_bin = 0")  # MariaDB logs the password as it was given
            connection.query(f"DROP USER IF EXISTS {account}")
            connection.query(f"CREATE USER {account} IDENTIFIED BY {quote_text(password)}")
            for grant in grants:
                connection.query(f"GRANT {grant} TO {account}")
        return Address(HOST, self.port, name, password)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make a new, empty database of a name that no other test uses, and drop it at the end."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        with self.connect() as connection:
            connection.query(f"CREATE DATABASE {quote_name(name)} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            with self.connect() as connection:
                connection.query(f"DROP DATABASE IF EXISTS {quote_name(name)}")

    def _command(self) -> list[str]:
        own: dict[str, Option] = {
            "port": self.port,
            "server_id": self.port,
            "socket": str(self.socket),
            "pid_file": "pid",
            # a server that starts removes the temporary tables of its tmpdir: in a shared one also those of others,
            # and MariaDB then crashes (ha_maria::drop_table of a table that is not there)
            "tmpdir": str(self.directory),
        }
        speed = self._durable if self._durable_now else self._fast
        options = {**self._common, **self._own, **speed, **own, **self._options}
        return [*self._program(self.data), *(_option(name, value) for name, value in options.items())]

    def _program(self, data: Path) -> list[str]:
        place = self.installation
        arguments = ["--no-defaults", f"--basedir={place.base}", f"--lc-messages-dir={place.share}"]
        if place.plugins:
            arguments.append(f"--plugin-dir={place.plugins}")
        if os.geteuid() == 0:
            arguments.append("--user=root")
        return [*place.program, *arguments, f"--datadir={data}"]

    def _run_to_initialise(self, arguments: list[str], text: str = "") -> None:
        done = subprocess.run(arguments, input=text, text=True, capture_output=True, timeout=120)
        if done.returncode:
            raise ServerDied(f"{self.kind} could not make a data directory:\n{tail(done.stdout + done.stderr)}")


def _option(name: str, value: Option) -> str:
    dashed = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return dashed if value else "--skip-" + dashed[2:]
    return f"{dashed}={value}"


class MariaDB(DatabaseServer):
    """A private MariaDB, made without mariadb-install-db: only the package with the server itself is needed."""

    kind = "mariadb"
    _own: ClassVar[dict[str, Option]] = {
        "innodb_log_file_size": "64M",
        "aria_checkpoint_interval": 0,
        "loose_innodb_use_native_aio": "OFF",
    }
    _small: ClassVar[tuple[str, ...]] = (
        "--innodb-buffer-pool-size=32M",
        "--innodb-log-file-size=4M",
        "--innodb-doublewrite=OFF",
        "--innodb-flush-log-at-trx-commit=0",
        "--aria-checkpoint-interval=0",
    )

    @classmethod
    def advice(cls) -> str:
        """Return how to get MariaDB."""
        return "No mariadbd on this machine: install the package mariadb-server-core (or run `make setup`)."

    @classmethod
    def find(cls) -> Installation | None:
        """Return the installed MariaDB."""
        return Installation.system("mariadbd")

    def _program(self, data: Path) -> list[str]:
        return [*super()._program(data), f"--character-sets-dir={self.installation.share / 'charsets'}"]

    def _initialise(self, data: Path) -> None:
        for database in ("mysql", "test"):
            (data / database).mkdir(parents=True)
        self._run_to_initialise([*self._program(data), "--bootstrap", *self._small], self._bootstrap_script())

    def _bootstrap_script(self) -> str:
        """Return what mariadb-install-db feeds to the server, one statement a line, and our accounts."""
        login = f"'$.plugin', 'mysql_native_password', '$.authentication_string', '{hash_native(PASSWORD)}'"
        tables = [self._system_script(name) for name in ("tables", "performance_tables", "tables_data")]
        return "\n".join(
            [
                "CREATE DATABASE IF NOT EXISTS mysql;",
                "USE mysql;",
                "SET @auth_root_socket=NULL;",
                *tables,
                "USE mysql;",
                "DELETE FROM global_priv WHERE User='' OR (User='root' AND Host<>'localhost');",
                "INSERT INTO global_priv SELECT '%',User,Priv FROM global_priv WHERE User='root';",
                f"INSERT INTO global_priv SELECT '%','{ACCOUNT}',JSON_SET(Priv,{login}) FROM global_priv WHERE Host='%';",
                "",
            ]
        )

    def _system_script(self, name: str) -> str:
        for prefix in ("mysql", "mariadb"):  # renamed in MariaDB 11
            name_there = name if name == "performance_tables" else f"system_{name}"
            path = self.installation.share / f"{prefix}_{name_there}.sql"
            if path.exists():
                return path.read_text()
        raise NotInstalled(f"{self.installation.share} has no script of system {name}.")


class MySQL(DatabaseServer):
    """A private Oracle MySQL, from the directory that tests/fetch.py unpacked."""

    kind = "mysql"
    _own: ClassVar[dict[str, Option]] = {
        "innodb_redo_log_capacity": "64M",
        "mysqlx": "OFF",
        "secure_file_priv": "",
        "log_error_verbosity": 2,
    }
    _fast: ClassVar[dict[str, Option]] = {**DatabaseServer._fast, "innodb_flush_method": "nosync"}

    @classmethod
    def advice(cls) -> str:
        """Return why fetch.py could not get it."""
        return f"No MySQL in .cache/mysql: {why_not_fetched('mysql')}"

    @classmethod
    def find(cls) -> Installation | None:
        """Return the unpacked MySQL."""
        return Installation.unpacked(CACHE / "mysql")

    def _initialise(self, data: Path) -> None:
        script = data.parent / "root.sql"
        # without name resolution a TCP client is 127.0.0.1, never localhost
        accounts = (f"{name}@'%' IDENTIFIED BY '{password}'" for name, password in (("root", ""), (ACCOUNT, PASSWORD)))
        script.write_text(
            "".join(f"CREATE USER {each};\n" for each in accounts)
            + f"GRANT ALL ON *.* TO root@'%', {ACCOUNT}@'%' WITH GRANT OPTION;\n"
        )
        fast = [_option(name, value) for name, value in self._fast.items()]
        self._run_to_initialise(
            [
                *self._program(data),
                "--initialize-insecure",
                f"--init-file={script}",
                "--innodb-redo-log-capacity=64M",
                *fast,
            ]
        )
        (data / "auto.cnf").unlink()  # each copy gets a server uuid of its own


class Gateway(Process):
    """Our own server, as a subprocess: `inception serve` with `--name=value` for each setting."""

    kind = "gateway"
    module: ClassVar[str] = "inception"
    """What is run: the tests have it watched."""

    def __init__(self, directory: Path | None = None, *, keep: bool = False, **settings: object) -> None:
        """Prepare a gateway; `start` runs it. A setting `config` names a configuration file."""
        super().__init__(directory, keep=keep)
        self.settings = settings

    def start(self, **changed: object) -> Self:
        """Start it, on a port the system chooses the first time and the same one later."""
        self.settings.update(changed)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._launch()
        return self

    def restart(self, **changed: object) -> None:
        """Start it again, with changed settings; it is stopped if it runs."""
        if self.alive:
            self.stop()
        self.start(**changed)

    @property
    def traces(self) -> list[Path]:
        """Return where it writes: its directory, and the logs that it was given."""
        logs = (self.settings.get(name) for name in ("general_log_file", "audit_log_file"))
        return [*super().traces, *(Path(str(log)) for log in logs if log)]

    def look_for_passwords(self) -> None:
        """Raise AssertionError also for the password of a source comment that is not masked, whichever it is."""
        super().look_for_passwords()
        shown = _UNMASKED.search(self.log)
        assert not shown, f"A password stands in the gateway's log: {shown[0]}"

    def _command(self) -> list[str]:
        settings = {"port": self.port, "state_directory": self.directory / "state", **self.settings}
        return [sys.executable, "-m", self.module, "serve", *(f"--{name}={value}" for name, value in settings.items())]
