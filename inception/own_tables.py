"""The tables of ours in the database `inception` of the backup server: what they look like, and that they are so.

They carry a version. Tables of an earlier one, and those that older servers of this kind made, get the columns that are
missing. Tables of a later version are not touched: only a later Inception knows what stands in them.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from inception.errors import CannotBackUp, ServerError
from inception.mysql import Connection
from inception.sql import quote_name, quote_text

T = TypeVar("T")
DATABASE = "inception"
VERSION = 6  # one more for every change of a column: only then are tables that stand completed
_NOTHING_YET = frozenset({1049, 1146})  # ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE
_NO_SUCH_COLUMN = 1054  # ER_BAD_FIELD_ERROR
_ALREADY = 1060  # ER_DUP_FIELDNAME: another server was faster
_OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"

COUNTERS = tuple(
    "usedb deleting inserting updating selecting altertable renaming createindex dropindex addcolumn dropcolumn "
    "changecolumn alteroption alterconvert createtable droptable createdb truncating".split()
)

_COUNTED = ",\n  ".join(f"`{name}` int NOT NULL DEFAULT 0" for name in COUNTERS)
TABLES = {
    "execute_progress": """
  `task_sequence` varchar(128) NOT NULL,
  `sequence` int(11) NOT NULL DEFAULT '0',
  `status` varchar(64) NOT NULL DEFAULT '',
  `update_time` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `errcode` int(11) DEFAULT NULL,
  `message` varchar(1024) DEFAULT NULL,
  `dbname` varchar(128) DEFAULT NULL COMMENT 'current dbname env',
  PRIMARY KEY (`task_sequence`)""",
    "execute_task": """
  `task_sequence` varchar(128) NOT NULL,
  `target_host` varchar(255) NOT NULL DEFAULT '',
  `target_port` int NOT NULL DEFAULT 0,
  `target_user` varchar(128) NOT NULL DEFAULT '',
  `owner` varchar(255) NOT NULL DEFAULT '' COMMENT 'process that works on it; empty: none',
  `heartbeat` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `batch_digest` char(64) NOT NULL DEFAULT '' COMMENT 'SHA-256 of all statements',
  `statements` int NOT NULL DEFAULT 0,
  PRIMARY KEY (`task_sequence`)""",
    "execute_journal": """
  `task_sequence` varchar(128) NOT NULL,
  `entry` bigint NOT NULL COMMENT 'in the order written, without gaps',
  `facts` longtext NOT NULL COMMENT 'what became known of statements, JSON',
  PRIMARY KEY (`task_sequence`, `entry`)""",
    "assigned_gtids": """
  `target_host` varchar(255) NOT NULL,
  `target_port` int NOT NULL,
  `uuid` char(36) NOT NULL COMMENT 'of the GTIDs that statements are given on this target',
  `last` bigint NOT NULL DEFAULT 0 COMMENT 'number of the last one',
  PRIMARY KEY (`target_host`, `target_port`)""",
    "rollback_parts": """
  `opid_time` varchar(50) NOT NULL,
  `home` varchar(64) NOT NULL COMMENT 'database of the information row',
  `part` int NOT NULL COMMENT 'running order, from 1',
  `dbname` varchar(64) NOT NULL COMMENT 'database on this server',
  `tablename` varchar(64) NOT NULL,
  `first_id` bigint NOT NULL,
  `last_id` bigint NOT NULL,
  PRIMARY KEY (`opid_time`, `home`, `part`)""",
    "rollback_origin": """
  `opid_time` varchar(50) NOT NULL,
  `home` varchar(64) NOT NULL COMMENT 'database of the information row',
  `thread_id` bigint DEFAULT NULL COMMENT 'of the session on the target',
  `gtid` varchar(100) DEFAULT NULL COMMENT 'of the transaction, MariaDB only',
  `undone_by` varchar(50) DEFAULT NULL COMMENT 'operation that rolled this one back',
  `transactions` longtext COMMENT 'of a statement that ran in ranges of a key, JSON',
  PRIMARY KEY (`opid_time`, `home`)""",
    "statistic": f"""
  `id` bigint NOT NULL AUTO_INCREMENT,
  `optime` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  {_COUNTED},
  PRIMARY KEY (`id`)""",
}


def make_own_tables(connection: Connection) -> None:
    """Make what is missing of our tables. Raises ServerError where the account may not, CannotBackUp: see above."""
    version = _version(connection)
    if version == VERSION and _all_there(connection):
        return
    if version > VERSION:
        raise CannotBackUp(
            f"The tables in `{DATABASE}` on the backup server are of version {version}, which a later Inception made; "
            f"this one knows version {VERSION}: use the later one."
        )
    connection.query(f"CREATE DATABASE IF NOT EXISTS `{DATABASE}`")
    for name, columns in TABLES.items():
        connection.query(f"CREATE TABLE IF NOT EXISTS `{DATABASE}`.`{name}` ({columns}\n) {_OPTIONS}")
        _complete(connection, name, columns)
    connection.query(
        f"CREATE TABLE IF NOT EXISTS `{DATABASE}`.`layout` (`version` int NOT NULL PRIMARY KEY) {_OPTIONS}"
    )
    connection.query(f"INSERT IGNORE INTO `{DATABASE}`.`layout` VALUES ({VERSION})")


def completed(connection: Connection, ask: Callable[[], T]) -> T:
    """Return what `ask` does; where an earlier version made the tables, so that a column is missing, complete them."""
    try:
        return ask()
    except ServerError as error:
        if error.errno != _NO_SUCH_COLUMN:
            raise
    make_own_tables(connection)
    return ask()


def _version(connection: Connection) -> int:
    """Return the version of the tables, 0 for none or for those from before there were versions."""
    try:
        return int(str(connection.value(f"SELECT MAX(`version`) FROM `{DATABASE}`.`layout`") or 0))
    except ServerError as error:
        if error.errno in _NOTHING_YET:
            return 0
        raise


def _all_there(connection: Connection) -> bool:
    names = ", ".join(map(quote_text, TABLES))
    found = connection.value(
        f"SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{DATABASE}' AND TABLE_NAME IN ({names})"
    )
    return int(str(found)) == len(TABLES)


def _complete(connection: Connection, table: str, columns: str) -> None:
    """Add the columns that a table does not have."""
    found = connection.query(f"SHOW COLUMNS FROM {quote_name(DATABASE, table)}")
    there = {str(row[0]).lower() for row in found}
    for name, definition in _columns(columns):
        if name.lower() not in there:
            try:
                connection.query(f"ALTER TABLE {quote_name(DATABASE, table)} ADD COLUMN {definition}")
            except ServerError as error:
                if error.errno != _ALREADY:
                    raise


def _columns(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and definition of each column of a table."""
    for line in text.splitlines():
        if column := re.fullmatch(r"  (`(\w+)` .*?),?", line):
            yield column[2], column[1]
