"""execute_progress and its companion on the backup server: the truth about a task, written around each statement."""

import hashlib
import os
import socket

from inception.batch.options import Options
from inception.batch.statement import Statement
from inception.binlog.events import Position
from inception.errors import SequenceBusy
from inception.mysql import Connection
from inception.sql import quote_text, quote_value

DATABASE = "inception"
_LONGEST_MESSAGE = 1024

_PROGRESS = """CREATE TABLE IF NOT EXISTS `inception`.`execute_progress` (
  `task_sequence` varchar(128) NOT NULL,
  `sequence` int(11) NOT NULL DEFAULT '0',
  `status` varchar(64) NOT NULL DEFAULT '',
  `update_time` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `errcode` int(11) DEFAULT NULL,
  `message` varchar(1024) DEFAULT NULL,
  `dbname` varchar(128) DEFAULT NULL COMMENT 'current dbname env',
  PRIMARY KEY (`task_sequence`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""

_COMPANION = """CREATE TABLE IF NOT EXISTS `inception`.`execute_progress_companion` (
  `task_sequence` varchar(128) NOT NULL,
  `target_host` varchar(255) NOT NULL,
  `target_port` int NOT NULL,
  `target_user` varchar(128) NOT NULL,
  `owner` varchar(255) NOT NULL COMMENT 'host and process of the worker',
  `heartbeat` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  `connection_id` bigint NOT NULL COMMENT 'of the session on the target',
  `binlog_file` varchar(512) DEFAULT NULL COMMENT 'end of the binary log before the statement',
  `binlog_pos` bigint DEFAULT NULL,
  `opid` varchar(50) NOT NULL,
  `statement_digest` char(64) NOT NULL COMMENT 'SHA-256 of the statement text',
  PRIMARY KEY (`task_sequence`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""


class ProgressTable:
    """The rows of one task. Every method returns only when its change is committed; it raises ServerError if not."""

    def __init__(self, connection: Connection, options: Options) -> None:
        """Claim the sequence. Raises SequenceBusy where an outcome is still open."""
        self._connection = connection
        self._options = options
        self._key = quote_text(options.sequence or "")
        connection.query(f"CREATE DATABASE IF NOT EXISTS `{DATABASE}`")
        connection.query(_PROGRESS)
        connection.query(_COMPANION)
        self._refuse_open()

    def _refuse_open(self) -> None:
        rows = self._connection.query(
            f"SELECT `sequence`, `status` FROM `{DATABASE}`.`execute_progress` WHERE `task_sequence` = {self._key}"
        )
        if rows and rows[0][1] == "PREPARE":
            raise SequenceBusy(
                f"The sequence '{self._options.sequence}' began statement {rows[0][0]!s} and did not say how it "
                "ended: it runs on another server, or was cut off. Find out whether that statement took effect, then "
                "use another sequence for what is left."
            )

    def prepare(
        self, number: int, statement: Statement, opid: str, connection_id: int, position: Position | None
    ) -> None:
        """Write that a statement is about to be sent."""
        self._connection.query("BEGIN")
        self._write(number, "PREPARE", 0, None, statement.database)
        options = self._options
        values = (
            options.sequence, options.host, options.port, options.user,
            f"{socket.gethostname()}:{os.getpid()}", connection_id,
            position.file if position else None, position.offset if position else None, opid,
            hashlib.sha256(statement.text.encode("utf-8", "surrogateescape")).hexdigest(),
        )  # fmt: skip
        self._connection.query(
            f"REPLACE INTO `{DATABASE}`.`execute_progress_companion` (`task_sequence`, `target_host`, `target_port`, "
            "`target_user`, `owner`, `connection_id`, `binlog_file`, `binlog_pos`, `opid`, `statement_digest`) VALUES ("
            + ", ".join(map(quote_value, values))
            + ")"
        )
        self._connection.query("COMMIT")
        self._database = statement.database

    def ended(self, number: int, errno: int, message: str, *, known: bool = True) -> None:
        """Write how the statement ended: DONE where there is no message, else ERROR.

        Where it is not known whether the statement took effect the row stays at PREPARE, with the message.
        """
        if not message:
            self._write(number, "DONE", 0, None, self._database)
        else:
            self._write(number, "ERROR" if known else "PREPARE", errno, message[:_LONGEST_MESSAGE], self._database)

    def _write(self, number: int, status: str, errno: int, message: str | None, database: str) -> None:
        values = (self._options.sequence, number, status, errno, message, database)
        self._connection.query(
            f"INSERT INTO `{DATABASE}`.`execute_progress` "
            "(`task_sequence`, `sequence`, `status`, `errcode`, `message`, `dbname`) VALUES ("
            + ", ".join(map(quote_value, values))
            + ") ON DUPLICATE KEY UPDATE `sequence` = VALUES(`sequence`), `status` = VALUES(`status`), "
            "`errcode` = VALUES(`errcode`), `message` = VALUES(`message`), `dbname` = VALUES(`dbname`), "
            "`update_time` = CURRENT_TIMESTAMP"
        )
