"""The definitions of the corpus made on a server: is the table what the schema model says it will be?

Each script's CREATE, ALTER, DROP and RENAME of tables and indexes are run in order in one database; the others are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from inception.advance import actions_of, new_table
from inception.batch.parse import StatementReader
from inception.batch.statement import Kind, Statement
from inception.catalog import Catalog
from inception.errors import DefinitionError, ServerError
from inception.lexer import Syntax
from inception.mysql import Connection
from inception.schema.apply import apply
from inception.schema.define import CreateTable, define
from inception.schema.model import Database, Table, TableName
from inception.sql import quote_name
from tests.schema.workshop import shape

_MADE = frozenset({Kind.CREATE_TABLE})
_CHANGED = frozenset({Kind.ALTER_TABLE, Kind.CREATE_INDEX, Kind.DROP_INDEX})
_MOVED = frozenset({Kind.DROP_TABLE, Kind.RENAME_TABLE})


@dataclass(frozen=True)
class Made:
    """A definition that the server took. `problem` says what is different in the model, '' for nothing."""

    text: str
    kind: Kind
    problem: str = ""


@dataclass
class Definer:
    """A database where the scripts' tables are made."""

    connection: Connection
    database: str
    syntax: Syntax
    _seen: set[str] = field(default_factory=set)

    def script(self, texts: list[str]) -> Iterator[Made]:
        """Run the definitions of one script; yield those that no script before had."""
        reader = StatementReader(self.syntax)
        statements = [reader.read(1, text, self.database) for text in texts]
        altering = any(each.kind in _CHANGED for each in statements)
        self._clear()
        for statement in statements:
            new = statement.text not in self._seen
            if statement.kind not in _MADE | _CHANGED | _MOVED or not (altering or new) or not self._inside(statement):
                continue
            made = self._run(statement)
            if made is not None and new:
                self._seen.add(statement.text)
                yield made

    def _inside(self, statement: Statement) -> bool:
        """Tell whether only tables of our own database are changed; what is not read may be tried."""
        if statement.problem is not None:
            return self.database != "" and "." not in statement.text.split("(", 1)[0]
        return all(name.database == self.database for name in statement.changes)

    def _clear(self) -> None:
        self.connection.query("SET foreign_key_checks = 0, max_statement_time = 5")
        self.connection.query(f"USE {quote_name(self.database)}")
        for name, kind in self.connection.query("SHOW FULL TABLES"):
            self.connection.query(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {quote_name(str(name))}")
        self.connection.query("SET foreign_key_checks = 1")  # else a server lets needed indexes go

    def _run(self, statement: Statement) -> Made | None:
        """Run one; None where the server refuses it, or where there is nothing to compare."""
        if statement.kind is Kind.CREATE_TABLE and statement.changes:
            self._try(f"DROP TABLE IF EXISTS {quote_name(*_parts(statement.changes[0]))}")
        before = self._defined(statement.changes[0]) if statement.kind in _CHANGED and statement.changes else None
        if not self._try(statement.text) or statement.kind in _MOVED:
            return None
        if statement.problem is not None:
            return Made(statement.text, statement.kind, f"not read: {statement.problem}")
        return self._compared(statement, before)

    def _try(self, text: str) -> bool:
        try:
            self.connection.query(text)
        except ServerError:
            return False
        return True

    def _compared(self, statement: Statement, before: "Table | str | None") -> Made | None:
        form = statement.form
        if isinstance(form, CreateTable) and (form.like is not None or not form.table.complete):
            return None
        if isinstance(before, str):
            return Made(statement.text, statement.kind, before)
        try:
            foreseen = self._foreseen(form, before)
        except Exception as error:
            return Made(statement.text, statement.kind, f"{type(error).__name__}: {error}")
        after = self._defined(foreseen.name) if foreseen is not None else None
        if foreseen is None or after is None:
            return None
        if isinstance(after, str):
            return Made(statement.text, statement.kind, after)
        left, right = shape(foreseen), shape(after)
        different = [f"{name}: {left[name]} is {right[name]}" for name in left if left[name] != right[name]]
        return Made(statement.text, statement.kind, "; ".join(different))

    def _foreseen(self, form: object, before: Table | None) -> Table | None:
        if isinstance(form, CreateTable):
            catalog = Catalog(False, {self.database: Database(self.database, "utf8mb4", "utf8mb4_general_ci")}, {})
            return new_table(form.table, catalog, self.syntax)
        return apply(before, actions_of(form), self.syntax) if before is not None else None

    def _defined(self, name: TableName) -> Table | str | None:
        """Return a table as the server prints it; a text where we cannot read that, None where there is none."""
        try:
            printed = str(self.connection.query(f"SHOW CREATE TABLE {quote_name(*_parts(name))}")[0][1])
        except ServerError:
            return None
        try:
            return define(printed, database=self.database) if printed.startswith("CREATE T") else None
        except DefinitionError as error:
            return f"SHOW CREATE TABLE not read: {error}"


def _parts(name: TableName) -> tuple[str, str]:
    return name.database, name.name
