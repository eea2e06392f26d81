"""Through views to the tables: which columns a view's column is computed from. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from inception.batch.facts import function_names
from inception.batch.parse import StatementReader
from inception.batch.statement import Select, Statement
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.resolve import Real, resolve
from inception.schema.model import TableName
from inception.schema.views import CreateView


@dataclass(frozen=True)
class View:
    """A view's query, the database in which its names are meant, and how it is quoted."""

    query: str
    database: str
    syntax: Syntax


@dataclass
class Views:
    """The views that are known by their catalog keys. One that is not known is a table of its own.

    `called` gathers the functions, in capitals, that the views call which `behind` has looked into.
    """

    known: dict[TableName, View] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)

    @classmethod
    def printed(cls, queries: Mapping[TableName, str], syntax: Syntax) -> "Views":
        """Return views by the queries that the server prints, under the sql_mode of our own sessions."""
        plain = replace(syntax, ansi_quotes=False, backslash_escapes=True)
        return cls({name: View(query, name.database, plain) for name, query in queries.items()})

    def advance(self, statement: Statement, catalog: Catalog, syntax: Syntax) -> None:
        """Note what a statement makes or drops."""
        for name in statement.changes if statement.kind.is_ddl else ():
            self.known.pop(catalog.key(name), None)
        if isinstance(statement.form, CreateView):
            query = statement.text[statement.form.select_start :]
            self.known[catalog.key(statement.changes[0])] = View(query, statement.database, syntax)

    def behind(self, real: Real, catalog: Catalog) -> Iterator[Real]:
        """Yield the columns of tables behind a column: itself, if it is no known view's."""
        name = TableName(real.database, real.table)
        table, view = catalog.table(name), self.known.get(catalog.key(name))
        if view is None or table is None:
            yield real
            return
        statement = StatementReader(view.syntax, exact=True).read(0, view.query, view.database)
        if not isinstance(statement.form, Select):
            yield real
            return
        self.called |= function_names(statement.form.tree)
        outputs = resolve(statement.form.tree, view.database, catalog).outputs.get(id(statement.form.tree)) or ()
        for column, output in zip(table.columns, outputs, strict=False):
            if column.name.casefold() == real.column.casefold():
                for source in output.sources:
                    yield from self.behind(source, catalog)
                return
        yield real
