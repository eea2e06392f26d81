"""The backup server: databases, tables, and the rollback statements of what was executed."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter

from inception.batch.options import Options
from inception.binlog.events import Position
from inception.errors import BackupMissing, BackupUnreachable, ServerError
from inception.mysql import Connection, connect
from inception.own_tables import DATABASE, make_own_tables
from inception.plan import backup_name
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_name, quote_text, quote_value
from inception.undo import Undoing

INFORMATION = "$_$Inception_backup_information$_$"
_PATIENCE = 300.0  # seconds that a statement of ours may take there
_ROWS_A_STATEMENT = 1000
_ROWS_A_TRANSACTION = 50_000  # a statement of more rows is stored in several
_TOO_NARROW = frozenset({1264, 1366, 1406})  # ER_WARN_DATA_OUT_OF_RANGE, ER_TRUNCATED_WRONG_VALUE, ER_DATA_TOO_LONG
_MISSING = frozenset({1049, 1146})  # ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE
_CHARACTERS_A_STATEMENT = 1 << 20
_TOO_LARGE = 1153  # ER_NET_PACKET_TOO_LARGE

_ROLLBACK_TABLE = """(
  `id` bigint NOT NULL AUTO_INCREMENT,
  `rollback_statement` longtext,
  `opid_time` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_opid_time` (`opid_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""

_INFORMATION_TABLE = """(
  `opid_time` varchar(50) NOT NULL,
  `start_binlog_file` varchar(512) DEFAULT NULL,
  `start_binlog_pos` bigint DEFAULT NULL,
  `end_binlog_file` varchar(512) DEFAULT NULL,
  `end_binlog_pos` bigint DEFAULT NULL,
  `sql_statement` longtext,
  `host` varchar(64) DEFAULT NULL,
  `dbname` varchar(64) DEFAULT NULL,
  `tablename` varchar(64) DEFAULT NULL,
  `port` int DEFAULT NULL,
  `time` timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  `type` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`opid_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""


@dataclass(frozen=True)
class Executed:
    """What the information row tells of an executed statement; `table` is the first one changed.

    `transactions` tells those of a statement that ran in ranges of a key; see transactions.py.
    """

    opid: str
    text: str
    kind: str
    table: TableName
    start: Position
    end: Position
    thread_id: int = 0
    gtid: str | None = None
    transactions: str | None = None


Statements = Callable[[], Iterable[Undoing]]


def connect_backup(address: Address | None, *, read_timeout: float = _PATIENCE) -> Connection:
    """Connect to the backup server; `read_timeout` as for `connect`: one that is frozen is taken for lost.

    Raises BackupMissing or BackupUnreachable, both saying what to do.
    """
    if address is None:
        raise BackupMissing(
            "Invalid remote backup information: no backup server is configured. Set inception_remote_backup_host, "
            "inception_remote_backup_port, inception_remote_system_user and inception_remote_system_password, or "
            "execute with --disable-remote-backup."
        )
    try:
        return connect(address, init="SET SESSION sql_mode = 'STRICT_ALL_TABLES'", read_timeout=read_timeout)
    except ServerError as error:
        raise BackupUnreachable(
            f"The backup server {address} cannot be used: {error}. Mend it, or execute with --disable-remote-backup."
        ) from None


class Backup:
    """Stores rollback statements. Nothing of a statement counts until its information row is there."""

    def __init__(self, connection: Connection, options: Options) -> None:
        self._connection = connection
        self._options = options
        self._known: set[tuple[str, str]] = set()
        self._uncommitted = 0
        make_own_tables(connection)
        [(step, packet)] = connection.query("SELECT @@auto_increment_increment, @@max_allowed_packet")
        self._step, self._packet = int(str(step)), int(str(packet))

    def store(self, executed: Executed, tables: tuple[TableName, ...], statements: Statements) -> None:
        """Store the rollback of one executed statement, in the order given: the order in which it is to be run.

        `tables` are those that the statements are for; `statements` may be called twice. Raises ServerError; then
        nothing of the statement counts, and what was written of it is removed where the account may.
        """
        homes = [(self._database_of(table), table.name, _ROLLBACK_TABLE) for table in dict.fromkeys(tables)]
        homes.append((self._database_of(executed.table), INFORMATION, _INFORMATION_TABLE))
        for home in homes:
            self._make(*home)
        self._claim(executed)
        try:
            self._store(executed, statements())
        except ServerError as error:
            self._remove(executed.opid, self._database_of(executed.table), homes)
            if error.errno not in _TOO_NARROW:
                raise
            self._widen(homes, error)
            self._claim(executed)
            self._store(executed, statements())

    def has(self, executed: Executed, *, up_to_its_end: bool = False) -> bool:
        """Tell whether the rollback of a statement is stored completely.

        `up_to_its_end`: of one that may have been stored when it had run in part, up to another position.
        """
        home = quote_name(self._database_of(executed.table), INFORMATION)
        key = f"opid_time = {quote_text(executed.opid)}"
        if up_to_its_end:
            file, offset = executed.end
            key += f" AND end_binlog_file = {quote_text(file)} AND end_binlog_pos = {int(offset)}"
        try:
            return bool(self._connection.query(f"SELECT 1 FROM {home} WHERE {key}"))
        except ServerError as error:
            if error.errno not in _MISSING:
                raise
            return False

    def discard(self, executed: Executed, tables: Iterable[TableName]) -> None:
        """Remove what was stored of a statement: when its process was cut off, or when it had run in part."""
        home = self._database_of(executed.table)
        homes = [(home, INFORMATION, ""), *((self._database_of(table), table.name, "") for table in tables)]
        self._remove(executed.opid, home, homes)

    def _claim(self, executed: Executed) -> None:
        """Begin the transaction by taking the operation's id. Raises ServerError where it is taken: not ours to touch.

        That needs a target that was restarted within the second, and gave out the same connection id again.
        """
        home, known = self._database_of(executed.table), executed.transactions
        origin = (executed.opid, home, executed.thread_id, executed.gtid, known)
        self._connection.query("BEGIN")
        try:
            self._connection.query(
                f"INSERT INTO `{DATABASE}`.`rollback_origin` "
                "(`opid_time`, `home`, `thread_id`, `gtid`, `transactions`) "
                f"VALUES ({', '.join(map(quote_value, origin))})"
            )
        except ServerError:
            with suppress(ServerError):
                self._connection.query("ROLLBACK")
            raise

    def _store(self, executed: Executed, statements: Iterable[Undoing]) -> None:
        home = self._database_of(executed.table)
        self._uncommitted = 0
        for number, (table, group) in enumerate(groupby(statements, key=attrgetter("table")), 1):
            self._store_part(executed.opid, home, number, table, chain.from_iterable(each.texts for each in group))
        self._connection.execute(self._fitting(self._information(executed, home)))
        self._connection.query("COMMIT")

    def _remove(self, opid: str, home: str, homes: Iterable[tuple[str, str, str]]) -> None:
        """Take back what was committed of a statement that failed. Without the right to delete, it stays uncounted."""
        with suppress(ServerError):
            self._connection.query("ROLLBACK")
            for table in ("rollback_parts", "rollback_origin"):
                self._connection.query(
                    f"DELETE FROM `{DATABASE}`.`{table}` WHERE `opid_time` = {quote_value(opid)} "
                    f"AND `home` = {quote_value(home)}"
                )
        for database, table, _ in homes:
            with suppress(ServerError):
                self._connection.query(
                    f"DELETE FROM {quote_name(database, table)} WHERE `opid_time` = {quote_value(opid)}"
                )

    def _widen(self, homes: Iterable[tuple[str, str, str]], cause: ServerError) -> None:
        """Give tables that an older server made the columns of today. Raises ServerError with the ALTER to run."""
        for database, table, definition in homes:
            columns = re.findall(r"^  (`\w+` [^,\n]+(?:\([^)]*\))?[^,\n]*),$", definition, re.M)
            changes = ", ".join(f"MODIFY COLUMN {column}" for column in columns)
            statement = f"ALTER TABLE {quote_name(database, table)} CONVERT TO CHARACTER SET utf8mb4, {changes}"
            try:
                self._connection.query(statement)
            except ServerError as error:
                text = f"{cause.message}. Tables of an older server are too narrow ({error.message}); run: {statement};"
                raise ServerError(cause.errno, text, cause.sqlstate) from None

    def _database_of(self, table: TableName) -> str:
        return backup_name(self._options.host, self._options.port, table.database)

    def _make(self, database: str, table: str, definition: str) -> None:
        if (database, table) in self._known:
            return
        self._connection.query(f"CREATE DATABASE IF NOT EXISTS {quote_name(database)} DEFAULT CHARACTER SET utf8mb4")
        self._connection.query(f"CREATE TABLE IF NOT EXISTS {quote_name(database, table)} {definition}")
        self._known.add((database, table))

    def _store_part(self, opid: str, home: str, number: int, table: TableName, texts: Iterator[str]) -> None:
        database = self._database_of(table)
        target = quote_name(database, table.name)
        quoted_opid = quote_value(opid)
        head = f"INSERT INTO {target} (`rollback_statement`, `opid_time`) VALUES "
        inserts = (
            self._fitting(head + ", ".join([f"({quote_text(text)}, {quoted_opid})" for text in chunk]))
            for chunk in _chunks(texts, min(_CHARACTERS_A_STATEMENT, self._packet // 4))
        )
        first = last = 0
        for outcome in self._connection.execute_each(inserts):
            first = first or outcome.insert_id
            last = outcome.insert_id + (outcome.affected_rows - 1) * self._step
            self._uncommitted += outcome.affected_rows
            if self._uncommitted >= _ROWS_A_TRANSACTION:
                self._connection.query("COMMIT")
                self._connection.query("BEGIN")
                self._uncommitted = 0
        values: tuple[int | str | None, ...] = (opid, home, number, database, table.name, first, last)
        self._connection.query(
            f"INSERT INTO `{DATABASE}`.`rollback_parts` VALUES ({', '.join(map(quote_value, values))})"
        )

    def _fitting(self, statement: str) -> bytes:
        """Return a statement as it is sent. Raises ServerError for one that the server would end the session for."""
        sent = statement.encode("utf-8", "surrogateescape")
        if len(sent) >= self._packet:
            text = (
                f"The backup server takes packets of at most {self._packet:,} bytes, {len(sent):,} are needed: "
                "SET GLOBAL max_allowed_packet = 1073741824 there, and in its configuration"
            )
            raise ServerError(_TOO_LARGE, text, "08S01")
        return sent

    def _information(self, executed: Executed, home: str) -> str:
        values: tuple[int | str | None, ...] = (
            executed.opid, executed.start.file, executed.start.offset, executed.end.file, executed.end.offset,
            executed.text, self._options.host, executed.table.database, executed.table.name, self._options.port,
            executed.kind,
        )  # fmt: skip
        return (
            f"INSERT INTO {quote_name(home, INFORMATION)} (`opid_time`, `start_binlog_file`, `start_binlog_pos`, "
            "`end_binlog_file`, `end_binlog_pos`, `sql_statement`, `host`, `dbname`, `tablename`, `port`, `type`) "
            f"VALUES ({', '.join(map(quote_value, values))})"
        )


def _chunks(texts: Iterator[str], most: int) -> Iterator[list[str]]:
    """Yield lists of at most 1000 texts and so many characters, at least one text each."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and (len(chunk) == _ROWS_A_STATEMENT or size + len(text) > most):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk
