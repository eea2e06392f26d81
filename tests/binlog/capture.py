"""What a session did, as rollback statements: the reading, filtering, decoding and writing put together."""

from collections.abc import Iterator
from dataclasses import replace

from inception.binlog.events import Event, Rows, TransactionBegin
from inception.binlog.own import own_transactions
from inception.binlog.read import current_position, read_events
from inception.binlog.rollback import RowWriter, rollback_writer
from inception.errors import BinlogError
from inception.mysql import Connection, connect
from inception.schema.define import define
from inception.schema.model import Table, TableName
from inception.server import Tls
from tests.servers import DatabaseServer


def table_of(connection: Connection, name: str) -> Table:
    """Return a table's definition as the server has it now."""
    table = define(str(connection.query(f"SHOW CREATE TABLE `{name}`")[0][1]))
    return replace(table, name=TableName(str(connection.value("SELECT DATABASE()")), name))


NO_TLS = Tls("off")  # making a TLS context costs more than all else that most tests do
opened: "list[Session]" = []  # closed after each test, see conftest.py


class Session:
    """A connection whose changes are recorded from the moment it is made."""

    def __init__(self, server: DatabaseServer, database: str, *setup: str, tls: Tls = NO_TLS) -> None:
        address = replace(server.address, tls=tls)
        self.connection = connect(address, database=database, init="SET sql_mode = ''")
        self.definitions = connect(address, database=database)
        opened.append(self)
        self.name = database
        for statement in setup:
            self.connection.query(statement)
        self.tables: dict[str, Table] = {}
        self._gtids: set[str] = set()
        self.start = current_position(self.connection)

    def close(self) -> None:
        """End its connections."""
        self.connection.close()
        self.definitions.close()

    def run(self, *statements: str) -> None:
        """Run statements, and note the transactions they wrote."""
        for statement in statements:
            self.connection.query(statement)
            if self.connection.version.mariadb:
                self._gtids.add(str(self.connection.value("SELECT @@last_gtid")))

    def is_ours(self, begin: TransactionBegin) -> bool:
        """Tell whether a transaction is one of this session."""
        if self.connection.version.mariadb:
            return begin.gtid in self._gtids
        return begin.thread_id == self.connection.thread_id

    def events(self) -> Iterator[Event]:
        """Yield what happened on the server since the start."""
        stop = current_position(self.connection)
        return read_events(self.connection.address, self.start, stop, timeout=10)

    def rollback(self) -> Iterator[str]:
        """Yield rollback statements of what was run, in the order of the binary log."""
        writers: dict[int, RowWriter] = {}
        for event in own_transactions(self.events(), self.is_ours):
            if isinstance(event, TransactionBegin):
                writers.clear()
            if not isinstance(event, Rows):
                continue
            map_ = event.table
            if map_.table_id not in writers:
                table = self.tables.get(map_.table) or table_of(self.definitions, map_.table)
                if table.name.database != map_.database:
                    raise BinlogError(f"rows of {map_.database}.{map_.table}")
                writers[map_.table_id] = rollback_writer(table, map_)
            yield from writers[map_.table_id](event)

    def roll_back(self) -> list[str]:
        """Run the rollback statements, the last first, as they would be; return them."""
        statements = list(self.rollback())[::-1]
        for statement in statements:
            self.connection.execute(statement)
        return statements

    def content(self, table: str, key: str = "id") -> list[tuple[str | bytes | None, ...]]:
        """Return a table's rows, each value with its HEX where that says more."""
        found = [(str(row[0]), str(row[1])) for row in self.connection.query(f"SHOW COLUMNS FROM `{table}`")]
        cells = ", ".join(f"HEX(`{n}`)" if kind.startswith("vector") else f"`{n}`, HEX(`{n}`)" for n, kind in found)
        return self.connection.query(f"SELECT {cells} FROM `{table}` ORDER BY {key}")
