"""What only some rules need to know of the target: character sets, triggers, leftovers. Read once for a batch."""

from collections.abc import Iterable, Mapping

from inception.batch.statement import Kind, Statement
from inception.catalog import Catalog
from inception.errors import ConnectionLost, ServerError
from inception.facts.probes import Probe, probes_of
from inception.mysql import Connection, Row
from inception.schema.model import TableName
from inception.sql import quote_text
from inception.world import Answer, Server, Trigger

_NEEDS_CHARSETS = frozenset(
    {Kind.CREATE_TABLE, Kind.ALTER_TABLE, Kind.CREATE_DATABASE, Kind.ALTER_DATABASE, Kind.SET_NAMES}
)
_PROBED = frozenset({Kind.ALTER_TABLE, Kind.CREATE_INDEX})
_TIMED_OUT = frozenset({1969, 3024})  # max_statement_time, max_execution_time


class RuleFacts:
    """Asks the questions over a session of the observer's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._charsets: tuple[dict[str, int], dict[str, frozenset[str]]] | None = None

    def charsets(self, statements: Iterable[Statement]) -> tuple[Mapping[str, int], Mapping[str, frozenset[str]]]:
        """Return the target's character sets and collations; nothing where no statement could name one."""
        if not any(statement.kind in _NEEDS_CHARSETS for statement in statements):
            return {}, {}
        if self._charsets is None:
            self._charsets = self._read_charsets()
        return self._charsets

    def _read_charsets(self) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
        sizes = {
            str(name): int(str(size))
            for name, size in self._connection.query(
                "SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS"
            )
        }
        collations: dict[str, set[str]] = {}
        for row in self._collations():
            for name in row[1:]:
                if name is not None and row[0] is not None:
                    collations.setdefault(str(name), set()).add(str(row[0]))
        return sizes, {name: frozenset(charsets) for name, charsets in collations.items()}

    def _collations(self) -> list[Row]:
        """Return (character set, collation, its full name in MariaDB from 10.10.1 on)."""
        table = "information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
        try:
            return self._connection.query(
                f"SELECT CHARACTER_SET_NAME, COLLATION_NAME, FULL_COLLATION_NAME FROM {table}"
            )
        except ConnectionLost:
            raise
        except ServerError:
            return self._connection.query(f"SELECT CHARACTER_SET_NAME, COLLATION_NAME FROM {table}")

    def triggers(self, tables: Iterable[TableName]) -> Mapping[TableName, tuple[Trigger, ...]]:
        """Return the triggers of these tables, as far as the account may see them."""
        found: dict[TableName, list[Trigger]] = {}
        by_database: dict[str, list[str]] = {}
        for key in tables:
            by_database.setdefault(key.database, []).append(key.name)
        for database, names in by_database.items():
            for table, name, timing, event in self._connection.query(
                "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION "
                f"FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {quote_text(database)} "
                f"AND EVENT_OBJECT_TABLE IN ({', '.join(map(quote_text, names))})"
            ):
                key = TableName(database, str(table))
                found.setdefault(key, []).append(Trigger(str(name), str(timing), str(event)))
        return {key: tuple(triggers) for key, triggers in found.items()}

    def leftovers(self, statements: Iterable[Statement], catalog: Catalog) -> Mapping[TableName, tuple[str, ...]]:
        """Return the names of `_<table>_new` tables beside the tables that are altered."""
        altered = {
            catalog.key(name)
            for statement in statements
            if statement.kind is Kind.ALTER_TABLE
            for name in statement.changes[:1]
            if catalog.table(name) is not None
        }
        by_database: dict[str, dict[str, TableName]] = {}
        for key in altered:
            by_database.setdefault(key.database, {})[f"_{key.name}_new"] = key
        found: dict[TableName, tuple[str, ...]] = {}
        for database, names in by_database.items():
            for row in self._connection.query(
                f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = {quote_text(database)} "
                f"AND TABLE_NAME IN ({', '.join(map(quote_text, names))})"
            ):
                found[names[str(row[0])]] = (str(row[0]),)
        return found

    def probes(
        self, statements: Iterable[Statement], catalog: Catalog, server: Server, seconds: int
    ) -> Mapping[int, tuple[Answer, ...]]:
        """Ask the data of each table that is altered and that no statement before has changed; none with 0 seconds."""
        found: dict[int, tuple[Answer, ...]] = {}
        changed: set[TableName] = set()
        bounded = server.at_least(mysql=(5, 7, 8), mariadb=(10, 1, 2))
        statements = tuple(statements)
        wanted = seconds and bounded and any(statement.kind in _PROBED for statement in statements)
        for statement in statements if wanted else ():
            key = catalog.key(statement.changes[0]) if statement.changes else None
            table = catalog.tables.get(key) if key is not None else None
            if table is not None and key not in changed and not table.is_view:
                asked = (self._ask(probe, server, seconds) for probe in probes_of(statement.form, table, server))
                found[statement.number] = tuple(answer for answer in asked if answer is not None)
            changed |= {catalog.key(name) for name in statement.changes}
        return {number: answers for number, answers in found.items() if answers}

    def _ask(self, probe: Probe, server: Server, seconds: int) -> Answer | None:
        """Return what a question found; None where the data are fine."""
        if server.version.mariadb:
            query = f"SET STATEMENT max_statement_time={seconds} FOR SELECT 1 {probe.condition}"
        else:
            query = f"SELECT /*+ MAX_EXECUTION_TIME({seconds * 1000}) */ 1 {probe.condition}"
        try:
            return Answer(probe.meaning) if self._connection.query(query) else None
        except ConnectionLost:
            raise
        except ServerError as error:
            timed_out = error.errno in _TIMED_OUT
            return Answer(probe.meaning, f"it took over {seconds} s." if timed_out else error.message)
