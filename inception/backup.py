"""The backup server: databases, tables, and the rollback statements of what was executed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from inception.batch.options import Options
from inception.binlog.events import Position
from inception.errors import BackupMissing, BackupUnreachable, ServerError
from inception.mysql import Connection, connect
from inception.plan import backup_name
from inception.progress_table import DATABASE
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_name, quote_value
from inception.undo import Undoing

INFORMATION = "$_$Inception_backup_information$_$"
_ROWS_A_STATEMENT = 500
_BYTES_A_STATEMENT = 1 << 20

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

_PARTS_TABLE = f"""CREATE TABLE IF NOT EXISTS `{DATABASE}`.`rollback_parts` (
  `opid_time` varchar(50) NOT NULL,
  `home` varchar(64) NOT NULL COMMENT 'database of the information row',
  `part` int NOT NULL COMMENT 'running order, from 1',
  `dbname` varchar(64) NOT NULL COMMENT 'database on this server',
  `tablename` varchar(64) NOT NULL,
  `first_id` bigint NOT NULL,
  `last_id` bigint NOT NULL,
  PRIMARY KEY (`opid_time`, `home`, `part`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""


@dataclass(frozen=True)
class Executed:
    """What the information row tells of an executed statement; `table` is the first one changed."""

    opid: str
    text: str
    kind: str
    table: TableName
    start: Position
    end: Position


def connect_backup(address: Address | None) -> Connection:
    """Connect to the backup server. Raises BackupMissing or BackupUnreachable, both saying what to do."""
    if address is None:
        raise BackupMissing(
            "Invalid remote backup information: no backup server is configured. Set inception_remote_backup_host, "
            "inception_remote_backup_port, inception_remote_system_user and inception_remote_system_password, or "
            "execute with --disable-remote-backup."
        )
    try:
        return connect(address, init="SET SESSION sql_mode = 'STRICT_ALL_TABLES'")
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
        connection.query(f"CREATE DATABASE IF NOT EXISTS `{DATABASE}`")
        connection.query(_PARTS_TABLE)
        self._step = int(str(connection.value("SELECT @@auto_increment_increment")))

    def store(self, executed: Executed, statements: Iterable[Undoing]) -> None:
        """Store the rollback of one executed statement, in the order given: the order in which it is to be run.

        Raises ServerError; then nothing of the statement is left.
        """
        home = self._database_of(executed.table)
        self._make(home, INFORMATION, _INFORMATION_TABLE)
        self._connection.query("BEGIN")
        try:
            for number, (table, group) in enumerate(groupby(statements, key=lambda each: each.table), 1):
                self._store_part(executed.opid, home, number, table, (each.text for each in group))
            self._connection.query(self._information(executed, home))
            self._connection.query("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        try:
            self._connection.query("ROLLBACK")
        except ServerError:
            return

    def ensure_tables(self, tables: Iterable[TableName]) -> None:
        """Make the backup tables of these tables of the target; not within `store`, since CREATE would commit it."""
        for table in tables:
            self._make(self._database_of(table), table.name, _ROLLBACK_TABLE)

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
        first = last = 0
        for chunk in _chunks(texts):
            rows = ", ".join(f"({quote_value(text)}, {quoted_opid})" for text in chunk)
            outcome = self._connection.execute(
                f"INSERT INTO {target} (`rollback_statement`, `opid_time`) VALUES {rows}"
            )
            first = first or outcome.insert_id
            last = outcome.insert_id + (len(chunk) - 1) * self._step
        values: tuple[int | str | None, ...] = (opid, home, number, database, table.name, first, last)
        self._connection.query(
            f"INSERT INTO `{DATABASE}`.`rollback_parts` VALUES ({', '.join(map(quote_value, values))})"
        )

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


def _chunks(texts: Iterator[str]) -> Iterator[list[str]]:
    """Yield lists of at most 500 texts and about a million characters, at least one text each."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and (len(chunk) == _ROWS_A_STATEMENT or size + len(text) > _BYTES_A_STATEMENT):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk
