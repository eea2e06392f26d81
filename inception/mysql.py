"""The only module that connects to MySQL servers: targets and backup servers.

A thin face on PyMySQL: raw values, bytes in and out as the session's character set says, driver errors translated
to ours. What to ask is decided elsewhere; this module knows how to ask.
"""

import ssl
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from socket import SHUT_RDWR
from typing import Any

import pymysql
from pymysql.constants import COMMAND, SERVER_STATUS
from pymysql.cursors import SSCursor

from inception.codecs import UNKNOWN_TO_DRIVER, codec_of
from inception.counts import read_counts
from inception.errors import ConnectionLost, ServerError
from inception.keepalive import keep_alive
from inception.server import Address, Outcome, ServerVersion, ServerWarning, Tls

Cell = str | bytes | None
Row = tuple[Cell, ...]

# Client-side codes of the protocol (CR_SERVER_GONE_ERROR …) and the server's shutdown and kill: no answer will come.
_LOST = frozenset({2003, 2006, 2013, 2014, 2055, 1053, 1077, 1079, 1927, 4031})
_PREPARED = 12  # bytes at least of the answer to COM_STMT_PREPARE


class Connection:
    """One session on a MySQL server. Not for use by several threads, except `kill` on another session."""

    def __init__(self, raw: Any, address: Address) -> None:
        self._raw = raw  # pymysql.Connection; its stubs lack what we need
        self.address = address
        self.thread_id = int(raw.thread_id())
        self.version = ServerVersion.parse(raw.server_version)

    @property
    def peer(self) -> str:
        """The server's end of the connection, which is the same by whatever name it was called."""
        with _translated(self.address):
            return str(self._raw._sock.getpeername())

    def query(self, sql: str) -> list[Row]:
        """Run a query of ours and return all its rows, cells raw: text as str, binary as bytes.

        Raises ServerError, or ConnectionLost where the session is gone.
        """
        with _translated():
            self._raw.query(sql)
            result = self._raw._result
            return list(result.rows or ()) if result is not None else []

    def query_ignoring(self, sql: str, *codes: int) -> None:
        """Run a statement of ours; errors of these codes are none. Raises ServerError for others."""
        try:
            self.query(sql)
        except ServerError as error:
            if error.errno not in codes:
                raise

    def table(self, sql: str) -> tuple[tuple[str, ...], list[Row]]:
        """Run a query and return its column names and rows."""
        rows = self.query(sql)
        description = self._raw._result.description if self._raw._result is not None else None
        return tuple(column[0] for column in description or ()), rows

    def value(self, sql: str) -> Cell:
        """Run a query and return the first cell of its first row; None if there is no row."""
        rows = self.query(sql)
        return rows[0][0] if rows else None

    def variables(self, *names: str) -> dict[str, str | None]:
        """Return session values of server variables; one that the server does not have is None."""
        pattern = "','".join(names)
        found = self.query(f"SHOW SESSION VARIABLES WHERE Variable_name IN ('{pattern}')")
        values = {str(name).lower(): None if value is None else str(value) for name, value in found}
        return {name: values.get(name) for name in names}

    def execute(self, statement: str | bytes) -> Outcome:
        """Run one statement of a user and return what it did, with the server's warnings.

        Rows that it returns are read and dropped. Bytes are sent as they are.
        """
        with _translated():
            affected = self._raw.query(statement)
            result = self._raw._result
        if result is None or result.description:  # a statement that returned rows changed none
            return Outcome(0)
        return Outcome(affected, self.warnings() if result.warning_count else (), result.insert_id or 0)

    def allow_several(self) -> None:
        """Let this session take several statements in one packet: `execute_together`. Never for texts of users."""
        with _translated():
            self._raw._execute_command(COMMAND.COM_SET_OPTION, struct.pack("<H", 0))  # MYSQL_OPTION_MULTI_STATEMENTS_ON
            self._raw._read_packet()

    def execute_together(self, *statements: str) -> list[int]:
        """Run statements of ours that return no rows, sent in one packet, until one fails; return the rows that each
        changed.
        """
        with _translated():
            text = "; ".join(statements).encode(self.codec, "surrogateescape")
            self._raw._execute_command(COMMAND.COM_QUERY, text)
            return read_counts(self._raw)

    def execute_each(self, statements: Iterable[bytes]) -> Iterator[Outcome]:
        """Run statements of ours, each taken from the iterator while the one before it runs; yield what each did.

        Whenever one is yielded, and when the iterator raises, nothing runs: the session is free for other use.
        """
        running = False
        try:
            for statement in statements:
                if running:
                    running = False
                    yield self._outcome()
                with _translated():
                    self._raw._execute_command(COMMAND.COM_QUERY, statement)
                running = True
        finally:
            last = self._outcome() if running else None
        if last is not None:
            yield last

    def _outcome(self) -> Outcome:
        """Wait for what a statement that was sent did."""
        with _translated():
            affected = self._raw._read_query_result()
            return Outcome(affected, insert_id=self._raw._result.insert_id or 0)

    def warnings(self) -> tuple[ServerWarning, ...]:
        """Return what SHOW WARNINGS says of the last statement."""
        return tuple(
            ServerWarning(str(level), int(str(code)), str(text)) for level, code, text in self.query("SHOW WARNINGS")
        )

    def prepare(self, statement: str | bytes) -> ServerError | None:
        """Ask the server whether it can read a statement (COM_STMT_PREPARE: no side effect); the error or None."""
        text = statement.encode(self.codec, "surrogateescape") if isinstance(statement, str) else statement
        try:
            with _translated():
                self._prepare(text)
        except ConnectionLost:
            raise
        except ServerError as error:
            return error
        return None

    def _prepare(self, text: bytes) -> None:
        raw = self._raw
        raw._execute_command(COMMAND.COM_STMT_PREPARE, text)
        head = raw._read_packet().get_all_data()
        if len(head) < _PREPARED:  # MariaDB answers HELP on an unknown topic with a mere OK
            return
        statement_id, columns, parameters = struct.unpack_from("<IHH", head, 1)
        for count in (parameters, columns):
            if count:
                for _ in range(count + 1):  # the definitions and an EOF packet
                    raw._read_packet()
        raw._execute_command(COMMAND.COM_STMT_CLOSE, struct.pack("<I", statement_id))

    def stream(self, sql: str) -> Iterator[Row]:
        """Run a query and yield its rows without holding them all. Nothing else may use the session meanwhile."""
        with _translated(), self._raw.cursor(SSCursor) as cursor:
            cursor.execute(sql)
            yield from cursor

    @property
    def codec(self) -> str:
        """The Python codec of the session's character set."""
        return str(self._raw.encoding)

    def use_charset(self, charset: str) -> None:
        """Encode what is sent from now on in this MySQL character set; the session's own SET NAMES was run."""
        self._raw.encoding = codec_of(charset)

    @property
    def in_transaction(self) -> bool:
        """Tell whether the server said, with its last answer, that a transaction is open."""
        return bool(self._raw.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    @property
    def raw(self) -> Any:
        """The driver's connection, for binlog/read.py alone."""
        return self._raw

    def ping(self) -> bool:
        """Tell whether the session still answers."""
        try:
            self._raw.ping(reconnect=False)
        except Exception:
            return False
        return True

    def abort(self) -> None:
        """Cut the connection off from another thread: who waits for an answer gets ConnectionLost. Never raises."""
        with suppress(AttributeError, OSError):
            self._raw._sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """End the session; never raises."""
        try:
            self._raw.close()
        except Exception:
            self._raw._force_close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    address: Address,
    *,
    charset: str = "utf8mb4",
    connect_timeout: int = 10,
    read_timeout: float | None = None,
    init: str | None = None,
    database: str | None = None,
) -> Connection:
    """Open a session, in autocommit mode.

    `read_timeout` in seconds bounds the wait for each packet; None waits for ever. `init` is run first.
    Raises ServerError with the server's code where the login is refused, ConnectionLost where nothing answers.
    """
    with _translated(address):
        raw: Any = pymysql.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password.encode("utf-8", "surrogateescape"),  # the driver would take latin1
            charset="utf8mb4" if charset.lower() in UNKNOWN_TO_DRIVER else charset,
            connect_timeout=connect_timeout,
            read_timeout=connect_timeout,  # for the handshake
            write_timeout=read_timeout,
            conv={},
            autocommit=True,
            init_command=init,
            database=database,
            local_infile=False,
            program_name="inception",
            ssl_disabled=True,
            defer_connect=True,
        )
        if address.tls.mode != "off":
            raw.ssl, raw.ctx = True, _tls_context(address.tls)
            raw._ssl_required = address.tls.mode != "preferred"
        raw.connect()
        raw._read_timeout = read_timeout
        keep_alive(raw._sock)
        if charset.lower() in UNKNOWN_TO_DRIVER:
            raw.query(f"SET NAMES {charset.lower()}")
        raw.encoding = codec_of(charset)
        return Connection(raw, address)


