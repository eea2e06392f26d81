"""The one session on the target that an execution runs in: its settings, its named locks, its mark on what it sends."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from inception.binlog.read import Position, current_position
from inception.errors import CannotBackUp, ConnectionLost, GtidTaken, ServerError, TableBusy
from inception.mysql import Connection, connect
from inception.plan import Step, cheaper_settings, session_settings
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_text
from inception.world import Server

_LOCKS_AT_ONCE = 100


class Session:
    """The one session on the target that statements are executed in."""

    def __init__(self, address: Address, charset: str, server: Server, *, backup: bool, database: str = "") -> None:
        """Open it, in a database.

        Raises CannotBackUp where a setting is refused without which a rollback would not be exact.
        """
        self.connection: Connection = connect(address, charset=charset, database=database or None)
        self.backup = backup
        self.locked = False  # whether the locks of `lock` are held
        self.taken: str | None = None  # the GTID that what is sent gets, None: one that the target chooses
        self._folded = server.folded
        self._lock_wait: int | None = None
        if backup:
            self._settle(server)

    def _settle(self, server: Server) -> None:
        for name, value in session_settings(server):
            try:
                self.connection.query(f"SET SESSION {name} = {quote_text(value)}")
            except ServerError as error:
                self.connection.close()
                raise CannotBackUp(
                    f"The rollback would not be exact: the target refused {name}='{value}' ({error}). Grant the "
                    f"account {_needed_grant(server)} on *.*, or execute with --disable-remote-backup."
                ) from None
        for name, value in cheaper_settings(server):
            with suppress(ServerError):
                self.connection.query(f"SET SESSION {name} = {quote_text(value)}")

    def lock(self, tables: Iterable[TableName], task: str = "") -> None:
        """Hold named locks for these tables, and for a task, as long as the session lives.

        So two executions never change the same table at once, whatever server runs them, and a session that is left
        over from a crash can be found. Raises TableBusy. A server that refuses such locks is not locked.
        """
        names = {lock_name(f"table {name}".casefold() if self._folded else f"table {name}"): str(name)
                 for name in sorted(tables)}  # fmt: skip
        if task:
            names[task_lock(task)] = ""
        try:
            for some in _chunks(list(names)):
                self._lock(some, names)
        except ConnectionLost:
            raise
        except ServerError:  # ER_NOT_SUPPORTED_YET of clusters: nothing can be locked there
            return
        self.locked = True

    def _lock(self, locks: list[str], names: dict[str, str]) -> None:
        got = self.connection.query("SELECT " + ", ".join(f"GET_LOCK('{lock}', 0)" for lock in locks))[0]
        for lock, answer in zip(locks, got, strict=True):
            if answer == "0":
                holder = int(str(self.connection.value(f"SELECT IS_USED_LOCK('{lock}')") or 0))
                what = f"Table {names[lock]} is being changed" if names[lock] else "This sequence is being worked on"
                raise TableBusy(f"{what} by another execution, on connection {holder} of the target.", holder)

    def bound_lock_wait(self, seconds: int | None) -> None:
        """Let statements wait so long for metadata locks (lock_wait_timeout); None: as the target has it."""
        if seconds != self._lock_wait:
            self.connection.query(f"SET SESSION lock_wait_timeout = {'DEFAULT' if seconds is None else int(seconds)}")
            self._lock_wait = seconds

    def send(self, step: Step, opid: str) -> bytes:
        """Return the bytes to send for a step: its text in the session's character set, our mark in front.

        Raises UnicodeEncodeError for a character that cannot be written in it.
        """
        statement = step.statement
        text = step.text.encode(self.connection.codec, "surrogateescape")
        changes = statement.kind.is_dml or statement.kind.is_ddl or statement.kind.value == "TRUNCATE"
        return f"{marker(opid)} ".encode() + text if changes else text

    def begin(self, gtid: str | None) -> None:
        """Begin a transaction, under a GTID where one is given. Raises as `take`."""
        if gtid is not None:
            self.take(gtid)
        self.connection.query("BEGIN")

    def take(self, gtid: str) -> None:
        """Let what is sent until `commit` or `roll_back` get this GTID; waits while another session has it.

        From then on nobody else can run anything under it. Raises GtidTaken where somebody has, or still may.
        """
        try:
            self.connection.query(f"SET gtid_next = {quote_text(gtid)}")
        except ConnectionLost:
            raise
        except ServerError as error:
            raise GtidTaken(gtid, f"could not be taken: {error}") from None
        self.taken = gtid
        if is_executed(self.connection, gtid):
            self._give_back()
            raise GtidTaken(gtid)

    def commit(self) -> None:
        """Commit; with a GTID also what is committed already, or has changed nothing: so that it is spent."""
        try:
            self.connection.query("COMMIT")
        except ConnectionLost:
            raise
        except ServerError:  # killed: it may have been committed by itself before
            if self.taken is None or not is_executed(self.connection, self.taken):
                raise
        self._give_back()

    def roll_back(self) -> None:
        """Take back what has not been committed; never raises: without the connection the target does so by itself."""
        with suppress(ServerError):
            self.connection.query("ROLLBACK")
        self._give_back()

    def _give_back(self) -> None:
        if self.taken is not None:
            self.taken = None
            with suppress(ServerError):  # what is sent next is refused, or the connection is gone
                self.connection.query("SET gtid_next = 'AUTOMATIC'")

    def position(self) -> Position | None:
        """Return the end of the target's binary log now; None where backup is not wanted."""
        return current_position(self.connection) if self.backup else None

    def last_gtid(self) -> str | None:
        """Return the GTID of the session's last transaction (MariaDB only)."""
        if not self.backup or not self.connection.version.mariadb:
            return None
        return str(self.connection.value("SELECT @@last_gtid") or "") or None

    def close(self) -> None:
        """End the session."""
        self.connection.close()


def is_executed(connection: Connection, gtid: str) -> bool:
    """Tell whether something was committed under a GTID (MySQL)."""
    return connection.value(f"SELECT GTID_SUBSET({quote_text(gtid)}, @@GLOBAL.gtid_executed)") == "1"


def marker(opid: str) -> str:
    """Return the comment that a statement's text begins with, so that it is found again in the binary log."""
    return f"/* inception {opid} */"


def task_lock(task: str) -> str:
    """Return the name of the lock that the session of a task holds on the target."""
    return lock_name(f"task {task}")


def lock_name(what: str) -> str:
    """Return a name for GET_LOCK, which takes 64 characters at most."""
    return "inception." + hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:40]


def _needed_grant(server: Server) -> str:
    if server.version.mariadb:
        return "BINLOG ADMIN" if server.version.number >= (10, 5, 2) else "SUPER"
    return "SESSION_VARIABLES_ADMIN" if server.version.number >= (8, 0, 14) else "SUPER"


def _chunks(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _LOCKS_AT_ONCE):
        yield names[start : start + _LOCKS_AT_ONCE]
