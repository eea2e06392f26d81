"""Read, once, what the audit must know of the target. Nothing is written there, and questions are gentle."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from inception.batch.statement import Kind, Statement
from inception.cascades import cascades_are_logged
from inception.catalog import Catalog
from inception.errors import ConnectionLost, DefinitionError, ServerError
from inception.introspect.children import with_children
from inception.introspect.explain import Explainer
from inception.introspect.rows import LONGEST_QUESTION, RowEstimates
from inception.introspect.rules import RuleFacts
from inception.introspect.scratch import tried
from inception.introspect.storage import blockers, stored_of
from inception.mysql import Connection, connect
from inception.schema.define import define
from inception.schema.model import Column, Database, Table, TableName
from inception.server import Address, text_of
from inception.sql import quote_name, quote_text
from inception.world import Reference, Server, Verdict, World

_FACTS = (
    "sql_mode", "lower_case_table_names", "log_bin", "server_id", "binlog_format", "binlog_row_image",
    "binlog_row_value_options", "binlog_transaction_compression", "log_bin_compress", "gtid_mode",
    "max_allowed_packet", "character_set_server", "explicit_defaults_for_timestamp", "default_storage_engine",
    "innodb_large_prefix", "innodb_default_row_format", "innodb_page_size", "innodb_strict_mode",
    "innodb_native_foreign_keys", "restrict_fk_on_non_standard_key", "foreign_key_checks",
    "innodb_instant_alter_column_allowed", "wsrep_on", "system_versioning_alter_history",
)  # fmt: skip
# ER_NO_SUCH_TABLE, ER_BAD_DB_ERROR, ER_UNKNOWN_TABLE (of information_schema), and names that none can have:
# ER_WRONG_TABLE_NAME, ER_WRONG_DB_NAME, ER_TOO_LONG_IDENT, ER_INVALID_CHARACTER_STRING
_MISSING = frozenset({1146, 1049, 1109, 1103, 1102, 1059, 1300})


class Observer:
    """A session on the target that only asks. Keep it for questions during the execution too."""

    def __init__(self, address: Address, *, read_timeout: float | None = None) -> None:
        """Open it; `read_timeout` as for `connect`."""
        self.connection = connect(address, read_timeout=read_timeout)
        self.sessions = [self.connection]  # all that were opened
        self._facts = RuleFacts(self.connection)
        self.server = Server(self.connection.version, self.connection.variables(*_FACTS))
        for statement in _gentle(self.connection):
            _ignore_refusal(self.connection, statement)
        self._set_mode("")
        self._entered = ""

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    def _set_mode(self, mode: str) -> None:
        self.connection.query(f"SET SESSION sql_mode = {quote_text(mode)}")

    @contextmanager
    def their_mode(self) -> Iterator[None]:
        """Read statements under the target's own sql_mode for a while; our own queries need none."""
        self._set_mode(self.server.variables["sql_mode"] or "")
        try:
            yield
        finally:
            self._set_mode("")

    def _another(self) -> Connection:
        """Open one more session that asks as gently, under the target's own sql_mode."""
        connection = connect(self.connection.address)
        self.sessions.append(connection)
        for statement in _gentle(connection):
            _ignore_refusal(connection, statement)
        return connection

    def observe(
        self,
        statements: Iterable[Statement],
        *,
        references: bool = False,
        probe_time: int = 0,
        count_within: int = 0,
        explain_rate: int = 1000,
        scratch: str = "",
    ) -> World:
        """Read everything about the tables that these statements name, and ask the target's opinion of them.

        `references`: also the foreign keys that point at tables whose rows change, which costs some servers much.
        `probe_time`: how many seconds a question to the data of an altered table may take, 0: none is asked.
        `scratch`: a database where ALTERs may be tried on empty copies, '' for none.
        `count_within`: how many seconds each row change may take that is counted exactly, 0: the optimizer estimates.
        `explain_rate`: how many EXPLAINs a second are asked at most, 0: none.
        """
        statements = tuple(statements)
        catalog = self.catalog(statements)
        tables = catalog.tables
        counts = self._row_counts(tables)
        verdicts = self.verdicts(statements)
        with self.their_mode():
            explainer = Explainer(self.connection, self._another, explain_rate)
            rows = RowEstimates(self.connection, self.server.syntax, self.enter, explainer)
            estimates = rows.estimates(statements, catalog, counts, count_within)
            trials = tried(self.connection, statements, catalog, self.server, scratch) if scratch else {}
        self._entered = ""  # it has gone elsewhere
        facts = self._facts
        return World(
            self.server, with_children(self.connection, statements, catalog), counts, verdicts, estimates.rows,
            *facts.charsets(statements), facts.triggers(tables), facts.leftovers(statements, catalog),
            tuple(self._references(statements, catalog)) if references else (),
            facts.probes(statements, catalog, self.server, probe_time),
            stored_of(self.connection, statements, catalog, self.server),
            blockers(self.connection, statements, catalog), trials, estimates.unknown,
        )  # fmt: skip

    def children(self, parents: Iterable[TableName]) -> dict[TableName, tuple[TableName, ...]]:
        """Return whose foreign keys point at these tables."""
        found = {key: tuple(dict.fromkeys(each.child for each in self.references_to(key))) for key in parents}
        return {key: children for key, children in found.items() if children}

    def catalog(self, statements: Iterable[Statement]) -> Catalog:
        """Read the databases, and the tables that these statements name."""
        catalog = Catalog(folded=self.server.folded)
        databases = {_fold(catalog, name): database for name, database in self._databases()}
        names = dict.fromkeys(name for each in statements for name in (*each.changes, *each.reads))
        tables = {catalog.key(name): table for name in names if (table := self.table(name)) is not None}
        return Catalog(catalog.folded, databases, tables, self.server.variables["character_set_server"] or "")

    def _references(self, statements: Iterable[Statement], catalog: Catalog) -> Iterator[Reference]:
        if cascades_are_logged(self.server):
            return
        changes = (name for each in statements if each.kind.is_dml for name in each.lasting_changes)
        changed = {name for name in changes if catalog.table(name)}
        for name in sorted(changed):
            yield from self.references_to(name)

    def _databases(self) -> Iterator[tuple[str, Database]]:
        for name, charset, collation in self.connection.query(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA"
        ):
            yield str(name), Database(str(name), str(charset), str(collation))

    def table(self, name: TableName) -> Table | None:
        """Return a table's or view's definition as it stands, None where it does not exist.

        One that cannot be looked at (no privilege, a broken view, locked for too long) exists, with columns unknown.
        """
        if not name.database:
            return None
        try:
            text = self.definition(name)
        except ConnectionLost:
            raise
        except ServerError:
            return Table(name, complete=False)
        if text is None:
            return None
        if not text.startswith("CREATE TABLE"):
            return Table(name, self._column_names(name), is_view=True)
        try:
            return define(text, database=name.database)
        except DefinitionError:
            return Table(name, self._column_names(name), options=(("unreadable", "1"),))

    def definition(self, name: TableName) -> str | None:
        """Return what SHOW CREATE TABLE prints for a table or view, None where it does not exist.

        Of a view all names are in full: those of its own database lack it where that is the current one.
        """
        text = self._definition(name)
        if (
            text is None
            or text.startswith("CREATE TABLE")
            or not (current := self.connection.value("SELECT DATABASE()"))
        ):
            return text
        self.connection.query("USE information_schema")
        try:
            return self._definition(name)
        finally:
            _ignore_refusal(self.connection, f"USE {quote_name(text_of(current))}")

    def _definition(self, name: TableName) -> str | None:
        try:
            rows = self.connection.query(f"SHOW CREATE TABLE {quote_name(name.database, name.name)}")
        except ServerError as error:
            if error.errno in _MISSING:
                return None
            raise
        return text_of(rows[0][1])

    def _column_names(self, name: TableName) -> tuple[Column, ...]:
        rows = self.connection.query(
            "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS "
            f"WHERE TABLE_SCHEMA = {quote_text(name.database)} AND TABLE_NAME = {quote_text(name.name)} "
            "ORDER BY ORDINAL_POSITION"
        )
        return tuple(Column(text_of(row[0]), text_of(row[1])) for row in rows)

    def references_to(self, parent: TableName) -> tuple[Reference, ...]:
        """Return the foreign keys that point at a table."""
        rows = self.connection.query(
            "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, "
            "r.UPDATE_RULE FROM information_schema.KEY_COLUMN_USAGE k "
            "JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA "
            "AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME "
            f"WHERE k.REFERENCED_TABLE_SCHEMA = {quote_text(parent.database)} "
            f"AND k.REFERENCED_TABLE_NAME = {quote_text(parent.name)}"
        )
        found: dict[tuple[str, ...], set[str]] = {}
        for database, table, name, column, on_delete, on_update in rows:
            key = tuple(map(str, (database, table, name, on_delete, on_update)))
            found.setdefault(key, set()).add(str(column).casefold())
        return tuple(
            Reference(parent, TableName(database, table), frozenset(columns), on_delete, on_update)
            for (database, table, _, on_delete, on_update), columns in found.items()
        )

    def _row_counts(self, tables: Mapping[TableName, Table]) -> dict[TableName, int]:
        counts: dict[TableName, int] = {}
        by_database: dict[str, list[str]] = {}
        for key, table in tables.items():
            if not table.is_view:
                by_database.setdefault(key.database, []).append(key.name)
        for database, names in by_database.items():
            listed = ", ".join(map(quote_text, names))
            for name, rows in self.connection.query(
                "SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES "
                f"WHERE TABLE_SCHEMA = {quote_text(database)} AND TABLE_NAME IN ({listed})"
            ):
                counts[TableName(database, str(name))] = int(str(rows or 0))
        return counts

    # -- the target's opinion of the statements ----------------------------------------------------------------

    def verdicts(self, statements: Iterable[Statement]) -> dict[int, Verdict]:
        """Ask the target what it thinks of the statements' syntax and names; by number."""
        with self.their_mode():
            return dict(self._verdicts(statements))

    def _verdicts(self, statements: Iterable[Statement]) -> Iterator[tuple[int, Verdict]]:
        known: dict[tuple[str, str], Verdict] = {}
        for statement in statements:
            if not _may_be_prepared(statement):
                continue
            key = (statement.database, statement.sample or statement.text)
            if key not in known:
                self.enter(statement.database)
                error = self.connection.prepare(key[1])
                known[key] = Verdict(error.errno, error.message) if error else Verdict()
            yield statement.number, known[key]

    def enter(self, database: str) -> None:
        """Make a database the current one; '' and one that does not exist change nothing."""
        if database and database != self._entered:
            _ignore_refusal(self.connection, f"USE {quote_name(database)}")
            self._entered = database


def _may_be_prepared(statement: Statement) -> bool:
    """Whatever it is, PREPARE has no effect; USE and SET NAMES are read exactly by ourselves."""
    read_exactly = statement.kind in (Kind.USE, Kind.SET_NAMES) and statement.problem is None
    return not read_exactly and len(statement.sample or statement.text) <= LONGEST_QUESTION


def _gentle(connection: Connection) -> Iterator[str]:
    yield "SET SESSION lock_wait_timeout = 1"
    yield "SET SESSION sql_quote_show_create = 1"
    yield "SET SESSION information_schema_stats_expiry = 0"  # MySQL 8: sizes of a day ago may be far off
    yield (
        "SET SESSION max_statement_time = 10"
        if connection.version.mariadb
        else "SET SESSION max_execution_time = 10000"
    )


def _ignore_refusal(connection: Connection, statement: str) -> None:
    """Run a statement whose refusal changes nothing for us: an unknown variable, an unknown database."""
    try:
        connection.query(statement)
    except ConnectionLost:
        raise
    except ServerError:
        return


def _fold(catalog: Catalog, name: str) -> str:
    return name.lower() if catalog.folded else name
