"""Whether a row change is run in ranges of a key (--batch-rows), and how: decided at audit time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from inception.batch.options import Options
from inception.batch.statement import Delete, Kind, Statement, Update
from inception.catalog import Catalog
from inception.chunks.around import hindrances, notes
from inception.chunks.cut import Cut, cut
from inception.chunks.key import ChunkKey, find_key
from inception.chunks.reading import forbidden
from inception.lexer import Syntax, Token, UnreadableSql, tokenize
from inception.schema.model import Table, TableName
from inception.world import World


@dataclass(frozen=True)
class Chunking:
    """How a statement is run: `rows` rows of the table at a time, in the order of a key.

    `estimate` are the rows that it will probably change, `table_rows` those that will probably be walked over.
    `problem` says why it must not be: then there is no key. `notes` are worth knowing.
    """

    rows: int
    estimate: int
    table_rows: int
    key: ChunkKey | None = None
    cut: Cut | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many ranges there will probably be."""
        return max(1, -(-max(self.table_rows, self.estimate) // self.rows))


def is_large(statement: Statement, world: World, options: Options) -> bool:
    """Tell whether --batch-rows speaks of a statement: an UPDATE or DELETE of more rows than that."""
    if not options.batch_rows or statement.kind not in (Kind.UPDATE, Kind.DELETE):
        return False
    return world.estimates.get(statement.number, 0) > options.batch_rows


def large_tables(statements: Iterable[Statement], world: World, options: Options) -> tuple[TableName, ...]:
    """Return the tables of which the foreign keys that point at them must be known."""
    found = (
        world.catalog.key(name) for each in statements if is_large(each, world, options) for name in each.changes[:1]
    )
    return tuple(dict.fromkeys(found))


def choose(statement: Statement, before: Catalog, world: World, options: Options, halfway: int = 0) -> Chunking | None:
    """Return how a large row change is run; None where it runs as usual.

    `halfway`: rows at a time of a statement of which a part has run already in ranges; the rest does, too.
    """
    if not halfway and not is_large(statement, world, options):
        return None
    rows = options.batch_rows or halfway
    table = before.table(statement.changes[0]) if len(statement.changes) == 1 else None
    name = before.key(statement.changes[0]) if statement.changes else TableName("", "")
    estimate = world.estimates.get(statement.number, 0)
    found = Chunking(rows, estimate, world.row_counts.get(name, 0))
    tokens = _tokens(statement.text, world.server.syntax)
    form = statement.form
    if table is None or not isinstance(form, Update | Delete) or not form.single or tokens is None:
        return _refused(found, ["it is no statement of one table that is there"], halfway)
    problems = [*forbidden(statement.text, tokens, table), *_around(statement, table, name, world)]
    if options.trans > 1:
        problems.append("--trans would have it in one transaction: give only one of both")
    key = find_key(table)
    if isinstance(key, str):
        problems.append(key)
    if problems or isinstance(key, str):
        return _refused(found, problems, halfway)
    about = tuple(notes(statement, table))
    return Chunking(rows, estimate, found.table_rows, key, cut(statement.text, tokens), "", about)


def _around(statement: Statement, table: Table, name: TableName, world: World) -> Iterator[str]:
    return hindrances(statement, table, world.triggers.get(name, ()), world.pointing.get(name, ()))


def _refused(found: Chunking, problems: list[str], halfway: int) -> Chunking:
    why = "; ".join(problems)
    if halfway:
        said = f"A part of it has run in ranges of a key, and the rest cannot: {why}. Mend that, then --resume."
        return replace(found, problem=said)
    return replace(
        found,
        problem=f"It changes about {found.estimate} rows and cannot be run in ranges of {found.rows} (--batch-rows): "
        f"{why}. Leave --batch-rows out for this statement, or give it more than {found.estimate}, or rewrite the "
        "statement.",
    )


def _tokens(text: str, syntax: Syntax) -> list[Token] | None:
    try:
        return tokenize(text, syntax)
    except UnreadableSql:
        return None