def kill(address: Address, thread_id: int, *, only_query: bool) -> None:
    """Kill another session, or only the statement that it runs; a session that is gone is no error.

    Raises ServerError where the server cannot be asked or refuses.
    """
    with connect(address, connect_timeout=5, read_timeout=5) as connection:
        what = "QUERY" if only_query else "CONNECTION"
        connection.query_ignoring(f"KILL {what} {int(thread_id)}", 1094)  # ER_NO_SUCH_THREAD


@cache
def _tls_context(tls: Tls) -> ssl.SSLContext:
    """Make the context of a TLS setting, once: loading the authorities takes tens of milliseconds."""
    context = ssl.create_default_context(cafile=tls.ca or None)
    context.check_hostname = tls.mode == "verify_identity"
    if tls.mode not in ("verify_ca", "verify_identity"):
        context.verify_mode = ssl.CERT_NONE
    if tls.cert:
        context.load_cert_chain(tls.cert, tls.key or None)
    return context


@contextmanager
def _translated(address: Address | None = None) -> Iterator[None]:
    """Turn driver errors into ours."""
    where = f" ({address})" if address else ""
    try:
        yield
    except pymysql.MySQLError as error:
        errno, text = (*error.args, "")[:2] if error.args else (2013, "")
        if not isinstance(errno, int):
            errno, text = 2013, str(errno)
        text = text or "The connection to the server is closed"  # the driver's error on a dead one says nothing
        kind = ConnectionLost if errno in _LOST or errno == 0 else ServerError
        raise kind(errno or 2013, f"{text}{where}", getattr(error, "sqlstate", None) or "HY000") from None
    except (OSError, EOFError, struct.error) as error:
        raise ConnectionLost(2013, f"{error}{where}") from None
