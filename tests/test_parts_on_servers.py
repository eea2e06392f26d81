"""--split as a property, on real servers: parts run in order, each in a session of its own, leave what the batch leaves."""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.batch.statement import Kind
from inception.lexer import Syntax
from inception.parts import divide
from inception.schema.model import TableName
from tests.servers import DatabaseServer

SYNTAX = Syntax(version=80036)
LENGTH = 40


class Batches:
    """Makes batches that run without an error: it knows which tables there are and which columns they have."""

    def __init__(self, seed: int, databases: tuple[str, str]) -> None:
        self.random = random.Random(seed)
        self.databases = databases
        self.current = ""
        self.tables: dict[tuple[str, str], list[str]] = {}
        self.made = 0

    def statements(self) -> Iterator[str]:
        yield self.use()
        for _ in range(2):
            yield self.create()
        for _ in range(LENGTH):
            yield from self.random.choice(
                (self.use_some, self.names, self.create_some, self.add, self.drop_column, self.index, self.rename, self.drop,
                 self.insert, self.insert, self.insert, self.update, self.delete, self.truncate, self.copy, self.both,
                 self.select)
            )()  # fmt: skip

    def use(self) -> str:
        self.current = self.random.choice(self.databases)
        return f"{self.random.choice(('use', 'USE'))} {self.random.choice(('{}', '`{}`')).format(self.current)}"

    def use_some(self) -> Iterator[str]:
        yield self.use()

    def names(self) -> Iterator[str]:
        yield f"set names {self.random.choice(('utf8mb4', 'latin1'))}"

    def create(self) -> str:
        self.made += 1
        name = (self.current, f"t{self.made}")
        self.tables[name] = []
        return f"create table {self.shown(name)} (id int auto_increment primary key, v varchar(20)) default charset utf8mb4"

    def create_some(self) -> Iterator[str]:
        yield self.create()

    def shown(self, name: tuple[str, str]) -> str:
        """Write a table's name, without the database where that is the current one, now and then."""
        database, table = name
        return table if database == self.current and self.random.random() < 0.6 else f"{database}.`{table}`"

    def some(self) -> tuple[str, str]:
        return self.random.choice(list(self.tables))

    def add(self) -> Iterator[str]:
        name = self.some()
        self.made += 1
        self.tables[name].append(f"c{self.made}")
        yield f"alter table {self.shown(name)} add c{self.made} int default {self.made}"

    def drop_column(self) -> Iterator[str]:
        name = self.some()
        if self.tables[name]:
            yield f"alter table {self.shown(name)} drop {self.tables[name].pop()}"

    def index(self) -> Iterator[str]:
        self.made += 1
        yield f"create index i{self.made} on {self.shown(self.some())} (v)"

    def rename(self) -> Iterator[str]:
        old = self.some()
        self.made += 1
        new = (self.random.choice(self.databases), f"t{self.made}")
        shown = self.shown(old)
        self.tables[new] = self.tables.pop(old)
        yield self.random.choice(("rename table {} to {}", "alter table {} rename {}")).format(
            shown, f"{new[0]}.{new[1]}"
        )

    def drop(self) -> Iterator[str]:
        if len(self.tables) > 2:
            name = self.some()
            shown = self.shown(name)
            del self.tables[name]
            yield f"drop table {shown}"

    def insert(self) -> Iterator[str]:
        word = self.random.choice(("insert into", "replace into", "insert ignore into"))
        yield f"{word} {self.shown(self.some())} (v) values ('é{self.random.randrange(9)};'), ('b')"

    def update(self) -> Iterator[str]:
        name = self.some()
        column = self.random.choice(self.tables[name] or ["v"])
        yield f"update {self.shown(name)} set {column} = id + {self.random.randrange(9)} where id % 2 = 0"

    def delete(self) -> Iterator[str]:
        yield f"delete from {self.shown(self.some())} where id % 3 = {self.random.randrange(3)}"

    def truncate(self) -> Iterator[str]:
        yield f"truncate {self.shown(self.some())}"

    def copy(self) -> Iterator[str]:
        one, other = self.some(), self.some()
        yield f"insert into {self.shown(one)} (v) select v from {self.shown(other)} order by id limit 5"

    def both(self) -> Iterator[str]:
        one, other = self.some(), self.some()
        if one != other:
            yield f"update {self.shown(one)} x join {self.shown(other)} y on x.id = y.id set x.v = 'x', y.v = 'y'"

    def select(self) -> Iterator[str]:
        yield f"select count(*) from {self.shown(self.some())}"


def run(server: DatabaseServer, texts: list[str]) -> None:
    """Run statements in one new session."""
    with server.connect() as session:
        for text in texts:
            session.execute(text.encode())


def state(server: DatabaseServer, databases: tuple[str, str]) -> dict[str, object]:
    """Return the definitions and rows of all tables."""
    found: dict[str, object] = {}
    with server.connect() as session:
        for database in databases:
            for (table,) in session.query(f"SHOW TABLES FROM {database}"):
                full = f"{database}.{table!s}"
                found[f"definition of {full}"] = session.query(f"SHOW CREATE TABLE {full}")[0][1]
                found[f"rows of {full}"] = session.query(f"SELECT * FROM {full} ORDER BY id")
    return found


def emptied(server: DatabaseServer, databases: tuple[str, str]) -> None:
    with server.connect() as session:
        for database in databases:
            session.query(f"DROP DATABASE {database}")
            session.query(f"CREATE DATABASE {database}")


def mixes(text: str) -> set[TableName]:
    """Return the tables of a part that it changes both the definition and the rows of."""
    kinds: dict[TableName, set[bool]] = {}
    for statement in read_batch(Options(Mode.SPLIT), split(text), SYNTAX).statements:
        rows = statement.kind.is_dml or statement.kind is Kind.TRUNCATE
        if rows or statement.kind.is_ddl:
            for name in statement.changes:
                assert name.database, "the part does not say in which database"
                kinds.setdefault(name, set()).add(rows)
    return {name for name, both in kinds.items() if len(both) == 2}


@pytest.mark.parametrize("seed", range(12))
def test_parts_in_order_are_the_batch(target: DatabaseServer, seed: int) -> None:
    with target.database() as one, target.database() as other:
        databases = (one, other)
        texts = list(Batches(seed, databases).statements())
        batch = read_batch(Options(Mode.SPLIT), split("".join(f"{text};\n" for text in texts)), SYNTAX)
        parts = divide(batch.statements, folded=False)
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert len(parts) > 1
        run(target, texts)
        expected = state(target, databases)
        emptied(target, databases)
        for part in parts:
            assert mixes(part.text) == set()
            run(target, [piece.text for piece in split(part.text)])
        assert state(target, databases) == expected


def test_parts_begin_only_where_they_must() -> None:
    """A part could not have been joined with the one before: together they change a table in both ways."""
    for seed in range(50):
        texts = list(Batches(seed, ("x", "y")).statements())
        batch = read_batch(Options(Mode.SPLIT), split("".join(f"{text};\n" for text in texts)), SYNTAX)
        parts = divide(batch.statements, folded=False)
        for before, after in pairwise(parts):
            first = next(
                piece for piece in split(after.text) if not piece.text.lower().startswith(("set names", "use"))
            )
            assert mixes(f"{before.text}use {_database_before(after.text)};{first.text};"), (before, after)


def _database_before(text: str) -> str:
    uses = [piece.text.split()[1].strip("`") for piece in split(text) if piece.text.lower().startswith("use")]
    return uses[0]
